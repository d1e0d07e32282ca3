import { samplesToMs } from "../audio/units.ts";
import type { FinishedTurn } from "./recognition-events.ts";

/** What is measured from: of a {@link FinishedTurn}, in samples of the capture clock. */
export type TurnAnchors = Pick<FinishedTurn, "startSample" | "endSample" | "finalAt" | "committedAt">;

/** How fast a turn was told to be over. All or nothing: absent where the anchors are missing or contradict each other. */
export interface TurnMetrics {
  /** When the person began to speak, on the capture clock. */
  readonly startedSpeakingMs?: number;
  /** When the person ceased to speak, on the capture clock. */
  readonly stoppedSpeakingMs?: number;
  /** From there to the last final text; 0 if that came before. */
  readonly transcriptionDelayMs?: number;
  /** From there to the end of the turn. */
  readonly endOfTurnDelayMs?: number;
}

/** Measures a turn. What was stamped in a turn before, or lies in the future, measures nothing. */
export function turnMetrics({ startSample, endSample, finalAt, committedAt }: TurnAnchors): TurnMetrics {
  if (startSample === undefined || endSample === undefined || finalAt === undefined) return {};
  const isInOrder = startSample <= endSample && startSample <= finalAt;
  if (!isInOrder || endSample > committedAt || finalAt > committedAt) return {};
  return {
    startedSpeakingMs: samplesToMs(startSample),
    stoppedSpeakingMs: samplesToMs(endSample),
    transcriptionDelayMs: samplesToMs(Math.max(finalAt - endSample, 0)),
    endOfTurnDelayMs: samplesToMs(committedAt - endSample),
  };
}
