import type { VoiceError } from "../errors.ts";
import type { SpeechEvent, TranscriptEvent } from "../stt/speech-event.ts";
import type { InterruptionOutput } from "./interruption-output.ts";
import type { Interruption } from "./interruption.ts";
import type { OverlapDetector, OverlapStream, OverlapVerdict } from "./overlap-detector.ts";
import { TranscriptHold } from "./transcript-hold.ts";

/** What the judging of overlaps needs of its run. */
export interface OverlapSideParts {
  readonly detector: OverlapDetector;
  /** The second of `backchannelBoundarySamples`. */
  readonly boundarySamples: number;
  readonly interruption: Pick<Interruption, "verdict" | "adaptiveFailed">;
  /** The capture clock, in samples. */
  readonly now: () => number;
  /** Receives what the recogniser said and the hold let through. */
  readonly emit: (event: SpeechEvent) => void;
  /** Hears of texts that were no turn: backchannels. */
  readonly onDropped?: (event: TranscriptEvent) => void;
  readonly onVerdict?: (verdict: OverlapVerdict) => void;
  /** The model is gone for the rest of the session; speech counts by its length. */
  readonly onWarning: (error: VoiceError) => void;
}

/** Joins a model of overlapping speech and the hold of transcripts to an interruption. Pure, but for the model. */
export class OverlapSide {
  readonly #parts: OverlapSideParts;
  readonly #hold: TranscriptHold;
  readonly #closing = new AbortController();
  #stream: OverlapStream | undefined;
  #isFailed = false;

  /** Starts the model. */
  constructor(parts: OverlapSideParts) {
    this.#parts = parts;
    const { boundarySamples, detector, emit, interruption, onDropped, onVerdict } = parts;
    this.#hold = new TranscriptHold({ boundarySamples, emit, ...(onDropped ? { onDropped } : {}) });
    this.#stream = detector.stream({
      now: parts.now,
      signal: this.#closing.signal,
      onVerdict: (verdict) => {
        onVerdict?.(verdict);
        const { isInterruption, overlapStartSample, atSample } = verdict;
        interruption.verdict({ isInterruption, overlapStartedAt: overlapStartSample, at: atSample });
      },
      onFailed: (error) => this.#failed(error),
    });
    if (this.#isFailed) this.#stream = undefined;
  }

  /** False once the model is gone. */
  get isActive(): boolean {
    return this.#stream !== undefined;
  }

  /** Takes what the interruption says about whether the agent can be heard. */
  agentHeard(output: InterruptionOutput & { readonly type: "agent-heard" }): void {
    if (!this.#stream) return;
    this.#stream.agentHeard(output.isHeard, output.atSample); // first, so that an open overlap is judged before it ends
    if (output.isHeard) this.#hold.agentStarted(output.atSample);
    else this.#hold.agentEnded(output.ignoreUntilSample, output.atSample);
  }

  /** The detector heard the person begin to speak. */
  userStarted(startSample: number): void {
    this.#stream?.userStarted(startSample);
  }

  /** It heard them stop. Before the interruption and endpointing are told. */
  userEnded(at: number): void {
    this.#stream?.userEnded(at);
  }

  /** What is captured: mono, -1..1, in order. */
  push(startSample: number, samples: Float32Array): void {
    this.#stream?.push(startSample, samples);
  }

  /** Takes what the recogniser says; it comes out by `emit`, now, later, or not at all. */
  recognised(event: SpeechEvent): void {
    if (this.#stream) this.#hold.push(event);
    else this.#parts.emit(event);
  }

  /** Forgets what is held: the recogniser was replaced, or the turn was cleared. */
  clear(): void {
    this.#hold.clear();
  }

  /** Ends the model, and speech counts by its length; what is held comes out. */
  close(): void {
    this.#closing.abort();
    this.#stream?.close();
    this.#leave();
  }

  #failed(error: VoiceError): void {
    this.#isFailed = true;
    this.#leave();
    this.#parts.onWarning(error);
  }

  #leave(): void {
    this.#stream = undefined;
    this.#parts.interruption.adaptiveFailed();
    this.#hold.release();
  }
}
