import { expect, test } from "vitest";
import { designKernel } from "./kernel.ts";
import { ResampleClock } from "./resample-clock.ts";

const DAY_SECONDS = 86_400;

test.each([44_100, 48_000, 11_025])(
  "a day at %d Hz in blocks of 128 is a day at 16 kHz, to the sample",
  (inputRate) => {
    const { up, down, delayInputSamples } = designKernel(inputRate, 16_000);
    const clock = new ResampleClock(up, down, delayInputSamples);
    const inputSamples = DAY_SECONDS * inputRate;
    let outputSamples = 0;
    for (let block = 0; block < inputSamples / 128; block++) outputSamples += clock.advance(128);
    outputSamples += clock.advance(delayInputSamples);
    expect(outputSamples).toBe(DAY_SECONDS * 16_000);
    expect(clock.steps).toBe(0);
  },
);

test.each([
  [160, 441],
  [1, 3],
  [2, 1],
  [640, 441],
])("at %d/%d, n samples have made ceil(n * up / down) due, however they came", (up, down) => {
  for (const size of [1, 2, 127, 128, 1_000]) {
    const clock = new ResampleClock(up, down);
    let due = 0;
    for (let inputSamples = size; inputSamples < 5_000; inputSamples += size) {
      due += clock.advance(size);
      expect(due).toBe(Math.ceil((inputSamples * up) / down));
    }
  }
});

test("asking what is due changes nothing, and a reset goes back to the start", () => {
  const clock = new ResampleClock(160, 441, 100);
  const first = clock.due(1_000);
  expect(clock.advance(1_000)).toBe(first);
  clock.reset();
  expect(clock.due(1_000)).toBe(first);
});
