import type { Conversation } from "../conversation/conversation.ts";
import type { SpeechEvent } from "../stt/speech-event.ts";
import { AgentSide } from "./agent-side.ts";
import { createEndpointing, type Endpointing } from "./endpointing.ts";
import { Interruption } from "./interruption.ts";
import { Judge } from "./judge.ts";
import { Overlaps } from "./overlaps.ts";
import { Participants } from "./participants.ts";
import { PersonSide } from "./person-side.ts";
import { PreemptiveGeneration } from "./preemptive-generation.ts";
import { detectionKind, type DetectionKind } from "./detection-kind.ts";
import { Recognition } from "./recognition.ts";
import type { TurnEvent } from "./turn-event.ts";
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
  readonly #person: PersonSide;
  #isClosed = false;

  constructor(settings: TurnSettings, parts: TurnRunParts, session: TurnHost) {
    // Whatever happens after the end, nothing is told.
    const host = { ...session, emit: (event: TurnEvent) => void (this.#isClosed || session.emit(event)) };
    this.#host = host;
    this.#conversation = parts.conversation;
    this.#witnesses = new Witnesses(parts, host);
    this.#settings = settings;
    this.#endpointing = createEndpointing(settings.endpointing);
    const at = host.now();
    const { hasVad, hasStt } = host;
    const { interruption, aecWarmupSamples } = settings;
    const common = { detection: this.#detection, hasVad, hasStt };
    this.#recognition = new Recognition({
      ...common,
      endpointing: this.#endpointing,
      accepts: (transcript) => this.#interruption.acceptsTurn(transcript),
      emit: (event) => void (this.#isClosed || this.#outcome.take(event)),
    });
    this.#commit = new TurnCommit(this.#recognition);
    this.#interruption = new Interruption({
      ...{ ...common, settings: interruption, aecWarmupSamples, isAdaptive: false },
      currentWords: () => countWords(this.#recognition.currentTranscript),
      emit: (output) => this.agent.take(output),
    });
    this.#overlaps = this.#newOverlaps();
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
      onWordsExpired: () => this.clear(),
      onJudged: (isInterruption) => this.#witnesses.telemetry.interruptionJudged(isInterruption),
    });
    this.#judge = this.#newJudge();
    this.#limit = new TurnLimitWatch(settings.userTurnLimit, host.emit);
    this.#preemptive = new PreemptiveGeneration(settings.preemptiveGeneration);
    const shared = {
      witnesses: this.#witnesses,
      participants: this.states,
      recognition: this.#recognition,
      interruption: this.#interruption,
      limit: this.#limit,
    };
    this.#person = new PersonSide({
      ...shared,
      hasVad,
      overlaps: () => this.#overlaps,
      endpointing: () => this.#endpointing,
      isRecogniserHeeded: () => this.#detection === "stt",
    });
    this.#outcome = new TurnOutcome({
      ...shared,
      host,
      conversation: this.#conversation,
      person: this.#person,
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
    this.#person.speechStarted(startSample, at);
  }

  /** A frame that ends at `at` was loud with speech: the silence that ends it is none. */
  speaking(at: number): void {
    this.#person.speaking(at);
  }

  /** It heard it end, at `endSample`. */
  speechEnded(endSample: number, at: number): void {
    this.#person.speechEnded(endSample, at);
  }

  /** Muted: speech that was going on is over. Or heard again. */
  muted(isMuted: boolean, at: number): void {
    this.#person.muted(isMuted, at);
  }

  /** Takes what the recogniser says. */
  recognised(event: SpeechEvent): void {
    this.#overlaps.recognised(event);
  }

  /** The clock has moved on. */
  advance(at: number): void {
    this.#interruption.advance(at);
    this.#recognition.advance(at);
    this.states.advance(at);
  }

  /** Ends the turn by hand; resolves with what was committed. @throws RangeError if the time limit is out of range. */
  commit(options: CommitOptions = {}): Promise<string> {
    if (this.#isClosed) return Promise.resolve("");
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
    this.#limit.clear();
    this.#preemptive.reset();
  }

  /** Other settings hold from now on; what was learnt stays where it can. */
  update(settings: TurnSettings): void {
    const at = this.#host.now();
    const before = { ...this.#settings, kind: this.#detection };
    this.#settings = settings;
    const { endpointing, interruption, aecWarmupSamples } = settings;
    if (endpointing.mode === before.endpointing.mode) this.#endpointing.update(endpointing);
    else this.#endpointing = createEndpointing(endpointing);
    const detection = this.#detection;
    const isNewJudge =
      settings.detection !== before.detection || settings.detectorTimeoutMs !== before.detectorTimeoutMs;
    if (isNewJudge) {
      this.#judge.close();
      this.#judge = this.#newJudge();
    }
    this.#recognition.update({ detection, endpointing: this.#endpointing }, isNewJudge, at);
    this.#interruption.update({ settings: interruption, aecWarmupSamples, detection }, at);
    if (interruption.mode !== before.interruption.mode || detection !== before.kind) {
      this.#overlaps.close();
      this.#overlaps = this.#newOverlaps();
    }
    this.#limit.update(settings.userTurnLimit);
    this.#preemptive.update(settings.preemptiveGeneration);
    this.states.update(settings, at);
  }

  /** No more speech comes: what was said is committed as it is. */
  finish(): void {
    const at = this.#host.now();
    this.#interruption.agentEnded(at); // so that it is known what was meant for it
    this.#recognition.commit(at, at);
  }

  /** Nothing follows. */
  close(why: "stopped" | "failed"): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#witnesses.abandoned(why, this.#host.now());
    this.#commit.done("");
    this.#judge.close();
    this.#overlaps.close();
    this.#interruption.close();
    this.#preemptive.cancel();
  }

  get #detection(): DetectionKind {
    return detectionKind(this.#settings, this.#host.hasVad);
  }

  #newJudge(): Judge {
    const { telemetry } = this.#witnesses;
    return new Judge(this.#settings, this.#host, telemetry, () => this.#endpointing, this.#conversation);
  }

  #newOverlaps(): Overlaps {
    const emit = (event: SpeechEvent): void => this.#person.recognised(event, this.#host.now());
    return new Overlaps(this.#settings, this.#detection, this.#interruption, this.#host, emit);
  }
}
