/** As long as latencies may be: what was known earlier is forgotten. */
const REMEMBERED_KNOTS = 64;

interface Knot {
  readonly atSec: number;
  readonly samples: number;
  /** Whether sound went on from here. */
  readonly isSounding: boolean;
}

/** Where an item was at which time: straight lines between what the audio thread told. */
export class HeardCursor {
  readonly #rateHz: number;
  readonly #knots: Knot[] = [];

  /** Counts samples at `rateHz`. */
  constructor(rateHz: number) {
    this.#rateHz = rateHz;
  }

  /** At `atSec` on the context's clock `samples` had left, and sound went on or ceased. Times never go back. */
  mark(atSec: number, samples: number, isSounding: boolean): void {
    this.#knots.push({ atSec, samples, isSounding });
    if (this.#knots.length > REMEMBERED_KNOTS) this.#knots.shift();
  }

  /** Samples that had left by `atSec`, also if that is later than the last mark; an integer. */
  samplesAt(atSec: number): number {
    const next = this.#knots.findIndex((knot) => knot.atSec > atSec);
    const last = next < 0 ? this.#knots.length - 1 : next - 1;
    const knot = this.#knots[last];
    if (!knot) return 0;
    if (!knot.isSounding) return knot.samples;
    const samples = knot.samples + Math.floor((atSec - knot.atSec) * this.#rateHz);
    return Math.min(samples, this.#knots[last + 1]?.samples ?? samples);
  }
}
