import type { VoiceError } from "../errors.ts";

/** What a model found out about speech that overlapped with the agent's. Samples are of the capture clock. */
export interface OverlapVerdict {
  readonly isInterruption: boolean;
  /** The agent ended before the model had found anything: it says nothing about what the person meant. */
  readonly isInconclusive: boolean;
  readonly overlapStartSample: number;
  readonly atSample: number;
  /** That it is an interruption, in [0, 1]; 0 if nothing was answered. */
  readonly probability: number;
  /** From the last answered request to its answer, in ms; 0 if nothing was answered. */
  readonly roundTripMs: number;
  /** What of it the model took, in ms. */
  readonly predictionMs: number;
  /** Requests that were sent for this overlap. */
  readonly requests: number;
}

/** What a running overlap detector needs. */
export interface OverlapStreamOptions {
  /** Receives one verdict for each overlap. */
  readonly onVerdict: (verdict: OverlapVerdict) => void;
  /** It is over, and speech counts by its length for the rest of the session. Called at most once; nothing follows. */
  readonly onFailed: (error: VoiceError) => void;
  /** The capture clock, in samples: when something is heard from the network. */
  readonly now: () => number;
  /** Aborting it closes the stream, silently. */
  readonly signal: AbortSignal;
}

/** A running overlap detector. Calls after its end are ignored. All samples are of the capture clock, 16 kHz. */
export interface OverlapStream {
  /** The agent can be heard, or not. */
  agentHeard(isHeard: boolean, at: number): void;
  /** The person begins to speak, at `startSample`. */
  userStarted(startSample: number): void;
  /** They have stopped. */
  userEnded(at: number): void;
  /** What is captured, speech or not: mono, -1..1, in order. What is left out counts as silence. */
  push(startSample: number, samples: Float32Array): void;
  /** Frees what it holds, silently. */
  close(): void;
}

/** A model that tells interruptions from backchannels ("mhm"); such as `adaptiveInterruption({ … })`. */
export interface OverlapDetector {
  readonly model: string;
  readonly provider: string;
  /** Begins to hear. */
  stream(options: OverlapStreamOptions): OverlapStream;
}
