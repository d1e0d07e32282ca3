import { rmsDbfs } from "../audio/level.ts";

/** Quieter than this is a pause between words, in dBFS. */
const QUIET_DB = -50;

/**
 * A room carries sound no faster than it is heard: what comes late (the pre-roll of a gate, what waited for a
 * connection, a busy page) delays all that follows. This lets go of quiet frames until the delay is made up, so that
 * no sound of speech is lost. Pure.
 */
export class CatchUp {
  readonly #maxLagMs: number;
  #skippedMs = 0;

  /** `maxLagMs`: delay from which on quiet frames are let go. */
  constructor(maxLagMs: number) {
    this.#maxLagMs = maxLagMs;
  }

  /** What was let go so far, in ms. */
  get skippedMs(): number {
    return this.#skippedMs;
  }

  /** Whether a frame is worth its time, while `lagMs` of sound wait to be sent. */
  keeps(samples: Float32Array, rateHz: number, lagMs: number): boolean {
    if (lagMs <= this.#maxLagMs || rmsDbfs(samples) > QUIET_DB) return true;
    this.#skippedMs += (samples.length * 1_000) / rateHz;
    return false;
  }
}
