import type { TurnMetrics } from "./turn-metrics.ts";

/** Why a turn's record ends without the turn having been committed. */
export type TurnAbandonment = "cleared" | "stopped" | "failed";

/** A turn that was committed, for its record. */
export interface RecordedTurn extends TurnMetrics {
  readonly transcript: string;
  /** In [0, 1]. */
  readonly confidence: number;
}

/** What a detector was asked and what came of it, for its record. */
export interface RecordedDecision {
  /** In [0, 1]; absent if the detector failed or was late. */
  readonly probability?: number | undefined;
  /** In [0, 1]; absent for a language that the detector does not know. */
  readonly threshold?: number | undefined;
  /** The delay that was chosen, in ms. */
  readonly delayMs: number;
  /** BCP 47 tag; absent if it is not known. */
  readonly language?: string | undefined;
}

/** The record of one question to a detector. Only the first end counts. */
export interface DecisionRecord {
  /** The decision stands. */
  end(decision: RecordedDecision, atSample: number): void;
  /** The detector threw or was late: the turn goes on without it, with the delay of `decision`. */
  fail(error: unknown, decision: RecordedDecision, atSample: number): void;
  /** The person went on before there was an answer. */
  cancel(atSample: number): void;
}

/** Hears how turns come about, to record it. Samples are of the capture clock; nothing here throws. */
export interface TurnTelemetry {
  /** Something of a turn was noticed. Begins its record, if none is open, at the earliest sign of it. */
  turnNoticed(atSample: number): void;
  /** The person began to speak; implies `turnNoticed`. */
  speechStarted(startSample: number): void;
  /** They ceased to speak. */
  speechEnded(endSample: number): void;
  /** Whether the speech that is going on interrupts the agent; once true, it stays so. */
  interruptionJudged(isInterruption: boolean): void;
  /** A provider's id of a request that serves this turn. */
  requestNoticed(requestId: string): void;
  /** A detector is asked; `messages` is what it reads. */
  decisionStarted(
    messages: readonly { readonly role: string; readonly text: string }[],
    atSample: number,
  ): DecisionRecord;
  /** The turn was committed: its record ends. */
  turnCommitted(turn: RecordedTurn, atSample: number): void;
  /** The turn comes to nothing: its record ends, if one is open. */
  turnAbandoned(why: TurnAbandonment, atSample: number, error?: unknown): void;
}

/** What a session tells its telemetry about itself. */
export interface TelemetryContext {
  /** Wall-clock time of a sample of the capture clock, in ms since 1970. */
  readonly epochMsOf: (sample: number) => number;
  readonly sttModel?: string | undefined;
  readonly sttProvider?: string | undefined;
}

/** Makes the telemetry of one run of a session, such as {@link openTelemetry} does. */
export type TelemetrySource = (context: TelemetryContext) => TurnTelemetry;

const ignore = (): void => undefined;
const NO_DECISION: DecisionRecord = { end: ignore, fail: ignore, cancel: ignore };

/** Records nothing, and costs nothing. */
export const NO_TELEMETRY: TurnTelemetry = {
  turnNoticed: ignore,
  speechStarted: ignore,
  speechEnded: ignore,
  interruptionJudged: ignore,
  requestNoticed: ignore,
  decisionStarted: () => NO_DECISION,
  turnCommitted: ignore,
  turnAbandoned: ignore,
};
