import type { Conversation } from "../conversation/conversation.ts";
import type { SpeechEvent } from "../stt/speech-event.ts";
import { AgentSide } from "./agent-side.ts";
import { createEndpointing, type Endpointing } from "./endpointing.ts";
import { Interruption } from "./interruption.ts";
import { Judge } from "./judge.ts";
import { Overlaps } from "./overlaps.ts";
import { Participants } from "./participants.ts";
import { PreemptiveGeneration } from "./preemptive-generation.ts";
import { detectionKind, type DetectionKind } from "./detection-kind.ts";
import { Recognition } from "./recognition.ts";
import type { TurnHost } from "./turn-host.ts";
import { TurnLimitWatch } from "./turn-limit-watch.ts";
import { TurnOutcome } from "./turn-outcome.ts";
import type { TurnSettings } from "./turn-settings.ts";
import { TurnCommit, type CommitOptions } from "./turn-commit.ts";
import { Witnesses, type WitnessParts } from "./witnesses.ts";
import { countWords } from "./word-count.ts";

/** What a run of turn taking shares with others. */
export type TurnRunParts = WitnessParts & { readonly conversation: Conversation };

/**
 * Takes turns for one run of a session: tells the parts what happened, in the order that their rules need, and says what
 * came of it. Pure but for the clock that a detector's answer is waited for by; `advance` drives everything else.
 */
export class TurnRun {
  /** The agent's side. */
  readonly agent: AgentSide;
  /** What person and agent are doing. */
  readonly states: Participants;
  readonly #host: TurnHost;
  readonly #conversation: Conversation;
  readonly #witnesses: Witnesses;
  #settings: TurnSettings;
  #endpointing: Endpointing;
  #judge: Judge;
  readonly #recognition: Recognition;
  readonly #commit: TurnCommit;
  readonly #interruption: Interruption;
  readonly #outcome: TurnOutcome;
  #overlaps: Overlaps;
  readonly #limit: TurnLimitWatch;
  readonly #preemptive: PreemptiveGeneration;
  #speechStart: number | undefined;

