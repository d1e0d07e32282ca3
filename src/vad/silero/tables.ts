import { TRANSFORM } from "./layout.ts";

/** The numbers that every transform needs; computed in 64 bits, kept as their user keeps them. */
export interface TransformTables {
  /** Periodic Hann window: 256 numbers, the last of which is not 0. */
  readonly hann: readonly number[];
  /** cos(2πk/256) for k = 0..127. */
  readonly cosines: readonly number[];
  /** sin(2πk/256) for k = 0..127. */
  readonly sines: readonly number[];
}

/** Computes the tables, which Silero ships as 66,048 weights: window times cosine, window times sine. */
export function transformTables(): TransformTables {
  const angle = (index: number): number => (2 * Math.PI * index) / TRANSFORM;
  const half = { length: TRANSFORM / 2 };
  return {
    hann: Array.from({ length: TRANSFORM }, (_, index) => 0.5 - 0.5 * Math.cos(angle(index))),
    cosines: Array.from(half, (_, index) => Math.cos(angle(index))),
    sines: Array.from(half, (_, index) => Math.sin(angle(index))),
  };
}
