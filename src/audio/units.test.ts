import { expect, test } from "vitest";
import { CAPTURE_RATE, FRAME_SAMPLES, msToSamples, samplesToMs } from "./units.ts";

test("a frame is 32 ms and a second is the capture rate", () => {
  expect(samplesToMs(FRAME_SAMPLES)).toBe(32);
  expect(msToSamples(1_000)).toBe(CAPTURE_RATE);
});

test("samples survive the way to ms and back, for a day", () => {
  for (let samples = 0; samples < 86_400 * CAPTURE_RATE; samples += 7_654_321) {
    expect(msToSamples(samplesToMs(samples))).toBe(samples);
  }
});

test("ms are rounded to whole samples", () => {
  expect(msToSamples(0.1)).toBe(2);
  expect(Number.isInteger(msToSamples(33.333))).toBe(true);
});
