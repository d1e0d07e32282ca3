import type { SpeechEvent, TranscriptEvent } from "../stt/speech-event.ts";
import { EndOfTurn } from "./end-of-turn.ts";
import type { Endpointing } from "./endpointing.ts";
import type { DetectionKind } from "./detection-kind.ts";
import type { FinishedTurn, RecognitionEvent } from "./recognition-events.ts";
import type { Transcript } from "./transcript.ts";
import { TurnText } from "./turn-text.ts";
import { TurnTimes } from "./turn-times.ts";

/** What a recognition needs. */
export interface RecognitionParts {
  readonly detection: DetectionKind;
  readonly endpointing: Endpointing;
  readonly hasVad: boolean;
  readonly hasStt: boolean;
  /** Asked, at once, whether a turn may end with this text. */
  readonly accepts: (transcript: string) => boolean;
  readonly emit: (event: RecognitionEvent) => void;
}

/** A final that is older than this was not the answer to a commit. */
const FRESH_FINAL_SAMPLES = 8_000; // 500 ms

/*
 *   listening ──speech ends, or a final comes while nobody speaks──▶ pending ──deadline──▶ accepted? turn : dropped
 *       ▲                                                              │
 *       └────────────────────────── speech starts ─────────────────────┘
 *
 * `commit` ends a turn by hand: it waits for the final of what was said last, at most until its limit.
 */

/** From speech and texts to turns: LiveKit Agents' `AudioRecognition`. Pure; `advance` drives the deadlines. */
export class Recognition {
  #parts: RecognitionParts;
  readonly #text = new TurnText();
  readonly #times = new TurnTimes();
  #isSpeaking = false;
  #isBurst = false;
  /** The recogniser ended the turn, or the app did; what still comes of it belongs to it. */
  #isCommitted = false;
  readonly #endOfTurn = new EndOfTurn();
  #commit: { readonly deadline: number; readonly skipsReply: boolean } | undefined;

  constructor(parts: RecognitionParts) {
    this.#parts = parts;
  }

  /** What was said in this turn so far, with what may still change. */
  get currentTranscript(): string {
    return this.#transcript.current;
  }

  /** Where the first speech of this turn began. */
  get turnStart(): number | undefined {
    return this.#times.start;
  }

