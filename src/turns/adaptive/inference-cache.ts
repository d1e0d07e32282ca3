/** What the model answered about a window. */
export interface Inference {
  readonly roundTripMs: number;
  readonly predictionMs: number;
  /** One for each 25 ms, in [0, 1]. */
  readonly probabilities: readonly number[];
}

interface Entry {
  readonly sentAtMs: number;
  readonly answer?: Inference;
}

const MOST_ENTRIES = 10;

/** The windows of an overlap that were sent, the last ten, and what was answered. Pure. */
export class InferenceCache {
  readonly #entries = new Map<number, Entry>();

  /** A window was sent. The oldest one beyond ten is forgotten. */
  sent(createdAt: number, sentAtMs: number): void {
    this.#entries.set(createdAt, { sentAtMs });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MOST_ENTRIES && oldest !== undefined) this.#entries.delete(oldest);
  }

  /** It was answered. `undefined` for one that was not sent, was forgotten, or belongs to an earlier overlap. */
  answered(createdAt: number, answer: Omit<Inference, "roundTripMs">, nowMs: number): Inference | undefined {
    const entry = this.#entries.get(createdAt);
    if (!entry) return undefined;
    const inference = { ...answer, roundTripMs: nowMs - entry.sentAtMs };
    this.#entries.set(createdAt, { ...entry, answer: inference });
    return inference;
  }

  /** The answer to the newest window that has one. */
  get newest(): Inference | undefined {
    return [...this.#entries.values()].findLast(({ answer }) => answer)?.answer;
  }

  /** For how long the oldest window without an answer has been waiting, in ms; 0 if none is. */
  waitingMs(nowMs: number): number {
    for (const { answer, sentAtMs } of this.#entries.values()) if (!answer) return nowMs - sentAtMs;
    return 0;
  }

  /** Forgets everything. */
  clear(): void {
    this.#entries.clear();
  }
}

/** The `rank`-th largest probability: so many frames are at least as sure. 0 if there are fewer. */
export function estimateProbability(probabilities: readonly number[], rank: number): number {
  return probabilities.toSorted((a, b) => b - a)[rank - 1] ?? 0;
}
