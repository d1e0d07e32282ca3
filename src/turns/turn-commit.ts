import { msToSamples } from "../audio/units.ts";
import type { Recognition } from "./recognition.ts";

/** How a turn is committed by hand. */
export interface CommitOptions {
  /** How long the final of what was said last is waited for, in ms, 0..60000. @defaultValue 2000 */
  readonly transcriptTimeoutMs?: number;
  /** Whether the turn wants no answer. @defaultValue false */
  readonly skipReply?: boolean;
}

/** Commits turns by hand, and keeps the promises that were made for it. Pure. */
export class TurnCommit {
  readonly #recognition: Recognition;
  #waiting: ((transcript: string) => void)[] = [];

  constructor(recognition: Recognition) {
    this.#recognition = recognition;
  }

  /**
   * Ends the turn; resolves with what was committed, which may be nothing.
   *
   * @throws RangeError if the time limit is out of range.
   */
  commit({ transcriptTimeoutMs = 2_000, skipReply = false }: CommitOptions, at: number): Promise<string> {
    if (!(transcriptTimeoutMs >= 0 && transcriptTimeoutMs <= 60_000)) {
      throw new RangeError(`transcriptTimeoutMs must be in [0, 60000] ms, got ${transcriptTimeoutMs}`);
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#recognition.commit(at, at + msToSamples(transcriptTimeoutMs), skipReply);
    });
  }

  /** The turn was committed. */
  done(transcript: string): void {
    for (const resolve of this.#waiting.splice(0)) resolve(transcript);
  }
}