  constructor(settings: TurnSettings, parts: TurnRunParts, host: TurnHost) {
    this.#conversation = parts.conversation;
    this.#host = host;
    this.#witnesses = new Witnesses(parts, host);
    this.#settings = settings;
    this.#endpointing = createEndpointing(settings.endpointing);
    const at = host.now();
    const { hasVad, hasStt } = host;
    const { interruption, aecWarmupSamples } = settings;
    const common = { detection: detectionKind(settings, hasVad), hasVad, hasStt };
    this.#recognition = new Recognition({
      ...common,
      endpointing: this.#endpointing,
      accepts: (transcript) => this.#interruption.acceptsTurn(transcript),
      emit: (event) => this.#outcome.take(event),
    });
    this.#commit = new TurnCommit(this.#recognition);
    this.#interruption = new Interruption({
      ...{ ...common, settings: interruption, aecWarmupSamples, isAdaptive: false },
      currentWords: () => countWords(this.#recognition.currentTranscript),
      emit: (output) => this.agent.take(output),
    });
    this.#overlaps = this.#overlapping(common.detection);
    this.states = new Participants(settings, hasStt, at, (event) => {
      host.emit(event);
      if (event.type === "agent-state") this.#limit.agentBecame(event.to);
    });
    this.agent = new AgentSide({
      host,
      interruption: this.#interruption,
      participants: this.states,
      endpointing: () => this.#endpointing,
      onHeard: (output) => {
        if (output.isHeard) this.#limit.reset();
        this.#overlaps.agentHeard(output);
      },
      onWordsExpired: () => this.#recognition.clear(host.now()),
      onJudged: (isInterruption) => this.#witnesses.telemetry.interruptionJudged(isInterruption),
    });
    this.#judge = new Judge(settings, host, this.#witnesses.telemetry, () => this.#endpointing, this.#conversation);
    this.#limit = new TurnLimitWatch(settings.userTurnLimit, host.emit);
    this.#preemptive = new PreemptiveGeneration(settings.preemptiveGeneration);
    this.#outcome = new TurnOutcome({
      host,
      conversation: parts.conversation,
      witnesses: this.#witnesses,
      states: this.states,
      recognition: this.#recognition,
      interruption: this.#interruption,
      commit: this.#commit,
      preemptive: this.#preemptive,
      judge: () => this.#judge,
    });
    this.states.agentDoes({ type: "started" }, at);
  }

  /** What the person has said in this turn so far, with what may still change. */
  get currentTranscript(): string {
    return this.#recognition.currentTranscript;
  }

  /** Whether the recogniser is to hear the microphone; else silence takes its place. */
  get isHeardByStt(): boolean {
    return this.#interruption.isHeardByStt;
  }

  /** A gate opened: later texts belong to this segment. */
  segmentOpened(segmentId: number): void {
    this.#recognition.openSegment(segmentId);
  }

  /** Audio that passed: mono, -1..1, 16 kHz. */
  push(startSample: number, samples: Float32Array): void {
    this.#judge.push(startSample, samples);
    this.#overlaps.push(startSample, samples);
    this.#witnesses.audio(startSample, samples);
  }

  /** The detector heard speech begin, at `startSample`. */
  speechStarted(startSample: number, at: number): void {
    this.#speechStart = startSample;
    this.#witnesses.speechStarted(startSample);
    this.#overlaps.userStarted(startSample);
    this.#endpointing.userStarted(startSample, this.#interruption.isAgentHeard);
    this.states.userDoes({ type: "speech-started", startSample }, at);
    this.#recognition.userStarted(startSample);
    this.#interruption.userStarted(startSample, at);
  }

  /** A frame that ends at `at` was loud with speech: the silence that ends it is none. */
  speaking(at: number): void {
    if (this.#speechStart !== undefined) this.#interruption.userSpeaking(at - this.#speechStart, at);
  }

  /** It heard it end, at `endSample`. */
  speechEnded(endSample: number, at: number): void {
    if (this.#speechStart === undefined) return;
    this.#speechStart = undefined;
    this.#witnesses.speechEnded(endSample, at);
    this.#overlaps.userEnded(at);
    this.#endpointing.userEnded(endSample, this.#interruption.isBackchannel);
    this.states.userDoes({ type: "speech-ended", endSample }, at);
    this.#interruption.userEnded(at);
    this.#recognition.userEnded(endSample, at);
  }

  /** Muted: speech that was going on is over. Or heard again. */
  muted(isMuted: boolean, at: number): void {
    this.states.userDoes({ type: isMuted ? "input-lost" : "input-restored" }, at);
    if (isMuted) this.speechEnded(at, at);
  }

  /** Takes what the recogniser says. */
  recognised(event: SpeechEvent): void {
    this.#overlaps.recognised(event);
  }

  #recognised(event: SpeechEvent): void {
    const at = this.#host.now();
    const startSample = this.#recognition.turnStart;
    this.#recognition.recognised(event, at);
    if (event.type === "transcripts-superseded") this.#limit.withdraw(event.transcriptIds);
    if (!("data" in event)) return;
    const { text } = event.data;
    this.#witnesses.text(event);
    const isFinal = event.type === "final-transcript";
    this.#interruption.transcript({ kind: isFinal ? "final" : "interim", text }, this.#speechStart !== undefined, at);
    if (!isFinal) return;
    this.states.userDoes({ type: "final-transcript", text }, at);
    const { transcriptId } = event;
    this.#limit.addFinal({ transcriptId, text, startSample, currentTranscript: this.currentTranscript }, at);
  }

  /** The clock has moved on. */
  advance(at: number): void {
    this.#interruption.advance(at);
    this.#recognition.advance(at);
    this.states.advance(at);
  }

  /** Ends the turn by hand; resolves with what was committed. @throws RangeError if the time limit is out of range. */
  commit(options: CommitOptions = {}): Promise<string> {
    const at = this.#host.now();
    this.states.userDoes({ type: "acted" }, at);
    this.#host.requestText();
    return this.#commit.commit(options, at);
  }

  /** Forgets what was said in this turn. */
  clear(): void {
    this.#witnesses.abandoned("cleared", this.#host.now());
    this.#recognition.clear(this.#host.now());
    this.#overlaps.clear();
    this.#limit.reset();
    this.#preemptive.cancel();
  }

  /** Other settings hold from now on; what was learnt stays where it can. */
  update(settings: TurnSettings): void {
    const at = this.#host.now();
    const before = this.#settings;
    this.#settings = settings;
    const { endpointing, interruption, aecWarmupSamples } = settings;
    if (endpointing.mode === before.endpointing.mode) this.#endpointing.update(endpointing);
    else this.#endpointing = createEndpointing(endpointing);
    if (settings.detection !== before.detection) {
      this.#judge.close();
      this.#judge = new Judge(
        settings,
        this.#host,
        this.#witnesses.telemetry,
        () => this.#endpointing,
        this.#conversation,
      );
      this.#recognition.judged(true, at); // what the one before was asked will not be answered
    }
    const detection = detectionKind(settings, this.#host.hasVad);
    this.#recognition.update({ detection, endpointing: this.#endpointing });
    this.#interruption.update({ settings: interruption, aecWarmupSamples, detection }, at);
    if (interruption.mode !== before.interruption.mode) {
      this.#overlaps.close();
      this.#overlaps = this.#overlapping(detection);
    }
    this.#limit.update(settings.userTurnLimit);
  }

  /** No more speech comes: what was said is committed as it is. */
  finish(): void {
    const at = this.#host.now();
    this.#recognition.commit(at, at, false);
  }

  /** Nothing follows. */
  close(why: "stopped" | "failed"): void {
    this.#witnesses.abandoned(why, this.#host.now());
    this.#commit.done("");
    this.#judge.close();
    this.#overlaps.close();
    this.#interruption.close();
    this.#preemptive.cancel();
  }

  #overlapping(detection: DetectionKind): Overlaps {
    const emit = (event: SpeechEvent): void => this.#recognised(event);
    return new Overlaps(this.#settings, detection, this.#interruption, this.#host, emit);
  }
}
