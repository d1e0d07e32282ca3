/** A stretch of what a connection sent. Samples at 16 kHz; `captureStart` is absent where the audio was synthetic. */
export interface LedgerEntry {
  readonly sentStart: number;
  readonly length: number;
  readonly captureStart?: number;
}

/**
 * What one connection sent, in order, and where in captured time each sample came from. It turns the server's times,
 * which count what was sent, into capture times. Pure.
 */
export class ConnectionLedger {
  readonly #entries: { sentStart: number; length: number; captureStart?: number }[] = [];
  #sentSamples = 0;

  /** Samples sent so far, synthetic ones included. */
  get sentSamples(): number {
    return this.#sentSamples;
  }

  /** The stretches, each as long as it can be. */
  get entries(): readonly LedgerEntry[] {
    return this.#entries;
  }

  /** Notes that `length` samples were sent, captured from `captureStart` on, or made up if that is undefined. */
  append(captureStart: number | undefined, length: number): void {
    const last = this.#entries.at(-1);
    if (last && captureStart === undefined && last.captureStart === undefined) last.length += length;
    else if (
      last &&
      captureStart !== undefined &&
      last.captureStart !== undefined &&
      last.captureStart + last.length === captureStart
    ) {
      last.length += length;
    } else if (length > 0) {
      this.#entries.push({
        sentStart: this.#sentSamples,
        length,
        ...(captureStart === undefined ? {} : { captureStart }),
      });
    }
    this.#sentSamples += length;
  }

  /**
   * When the sent sample was captured, where something begins there: on a seam it belongs to what follows. Inside
   * synthetic audio: the end of the captured audio before it. `undefined` before anything captured was sent.
   */
  captureStartOf(sentSample: number): number | undefined {
    return this.#capture(
      sentSample,
      this.#entries.findLast((entry) => entry.sentStart <= sentSample),
    );
  }

  /** As {@link captureStartOf}, where something ends there: on a seam it belongs to what came before. */
  captureEndOf(sentSample: number): number | undefined {
    return this.#capture(
      sentSample,
      this.#entries.findLast((entry) => entry.sentStart < sentSample),
    );
  }

  #capture(sentSample: number, found: LedgerEntry | undefined): number | undefined {
    const entry = found ?? this.#entries[0];
    if (!entry) return undefined;
    if (entry.captureStart !== undefined) {
      return entry.captureStart + Math.min(Math.max(0, sentSample - entry.sentStart), entry.length);
    }
    const before = this.#entries.findLast(
      (other) => other.sentStart < entry.sentStart && other.captureStart !== undefined,
    );
    return before?.captureStart === undefined ? undefined : before.captureStart + before.length;
  }
}
