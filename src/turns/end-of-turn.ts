/** A silence that is being waited out. Samples are of the capture clock. */
export interface Silence {
  /** Set while a detector is thinking: until it has answered, or failed to in time, nothing ends. */
  readonly isAsking: boolean;
  readonly delaySamples: number;
  readonly deadline: number;
  /** The end of speech that the deadline counts from; absent if it is not known. */
  readonly since: number | undefined;
}

/** The decision that a turn is over, while it forms. Pure. */
export class EndOfTurn {
  #silence: Silence | undefined;

  /** The silence that is being waited out. */
  get silence(): Silence | undefined {
    return this.#silence;
  }

  /** Waits for `delaySamples` after speech ended at `since`, or from now on if that is not known. */
  wait(delaySamples: number, since: number | undefined, at: number, isAsking: boolean): Silence {
    const silence = { isAsking, delaySamples, deadline: (since ?? at) + delaySamples, since };
    this.#silence = silence;
    return silence;
  }

  /** True when the silence has lasted. */
  isDue(at: number): boolean {
    return this.#silence !== undefined && !this.#silence.isAsking && at >= this.#silence.deadline;
  }

  /** Ends the waiting; returns what was waited for. */
  take(): Silence | undefined {
    const silence = this.#silence;
    this.#silence = undefined;
    return silence;
  }
}
