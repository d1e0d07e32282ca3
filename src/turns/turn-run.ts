import { samplesToMs } from "../audio/units.ts";
import type { Conversation } from "../conversation/conversation.ts";
import type { SpeechEvent } from "../stt/speech-event.ts";
import { AgentSide } from "./agent-side.ts";
import type { DetectionVerdict } from "./detection.ts";
import { createEndpointing, type Endpointing } from "./endpointing.ts";
import { Interruption } from "./interruption.ts";
import { Judge } from "./judge.ts";
import { Participants } from "./participants.ts";
import { PreemptiveGeneration } from "./preemptive-generation.ts";
import { recordTurn } from "./record-turn.ts";
import { detectionKind } from "./detection-kind.ts";
import type { FinishedTurn, RecognitionEvent } from "./recognition-events.ts";
import { Recognition } from "./recognition.ts";
import type { TurnHost } from "./turn-host.ts";
import { TurnLimitWatch } from "./turn-limit-watch.ts";
import type { TurnSettings } from "./turn-settings.ts";
import { TurnCommit, type CommitOptions } from "./turn-commit.ts";
import { Witnesses, type WitnessParts } from "./witnesses.ts";
import { countWords } from "./word-count.ts";

/** What a run of turn taking shares with others. */
export interface TurnRunParts extends WitnessParts {
  readonly conversation: Conversation;
}

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
  readonly #limit: TurnLimitWatch;
  readonly #preemptive: PreemptiveGeneration;
  #speechStart: number | undefined;
  /** What a detector said of the silence that is being told. */
  #judgement: Pick<DetectionVerdict, "probability" | "threshold"> = {};

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
      emit: (event) => this.#heard(event),
    });
    this.#commit = new TurnCommit(this.#recognition);
    this.#interruption = new Interruption({
      ...{ ...common, settings: interruption, aecWarmupSamples, isAdaptive: false },
      currentWords: () => countWords(this.#recognition.currentTranscript),
      emit: (output) => this.agent.take(output),
    });
    this.states = new Participants(settings, hasStt, at, (event) => {
      host.emit(event);
      if (event.type === "agent-state") this.#limit.agentBecame(event.to);
    });
    this.agent = new AgentSide({
      host,
      interruption: this.#interruption,
      participants: this.states,
      endpointing: () => this.#endpointing,
      onHeard: () => this.#limit.reset(),
      onWordsExpired: () => this.#recognition.clear(host.now()),
      onJudged: (isInterruption) => this.#witnesses.telemetry.interruptionJudged(isInterruption),
    });
    this.#judge = new Judge(settings, host, this.#witnesses.telemetry, () => this.#endpointing, this.#conversation);
    this.#limit = new TurnLimitWatch(settings.userTurnLimit, host.emit);
    this.#preemptive = new PreemptiveGeneration(settings.preemptiveGeneration);
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
    this.#witnesses.audio(startSample, samples);
  }

  /** The detector heard speech begin, at `startSample`. */
  speechStarted(startSample: number, at: number): void {
    this.#speechStart = startSample;
    this.#witnesses.speechStarted(startSample);
    this.#endpointing.userStarted(startSample, this.#interruption.isAgentHeard);
    this.states.userDoes({ type: "speech-started", startSample }, at);
    this.#recognition.userStarted(startSample);
    this.#interruption.userStarted(startSample, at);
  }

  /** It heard it end, at `endSample`. */
  speechEnded(endSample: number, at: number): void {
    if (this.#speechStart === undefined) return;
    this.#speechStart = undefined;
    this.#witnesses.speechEnded(endSample, at);
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
  recognised(event: SpeechEvent, at: number): void {
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
    if (this.#speechStart !== undefined) this.#interruption.userSpeaking(at - this.#speechStart, at);
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
    this.#interruption.close();
    this.#preemptive.cancel();
  }

  #heard(event: RecognitionEvent): void {
    switch (event.type) {
      case "pending":
        this.#interruption.turnPending(true);
        return this.#host.emit({
          type: "turn-pending",
          transcript: event.transcript,
          delayMs: samplesToMs(event.delaySamples),
          endsAtMs: samplesToMs(event.deadline),
          ...this.#judgement,
        });
      case "resumed":
        this.#interruption.turnPending(false);
        this.#judge.cancel();
        return this.#host.emit({ type: "turn-resumed" });
      case "ask":
        return this.#judge.ask(event.transcript, event.language, (verdict) => this.#judged(verdict));
      case "likely":
        return this.#prepare(event.transcript, event.confidence);
      case "turn":
        return this.#finished(event.turn);
      case "dropped":
        return this.#interruption.turnDecided("dropped", this.#host.now());
      case "interim-settled":
        return;
      case "committed":
        return this.#commit.done(event.transcript);
    }
  }

  #judged({ probability, threshold, isLikelyOver }: DetectionVerdict): void {
    if (probability !== undefined && threshold !== undefined) this.#judgement = { probability, threshold };
    this.#recognition.judged(isLikelyOver, this.#host.now());
    this.#judgement = {};
  }

  #prepare(transcript: string, confidence: number): void {
    if (["speaking", "thinking"].includes(this.states.agent)) return;
    const now = this.#host.now();
    const prepared = this.#preemptive.prepare(transcript, now - (this.#recognition.turnStart ?? now));
    if (prepared) this.#host.emit({ type: "preemptive-generation", ...prepared, confidence });
  }

  #finished(turn: FinishedTurn): void {
    this.#judge.cancel();
    const skipsReply = this.#witnesses.finished(turn) || turn.skipsReply;
    const prepared = this.#preemptive.take(turn.transcript);
    this.#interruption.turnDecided(skipsReply ? "skipped" : "committed", turn.committedAt);
    this.#host.emit(recordTurn({ ...turn, skipsReply }, this.#conversation, prepared?.generationId));
  }
}
