import type { FinishedTurn } from "./recognition-events.ts";

/** When the turn began, was spoken, and was recognised. Pure; samples are of the capture clock. */
export class TurnTimes {
  #start: number | undefined;
  #spokenUntil: number | undefined;
  #finalAt: number | undefined;

  /** Where its first speech began. */
  get start(): number | undefined {
    return this.#start;
  }

  /** Where its last speech ended; absent if it is not known, or not over. */
  get spokenUntil(): number | undefined {
    return this.#spokenUntil;
  }

  /** When a text that is not empty came last. */
  get finalAt(): number | undefined {
    return this.#finalAt;
  }

  /** What a finished turn tells of it. */
  get anchors(): Pick<FinishedTurn, "startSample" | "endSample" | "finalAt"> {
    return { startSample: this.#start, endSample: this.#spokenUntil, finalAt: this.#finalAt };
  }

  /** Speech began, for the first time or again. */
  speechStarted(sample: number): void {
    this.#start ??= sample;
  }

  /** It ended, or goes on for who knows how long. */
  speechEnded(sample: number | undefined): void {
    this.#spokenUntil = sample;
  }

  /** A text came for speech that began at `sample`. */
  textCame(at: number): void {
    this.#finalAt = at;
  }

  /** The turn is over. `speechGoesOn`: what is being said belongs to the next one, and so do its times. */
  clear(speechGoesOn = false): void {
    this.#finalAt = undefined;
    if (!speechGoesOn) this.#start = this.#spokenUntil = undefined;
  }
}
