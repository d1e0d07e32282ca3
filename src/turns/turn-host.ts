import type { VoiceError } from "../errors.ts";
import type { Clock } from "../net/clock.ts";
import type { TelemetryContext } from "./telemetry.ts";
import type { TurnEvent } from "./turn-event.ts";

/** The session around a run of turn taking. */
export interface TurnHost extends TelemetryContext {
  /** The capture clock, in samples at 16 kHz. */
  readonly now: () => number;
  readonly clock: Clock;
  readonly hasVad: boolean;
  readonly hasStt: boolean;
  /** Whether the recogniser streams, and its texts have times to rely on. */
  readonly hasAlignedStt: boolean;
  readonly emit: (event: TurnEvent) => void;
  /** Something broke, and turns are taken without it. */
  readonly onWarning: (error: VoiceError) => void;
  /** Asks the recogniser for the text of what was sent so far. */
  readonly requestText: () => void;
}
