import type { SpeechStreamHealth } from "../stt/contract.ts";

/** How a run stands, for displays and bug reports. */
export interface SessionHealth {
  /** Since the newest frame was judged, in ms: about 32 when all is well; absent before the first one. */
  readonly frameAgeMs?: number;
  /** Stretches of sound that are missing so far. */
  readonly gapCount: number;
  /** All of them together, in ms. */
  readonly gapMs: number;
  /** The connection to the recogniser, and what waits for it; absent without one. */
  readonly stt?: SpeechStreamHealth;
  /** What the agent says of itself; absent without one. */
  readonly agent?: Readonly<Record<string, unknown>>;
}
