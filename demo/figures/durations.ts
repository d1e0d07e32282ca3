/** The last of some durations, and the one in their middle, in ms. */
export interface Durations {
  readonly lastMs: number;
  readonly medianMs: number;
  readonly count: number;
}

/** Sums durations up; undefined if there are none. Pure. */
export function durationsOf(values: readonly number[]): Durations | undefined {
  const lastMs = values.at(-1);
  if (lastMs === undefined) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? lastMs;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? lastMs;
  return { lastMs, medianMs: (lower + upper) / 2, count: values.length };
}
