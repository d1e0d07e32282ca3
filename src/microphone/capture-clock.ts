import { CAPTURE_RATE } from "../audio/units.ts";

/**
 * The capture clock as the page sees it: the end of the newest frame, carried on by a monotonic millisecond timer
 * between frames. Never runs backwards. Time is handed in, so the class is pure.
 */
export class CaptureClock {
  #endSample = 0;
  #seenAtMs: number | undefined;
  #latest = 0;

  /** Notes that a frame ending at `endSample` arrived when the timer showed `timerMs`. */
  observe(endSample: number, timerMs: number): void {
    this.#endSample = endSample;
    this.#seenAtMs = timerMs;
  }

  /** The capture clock, in samples at 16 kHz, when the timer shows `timerMs`; 0 before the first frame. */
  now(timerMs: number): number {
    if (this.#seenAtMs === undefined) return 0;
    const elapsedMs = Math.max(0, timerMs - this.#seenAtMs);
    this.#latest = Math.max(this.#latest, this.#endSample + Math.floor((elapsedMs * CAPTURE_RATE) / 1000));
    return this.#latest;
  }

  /** How long ago the newest frame arrived, in ms; `undefined` before the first. */
  frameAgeMs(timerMs: number): number | undefined {
    return this.#seenAtMs === undefined ? undefined : timerMs - this.#seenAtMs;
  }
}