  /**
   * Changes how turns are decided, and if `isNewDetector`, by whom. On the way to or from `manual` a decision under way is
   * called off. Whoever decides from now on decides on what stands.
   */
  update(parts: Pick<RecognitionParts, "detection" | "endpointing">, isNewDetector: boolean, at: number): void {
    const { detection } = this.#parts;
    const isOther = parts.detection !== detection;
    this.#parts = { ...this.#parts, ...parts };
    if (isOther && [detection, parts.detection].includes("manual")) this.#callOff();
    if (isOther && parts.detection !== "stt") this.#isSpeaking = this.#isBurst;
    if (isNewDetector) this.judged(true, at); // the one before, if it was asked, is gone
    if (isOther && !this.#isSpeaking && !this.#commit && !this.#endOfTurn.silence) this.#decide(at);
  }

  /** A gate opened: later texts belong to this segment. */
  openSegment(segmentId: number): void {
    this.#text.openSegment(segmentId);
  }

  /** The detector heard speech begin. */
  userStarted(startSample: number): void {
    this.#isSpeaking = true;
    this.#isBurst = true;
    this.#times.speechStarted(startSample);
    this.#callOff();
  }

  /** The detector heard it end, at `endSample`. */
  userEnded(endSample: number, at: number): void {
    if (!this.#isBurst && !this.#isSpeaking) return;
    this.#isBurst = this.#isSpeaking = false;
    this.#times.speechEnded(endSample);
    this.#text.speechEnded(endSample, at);
    const { minDelaySamples, maxDelaySamples } = this.#parts.endpointing;
    // A recogniser that ends turns and does not tell the end of speech hangs none, either.
    this.#decide(at, this.#isVadBased || this.#isCommitted ? minDelaySamples : maxDelaySamples);
  }

  /** Takes what the recogniser says. */
  recognised(event: SpeechEvent, at: number): void {
    if (event.type === "transcripts-superseded") return this.#withdrawn(event);
    if ("data" in event) return this.#said(event, at);
    if (this.#parts.detection !== "stt") return;
    if (event.type === "start-of-speech") {
      this.#isSpeaking = true;
      this.#times.speechStarted(event.startSample ?? at);
      this.#times.speechEnded(undefined);
      this.#callOff();
    } else if (event.type === "end-of-speech") {
      this.#isSpeaking = false;
      this.#isCommitted = true;
      // Where the detector still hears speech, or nobody knows better, it ends now.
      if (this.#isBurst || this.#times.spokenUntil === undefined) this.#times.speechEnded(at);
      this.#decide(at);
    }
  }

  /** The detector's answer to `ask`: whether the person has likely finished. */
  judged(isLikelyOver: boolean, at: number): void {
    if (!this.#endOfTurn.silence?.isAsking) return;
    const { minDelaySamples, maxDelaySamples } = this.#parts.endpointing;
    this.#await(isLikelyOver ? minDelaySamples : maxDelaySamples, false, at);
    this.advance(at);
  }

  /** The clock has moved on. */
  advance(at: number): void {
    if (this.#commit) return at < this.#commit.deadline ? undefined : this.#finishCommit(at);
    if (this.#endOfTurn.isDue(at)) this.#end(at, { skipsReply: false, isByHand: false });
  }

  /**
   * Ends the turn by hand, as soon as the final of what was said last has come, or at `deadline` with what there is.
   * Answered by `committed`. A second call while the first one waits joins it.
   */
  commit(at: number, deadline: number, skipsReply = this.#commit?.skipsReply ?? false): void {
    this.#commit = { deadline: Math.min(deadline, this.#commit?.deadline ?? deadline), skipsReply };
    const { finalAt } = this.#times;
    const isFresh = finalAt !== undefined && at - finalAt <= FRESH_FINAL_SAMPLES;
    if (!this.#parts.hasStt || isFresh || at >= deadline) this.#finishCommit(at);
  }

  /** Forgets what was said in this turn, also what of it is still on its way. */
  clear(at: number): void {
    this.#callOff();
    this.#text.clear(at, this.#isSpeaking || this.#isBurst);
    this.#isCommitted = false;
    this.#times.clear();
    if (this.#commit) this.#finishCommit(at);
  }

  get #isVadBased(): boolean {
    return ["vad", "detector"].includes(this.#parts.detection);
  }

  get #transcript(): Transcript {
    return this.#text.transcript;
  }

  #said(said: TranscriptEvent, at: number): void {
    const taken = this.#text.take(said, at);
    if (!taken) return;
    const { event, isNews } = taken;
    const { data, type } = event;
    const isSure = type !== "interim-transcript" && data.text !== "";
    if (isSure) {
      this.#times.textCame(at);
      if (type === "final-transcript") this.#times.speechStarted(data.startSample);
      this.#heardUntil(data.endSample, at);
    }
    this.#parts.emit({ type: "text", event });
    if (type === "preflight-transcript" && isSure && this.#parts.detection !== "manual") {
      const confidence = this.#transcript.confidenceWith([data.confidence]);
      this.#parts.emit({ type: "likely", transcript: this.#transcript.preflight, confidence });
    } else if (type === "final-transcript") {
      if (isSure) this.#consider(isNews, at);
      if (this.#commit) this.#finishCommit(at); // an empty final answers it too
    }
  }

  /** What follows from a final, once everybody knows it. */
  #consider(isNews: boolean, at: number): void {
    const isOurs = this.#isVadBased || this.#isCommitted;
    if (!isOurs && this.#parts.detection !== "stt") return;
    const { text: transcript, confidence } = this.#transcript;
    if (isOurs && isNews && transcript !== "") this.#parts.emit({ type: "likely", transcript, confidence });
    if (!this.#isSpeaking && !this.#commit) this.#decide(at);
  }

  /** Finals were taken back. Without any other there is nothing to end. */
  #withdrawn(event: Extract<SpeechEvent, { type: "transcripts-superseded" }>): void {
    this.#text.withdraw(event);
    if (this.#parts.hasStt && this.#transcript.text === "") this.#callOff();
  }

  /** Where no VAD says when speech ended, the text does; never later than now. */
  #heardUntil(endSample: number, at: number): void {
    if (!this.#parts.hasVad || this.#times.spokenUntil === undefined) this.#times.speechEnded(Math.min(endSample, at));
  }

  #decide(at: number, delaySamples = this.#parts.endpointing.minDelaySamples): void {
    const transcript = this.#transcript.text;
    const { detection, hasStt } = this.#parts;
    if (detection === "manual" || detection === "realtime") return;
    if (hasStt && transcript === "") return;
    const asks = detection === "detector" && transcript !== "";
    this.#await(delaySamples, asks, at);
    if (asks) this.#parts.emit({ type: "ask", transcript, language: this.#transcript.language });
    else this.advance(at);
  }

  #await(delaySamples: number, isAsking: boolean, at: number): void {
    const { deadline } = this.#endOfTurn.wait(delaySamples, this.#times.spokenUntil, at, isAsking);
    this.#parts.emit({ type: "pending", transcript: this.#transcript.text, delaySamples, deadline });
  }

  #callOff(): void {
    if (this.#endOfTurn.take()) this.#parts.emit({ type: "resumed" });
  }

  #finishCommit(at: number): void {
    const skipsReply = this.#commit?.skipsReply ?? false;
    this.#commit = undefined;
    // Its final would say it again; where nobody tells that speech is over, that may say more, too.
    const text = this.#text.settle(at, this.#parts.hasVad && !this.#isSpeaking && !this.#isBurst);
    if (text !== "") this.#parts.emit({ type: "interim-settled", text });
    const transcript = this.#transcript.text;
    const { hasStt, hasVad } = this.#parts;
    // Without a recogniser nobody here knows the words: whatever was said makes a turn.
    const isUnwritten = !hasStt && (!hasVad || this.#times.start !== undefined);
    if (transcript !== "" || isUnwritten) this.#end(at, { skipsReply, isByHand: true });
    this.#parts.emit({ type: "committed", transcript });
  }

  /** Ends the turn. Synchronous: nothing can come between the decision and its effect. */
  #end(at: number, { skipsReply, isByHand }: { readonly skipsReply: boolean; readonly isByHand: boolean }): void {
    const silence = this.#endOfTurn.take();
    const transcript = this.#transcript.text;
    this.#isCommitted = false;
    if (!isByHand && !this.#parts.accepts(transcript)) return this.#parts.emit({ type: "dropped", transcript });
    const turn: FinishedTurn = {
      transcript,
      confidence: this.#transcript.confidence,
      language: this.#transcript.language,
      ...this.#times.anchors,
      committedAt: at,
      skipsReply,
    };
    this.#text.end();
    this.#times.clear(silence !== undefined && silence.since !== this.#times.spokenUntil);
    this.#parts.emit({ type: "turn", turn });
  }
}
