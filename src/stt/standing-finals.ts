/** A final text whose audio may be sent again. Samples are of the capture clock. */
export interface StandingFinal {
  readonly segmentId: number;
  readonly transcriptId: number;
  /** Where its speech begins at the latest, and where it ends. */
  readonly startSample: number;
  readonly endSample: number;
}

/**
 * The finals that a replay would tell anew, since their model does not say where its words are: after a replay they are
 * withdrawn as soon as the first new text for their segment comes, and stay if none does. Pure.
 */
export class StandingFinals {
  #finals: StandingFinal[] = [];
  /** Ids up to this one were told on connections before the present one. */
  #replayedUpTo = 0;

  /** A final came. */
  add(final: StandingFinal): void {
    this.#finals.push(final);
  }

  /**
   * Audio before `sample` will never be sent again, so finals that begin before it stand for good. Returns how far they
   * reach; 0 if there are none.
   */
  settle(sample: number): number {
    const settled = this.#finals.filter(({ startSample }) => startSample < sample);
    this.#finals = this.#finals.filter(({ startSample }) => startSample >= sample);
    return Math.max(0, ...settled.map(({ endSample }) => endSample));
  }

  /** What is still standing is about to be told anew. */
  replay(): void {
    this.#replayedUpTo = this.#finals.at(-1)?.transcriptId ?? this.#replayedUpTo;
  }

  /** The first new text of a segment has come: returns the ids that it replaces. */
  withdraw(segmentId: number): number[] {
    const isReplaced = (final: StandingFinal): boolean =>
      final.segmentId === segmentId && final.transcriptId <= this.#replayedUpTo;
    const ids = this.#finals.filter(isReplaced).map(({ transcriptId }) => transcriptId);
    this.#finals = this.#finals.filter((final) => !isReplaced(final));
    return ids;
  }
}
