import { expect, test } from "vitest";
import { fitSine, makeSine, sinadDb } from "./sine.ts";

test("a fit finds the amplitude and the phase of a made sine, and leaves nothing but rounding", () => {
  const sine = fitSine(makeSine(1_234.5, 16_000, 4_000, 0.25).subarray(16), 1_234.5, 16_000);
  expect(sine.amplitude).toBeCloseTo(0.25, 8);
  expect(Math.sin(sine.phaseRadians)).toBeCloseTo(Math.sin((2 * Math.PI * 1_234.5 * 16) / 16_000), 6);
  expect(sinadDb(sine)).toBeGreaterThan(145);
});

test("what is not the sine is the residual", () => {
  const samples = makeSine(1_000, 16_000, 16_000).map((sample, index) => sample + (index % 2 === 0 ? 0.01 : -0.01));
  expect(fitSine(samples, 1_000, 16_000).residualRms).toBeCloseTo(0.01, 6);
});
