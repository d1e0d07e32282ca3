import { expect, test } from "vitest";
import { designKernel } from "./kernel.ts";

const pairs = [
  [8_000, 16_000],
  [11_025, 16_000],
  [22_050, 16_000],
  [44_100, 16_000],
  [48_000, 16_000],
  [192_000, 16_000],
  [44_100, 24_000],
  [16_000, 48_000],
  [44_100, 48_000],
] as const;

test.each(pairs)("from %d to %d Hz the ratio is exact and every phase passes direct current unchanged", (from, to) => {
  const { up, down, tapsPerPhase, phases, delayInputSamples } = designKernel(from, to);
  expect(from * up).toBe(to * down);
  expect(phases).toHaveLength(up * tapsPerPhase);
  expect(delayInputSamples).toBe(tapsPerPhase / 2);
  for (let phase = 0; phase < up; phase++) {
    const row = phases.subarray(phase * tapsPerPhase, (phase + 1) * tapsPerPhase);
    expect(Math.abs(row.reduce((sum, tap) => sum + tap, 0) - 1)).toBeLessThan(1e-14);
  }
});

test.each(pairs)(
  "from %d to %d Hz the filter is its own mirror image, so its delay is the same at all pitches",
  (from, to) => {
    const { up, tapsPerPhase, phases } = designKernel(from, to);
    for (let phase = 1; phase < up; phase++) {
      for (let tap = 0; tap < tapsPerPhase; tap++) {
        const mirrored = phases[(up - phase) * tapsPerPhase + tapsPerPhase - 1 - tap]!;
        if (Math.abs(phases[phase * tapsPerPhase + tap]! - mirrored) > 1e-12) expect.fail(`phase ${phase}, tap ${tap}`);
      }
    }
  },
);

test.each([44_100, 48_000, 96_000])("from %d to 16000 Hz no more than 2.3 ms are held back", (inputRate) => {
  expect(designKernel(inputRate, 16_000).delayInputSamples / inputRate).toBeLessThanOrEqual(0.0023);
});

test("equal rates give a kernel that holds nothing back", () => {
  expect(designKernel(16_000, 16_000)).toMatchObject({ up: 1, down: 1, tapsPerPhase: 1, delayInputSamples: 0 });
});

test("a kernel survives being posted to another thread", () => {
  const kernel = designKernel(44_100, 16_000);
  expect(structuredClone(kernel)).toEqual(kernel);
});

test.each([0, -48_000, 44_100.5, Number.NaN, Number.POSITIVE_INFINITY, 999, 768_001])(
  "a rate of %d Hz is refused",
  (rate) => {
    expect(() => designKernel(rate, 16_000)).toThrow(
      new RangeError(`inputRate must be an integer from 1000 to 768000 Hz, got ${rate}`),
    );
    expect(() => designKernel(48_000, rate)).toThrow(/^outputRate must be .* got /);
  },
);

test("a ratio whose table would pass 2 MB is refused with both rates", () => {
  expect(() => designKernel(44_101, 16_000)).toThrow(
    /^44101 to 16000 Hz needs a table of \d+ bytes, the limit is 2097152$/,
  );
});
