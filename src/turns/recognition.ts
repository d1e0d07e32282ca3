import type { SpeechEvent, TranscriptEvent } from "../stt/speech-event.ts";
import { ClearedSpeech } from "./cleared-speech.ts";
import { EndOfTurn } from "./end-of-turn.ts";
import type { Endpointing } from "./endpointing.ts";
import type { DetectionKind } from "./detection-kind.ts";
import type { FinishedTurn, RecognitionEvent } from "./recognition-events.ts";
import { Transcript } from "./transcript.ts";

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
  readonly #transcript = new Transcript();
  readonly #cleared = new ClearedSpeech();
  #isSpeaking = false;
  #isBurst = false;
  /** The recogniser ended the turn, or the app did; what still comes of it belongs to it. */
  #isCommitted = false;
  #turnStart: number | undefined;
  #lastSpeaking: number | undefined;
  #lastFinalAt: number | undefined;
  readonly #endOfTurn = new EndOfTurn();
  #commit: { readonly deadline: number; readonly skipsReply: boolean } | undefined;
  #segmentId = 0;

  constructor(parts: RecognitionParts) {
    this.#parts = parts;
  }

  /** What was said in this turn so far, with what may still change. */
  get currentTranscript(): string {
    return this.#transcript.current;
  }

  /** True while an end of turn is being waited for. */
  get isPending(): boolean {
    return this.#endOfTurn.silence !== undefined;
  }

  /** What is spoken, as far as is known. */
  get language(): string | undefined {
    return this.#transcript.language;
  }

  /** Where the first speech of this turn began. */
  get turnStart(): number | undefined {
    return this.#turnStart;
  }

  /** Changes how turns are decided. On the way to or from `manual` a decision under way is called off. */
  update(parts: Partial<Pick<RecognitionParts, "detection" | "endpointing" | "hasStt" | "hasVad">>): void {
    const wasManual = this.#isManual;
    this.#parts = { ...this.#parts, ...parts };
    if (wasManual !== this.#isManual) this.#callOff();
  }

  /** A gate opened: later texts belong to this segment. */
  openSegment(segmentId: number): void {
    this.#segmentId = segmentId;
  }

  /** The detector heard speech begin. */
  userStarted(startSample: number): void {
    this.#isSpeaking = true;
    this.#isBurst = true;
    this.#turnStart ??= startSample;
    // What is said now is not what was cleared, though it may pass the same opening of the gate.
    this.#cleared.spare(this.#segmentId);
    this.#callOff();
  }

  /** The detector heard it end, at `endSample`; `undefined` where the sound was taken away. */
  userEnded(endSample: number, at: number): void {
    if (!this.#isBurst && !this.#isSpeaking) return;
    this.#isBurst = this.#isSpeaking = false;
    this.#lastSpeaking = endSample;
    if (this.#isVadBased || (this.#parts.detection === "stt" && this.#isCommitted)) this.#decide(at);
  }

  /** Takes what the recogniser says. */
  recognised(event: SpeechEvent, at: number): void {
    if (event.type === "transcripts-superseded") return this.#transcript.withdraw(event.transcriptIds);
    if ("data" in event) return this.#text(event, at);
    if (this.#parts.detection !== "stt") return;
    if (event.type === "start-of-speech") {
      this.#isSpeaking = true;
      this.#lastSpeaking = at;
      this.#turnStart ??= event.startSample ?? at;
      this.#callOff();
    } else if (event.type === "end-of-speech") {
      this.#isSpeaking = false;
      this.#isCommitted = true;
      this.#lastSpeaking ??= at;
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
    if (this.#commit && at >= this.#commit.deadline) this.#finishCommit(at);
    if (this.#endOfTurn.isDue(at)) this.#end(at, { skipsReply: false, isByHand: false });
  }

  /**
   * Ends the turn by hand, as soon as the final of what was said last has come, or at `deadline` with what there is.
   * Answered by `committed`. A second call while the first one waits joins it.
   */
  commit(at: number, deadline: number, skipsReply: boolean): void {
    this.#commit = { deadline: Math.min(deadline, this.#commit?.deadline ?? deadline), skipsReply };
    const isFresh = this.#lastFinalAt !== undefined && at - this.#lastFinalAt <= FRESH_FINAL_SAMPLES;
    if (!this.#parts.hasStt || isFresh || at >= deadline) this.#finishCommit(at);
  }

  /** Forgets what was said in this turn, also what of it is still on its way. */
  clear(at: number): void {
    this.#callOff();
    this.#cleared.add(this.#isSpeaking ? this.#segmentId - 1 : this.#segmentId, at);
    this.#transcript.clear();
    this.#isCommitted = false;
    this.#turnStart = this.#lastSpeaking = this.#lastFinalAt = undefined;
    if (this.#commit) this.#finishCommit(at);
  }

  get #isManual(): boolean {
    return this.#parts.detection === "manual";
  }

  get #isVadBased(): boolean {
    return ["vad", "detector"].includes(this.#parts.detection);
  }

  #text(said: TranscriptEvent, at: number): void {
    const event = this.#cleared.left(said);
    if (!event) return;
    const { data } = event;
    if (event.type === "interim-transcript") return this.#transcript.setInterim(data.text);
    if (event.type === "final-transcript") return this.#final(event, at);
    if (data.text === "") return;
    this.#lastFinalAt = at;
    this.#transcript.setPreflight(data);
    this.#heardUntil(data.endSample, at);
    if (this.#isManual) return;
    const confidence = this.#transcript.confidenceWith([data.confidence]);
    this.#parts.emit({ type: "likely", transcript: this.#transcript.preflight, confidence });
  }

  #final({ data, transcriptId }: TranscriptEvent, at: number): void {
    if (data.text !== "") {
      this.#lastFinalAt = at;
      this.#turnStart ??= data.startSample;
      const isNews = this.#transcript.addFinal(transcriptId, data);
      this.#heardUntil(data.endSample, at);
      if (this.#isVadBased || this.#isCommitted) {
        const { text: transcript, confidence } = this.#transcript;
        if (isNews) this.#parts.emit({ type: "likely", transcript, confidence });
        if (!this.#isSpeaking && !this.#commit) this.#decide(at);
      } else if (this.#parts.detection === "stt" && !this.#isSpeaking) this.#decide(at);
    }
    if (this.#commit) this.#finishCommit(at); // an empty final answers it too
  }

  /** Where no VAD says when speech ended, the text does; never later than now. */
  #heardUntil(endSample: number, at: number): void {
    if (!this.#parts.hasVad || this.#lastSpeaking === undefined) this.#lastSpeaking = Math.min(endSample, at);
  }

  #decide(at: number): void {
    const transcript = this.#transcript.text;
    if (this.#isManual || this.#parts.detection === "realtime") return;
    if (this.#parts.hasStt && transcript === "") return;
    const asks = this.#parts.detection === "detector" && transcript !== "";
    this.#await(this.#parts.endpointing.minDelaySamples, asks, at);
    if (asks) this.#parts.emit({ type: "ask", transcript, language: this.#transcript.language });
    else this.advance(at);
  }

  #await(delaySamples: number, isAsking: boolean, at: number): void {
    const { deadline } = this.#endOfTurn.wait(delaySamples, this.#lastSpeaking, at, isAsking);
    this.#parts.emit({ type: "pending", transcript: this.#transcript.text, delaySamples, deadline });
  }

  #callOff(): void {
    if (this.#endOfTurn.take()) this.#parts.emit({ type: "resumed" });
  }

  #finishCommit(at: number): void {
    const skipsReply = this.#commit?.skipsReply ?? false;
    this.#commit = undefined;
    const text = this.#transcript.settleInterim();
    if (text !== "") {
      this.#cleared.add(this.#segmentId, at); // its final would say it again
      this.#parts.emit({ type: "interim-settled", text });
    }
    const transcript = this.#transcript.text;
    if (transcript !== "") this.#end(at, { skipsReply, isByHand: true });
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
      startSample: this.#turnStart,
      endSample: this.#lastSpeaking,
      finalAt: this.#lastFinalAt,
      committedAt: at,
      skipsReply,
    };
    this.#transcript.clear();
    this.#lastFinalAt = undefined;
    // Speech that went on meanwhile belongs to the next turn, and so do its times.
    if (!silence || silence.since === this.#lastSpeaking) this.#turnStart = this.#lastSpeaking = undefined;
    this.#parts.emit({ type: "turn", turn });
  }
}
