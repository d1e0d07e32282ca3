import type { Clock } from "../net/clock.ts";
import type { LegacySegment } from "./room-port.ts";
import type { TranscribedSide, Transcripts } from "./transcripts.ts";

/** Streams of the same text come within a breath of its packets, in either order. */
const WAIT_MS = 1_000;

/**
 * Holds the packets of a side back until it is clear that no streams come: newer agents send both, under different
 * names, and nothing is to be told twice.
 */
export class LegacyDelay {
  readonly #transcripts: Transcripts;
  readonly #clock: Clock;
  readonly #held: Record<TranscribedSide, LegacySegment[]> = { user: [], agent: [] };
  readonly #waiting = new Map<TranscribedSide, () => void>();
  /** Sides of which there were packets, and no streams for long enough. */
  readonly #isOpen = new Set<TranscribedSide>();

  constructor(transcripts: Transcripts, clock: Clock) {
    this.#transcripts = transcripts;
    this.#clock = clock;
  }

  /** Takes a packet. */
  take(side: TranscribedSide, segments: readonly LegacySegment[]): void {
    if (this.#transcripts.hasStreams(side)) return;
    if (this.#isOpen.has(side)) return this.#transcripts.takeLegacy(side, segments);
    this.#held[side].push(...segments);
    if (this.#waiting.has(side)) return;
    const callOff = this.#clock.schedule(WAIT_MS, () => {
      this.#isOpen.add(side);
      this.#transcripts.takeLegacy(side, this.#held[side].splice(0)); // nothing, if streams have come
    });
    this.#waiting.set(side, callOff);
  }

  /** Tells nothing more. */
  close(): void {
    for (const callOff of this.#waiting.values()) callOff();
  }
}
