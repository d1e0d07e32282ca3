/** A final text whose audio is not acknowledged yet. */
interface StandingFinal {
  readonly segmentId: number;
  readonly transcriptId: number;
  /** How far on the capture clock its speech may reach. */
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

  /** A final came whose speech reaches at most up to `endSample`. */
  add(segmentId: number, transcriptId: number, endSample: number): void {
    this.#finals.push({ segmentId, transcriptId, endSample });
  }

  /**
   * Audio before `oldestSample` will never be sent again. Returns how far the finals reach that lie wholly before it:
   * they stand for good.
   */
  settle(oldestSample: number): number {
    const settled = this.#finals.filter(({ endSample }) => endSample <= oldestSample);
    this.#finals = this.#finals.filter(({ endSample }) => endSample > oldestSample);
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
