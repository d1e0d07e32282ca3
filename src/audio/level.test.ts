import { expect, test } from "vitest";
import { MIN_LEVEL_DB, rmsDbfs } from "./level.ts";
import { makeSine } from "./sine.ts";

test("a constant 1 is 0 dBFS, a full-scale sine 3.01 dB less, and halving costs 6.02 dB", () => {
  expect(rmsDbfs(new Float32Array(512).fill(1))).toBe(0);
  expect(rmsDbfs(makeSine(1_000, 16_000, 512, 1))).toBeCloseTo(-3.0103, 3);
  expect(rmsDbfs(makeSine(1_000, 16_000, 512, 0.5))).toBeCloseTo(-9.0309, 3);
});

test.each([
  ["silence", new Float32Array(512)],
  ["nothing", new Float32Array(0)],
  ["the faintest number", Float32Array.of(1e-40)],
  ["NaN", Float32Array.of(0.5, Number.NaN)],
])("the level of %s is the floor, never -Infinity or NaN", (_, samples) => {
  expect(rmsDbfs(samples)).toBe(MIN_LEVEL_DB);
});
