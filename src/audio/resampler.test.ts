import { expect, test } from "vitest";
import { designKernel } from "./kernel.ts";
import { Resampler } from "./resampler.ts";
import { fitSine, makeSine, sinadDb } from "./sine.ts";

const INPUT_RATES = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000];

/** Noise that is the same in every run. */
function makeNoise(samples: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: samples }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state / 2 ** 31;
  });
}

/** Pushes `input` in slices of the given sizes, over and over, and flushes. */
function resample(resampler: Resampler, input: Float32Array, sizes: readonly number[] = [input.length]): Float32Array {
  const output = new Float32Array(resampler.maxOutputSamples(input.length) + 1);
  let written = 0;
  for (let read = 0, turn = 0; read < input.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    written += resampler.push(input.subarray(read, read + size), output.subarray(written));
    read += size;
  }
  written += resampler.flush(output.subarray(written));
  return output.subarray(0, written);
}

function convert(inputRate: number, outputRate: number, input: Float32Array): Float32Array {
  return resample(new Resampler(designKernel(inputRate, outputRate)), input);
}

/** The middle of a converted tone, where neither end of the input is under the filter. */
function convertTone(inputRate: number, outputRate: number, frequencyHz: number, seconds = 0.1): Float32Array {
  const output = convert(inputRate, outputRate, makeSine(frequencyHz, inputRate, Math.round(inputRate * seconds)));
  const edge = Math.round(outputRate * 0.01);
  return output.subarray(edge, -edge);
}

function levelDb(samples: Float32Array, inputAmplitude = 0.5): number {
  const energy = samples.reduce((sum, sample) => sum + sample * sample, 0);
  return 10 * Math.log10((2 * energy) / samples.length / inputAmplitude ** 2);
}

test.each(INPUT_RATES)("10 s at %d Hz are exactly 160,000 samples at 16 kHz", (inputRate) => {
  const resampler = new Resampler(designKernel(inputRate, 16_000));
  const block = new Float32Array(inputRate / 25);
  const output = new Float32Array(resampler.maxOutputSamples(block.length) + 1_000);
  let written = 0;
  for (let count = 0; count < 250; count++) written += resampler.push(block, output);
  expect(written + resampler.flush(output)).toBe(160_000);
});

test.each([
  [44_100, 16_000],
  [48_000, 16_000],
  [11_025, 16_000],
  [48_000, 24_000],
  [16_000, 16_000],
])("any number of samples n from %d to %d Hz gives ceil(n * up / down)", (inputRate, outputRate) => {
  const kernel = designKernel(inputRate, outputRate);
  const resampler = new Resampler(kernel);
  for (const count of [0, 1, 2, 3, 100, 127, 128, 441, 1_023, 1_024, 1_025, 4_999]) {
    expect(resample(resampler, new Float32Array(count))).toHaveLength(Math.ceil((count * kernel.up) / kernel.down));
  }
});

test.each([
  [44_100, 16_000],
  [48_000, 16_000],
  [192_000, 16_000],
  [8_000, 16_000],
  [44_100, 24_000],
  [16_000, 16_000],
])("from %d to %d Hz every slicing gives the same bits", (inputRate, outputRate) => {
  const resampler = new Resampler(designKernel(inputRate, outputRate));
  const input = makeNoise(10_000);
  const whole = resample(resampler, input).slice();
  for (const sizes of [[1], [127, 128, 129], [0, 480], [1_024], [1_025, 3], [4_099]]) {
    const sliced = resample(resampler, input, sizes);
    expect(Buffer.compare(bytesOf(sliced), bytesOf(whole)), `sizes ${sizes.join()}`).toBe(0);
  }
});

function bytesOf(samples: Float32Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

test("no push writes more than maxOutputSamples said", () => {
  for (const inputRate of INPUT_RATES) {
    const resampler = new Resampler(designKernel(inputRate, 16_000));
    const output = new Float32Array(10_000);
    for (let size = 0; size < 300; size++) {
      expect(resampler.push(new Float32Array(size), output)).toBeLessThanOrEqual(resampler.maxOutputSamples(size));
    }
  }
});

test("equal rates change no bit, not even of minus zero or the smallest number", () => {
  const input = Float32Array.of(-0, 1e-45, 0.1, -1.5, 3e38);
  expect(Buffer.compare(bytesOf(convert(16_000, 16_000, input)), bytesOf(input))).toBe(0);
});

test.each([
  [48_000, 16_000],
  [44_100, 16_000],
  [16_000, 16_000],
])("from %d to %d Hz a sample that is not finite counts as 0", (inputRate, outputRate) => {
  const input = makeNoise(5_000);
  const broken = input.slice();
  for (const [index, value] of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].entries()) {
    input[1_000 * (index + 1)] = 0;
    broken[1_000 * (index + 1)] = value;
  }
  expect(convert(inputRate, outputRate, broken)).toEqual(convert(inputRate, outputRate, input));
});

test("a push writes only what it says, and leaves the rest of the output alone", () => {
  const resampler = new Resampler(designKernel(48_000, 16_000));
  for (let size = 1; size < 200; size++) {
    const output = new Float32Array(100).fill(9);
    const written = resampler.push(makeNoise(size), output);
    expect(output.subarray(0, written)).not.toContain(9);
    expect(output.subarray(written).every((sample) => sample === 9)).toBe(true);
  }
});

test.each([
  [48_000, 16_000],
  [44_100, 16_000],
  [96_000, 16_000],
  [22_050, 16_000],
  [48_000, 24_000],
  [44_100, 24_000],
  [96_000, 24_000],
])("from %d to %d Hz nothing above the stop edge comes through: at most -100 dB", (inputRate, outputRate) => {
  const stopEdgeHz = (1.0625 * outputRate) / 2;
  const nyquistHz = inputRate / 2;
  for (let place = 0; place < 60; place++) {
    const frequencyHz = stopEdgeHz + ((nyquistHz - stopEdgeHz) * place) / 60;
    const alias = levelDb(convertTone(inputRate, outputRate, frequencyHz, 0.05));
    expect(alias, `${frequencyHz} Hz`).toBeLessThanOrEqual(-100);
  }
});

test.each([
  [48_000, 16_000, 7_000],
  [44_100, 16_000, 7_000],
  [96_000, 16_000, 7_000],
  [8_000, 16_000, 3_500],
  [16_000, 24_000, 7_000],
  [48_000, 24_000, 7_000],
  [44_100, 24_000, 7_000],
  [96_000, 24_000, 7_000],
  [44_100, 48_000, 7_000],
])("from %d to %d Hz the pass band is flat to 0.01 dB up to %d Hz", (inputRate, outputRate, passEdgeHz) => {
  for (let place = 1; place <= 30; place++) {
    const frequencyHz = (passEdgeHz * place) / 30;
    const { amplitude } = fitSine(convertTone(inputRate, outputRate, frequencyHz), frequencyHz, outputRate);
    expect(Math.abs(20 * Math.log10(amplitude / 0.5)), `${frequencyHz} Hz`).toBeLessThanOrEqual(0.01);
  }
});

test.each([
  [48_000, 16_000, 120],
  [44_100, 16_000, 120],
  [96_000, 16_000, 120],
  [22_050, 16_000, 120],
  [48_000, 24_000, 120],
  [44_100, 24_000, 110],
  [16_000, 24_000, 110],
  [8_000, 16_000, 105],
])("from %d to %d Hz a tone of 1 kHz keeps %d dB over noise and distortion", (inputRate, outputRate, minSinadDb) => {
  const tone = convertTone(inputRate, outputRate, 1_000, 0.5);
  expect(sinadDb(fitSine(tone, 1_000, outputRate))).toBeGreaterThanOrEqual(minSinadDb);
});

test.each([
  [48_000, 16_000],
  [44_100, 16_000],
  [8_000, 16_000],
  [48_000, 24_000],
  [44_100, 24_000],
  [16_000, 24_000],
])("from %d to %d Hz a sound stays where it was in time", (inputRate, outputRate) => {
  // A chirp up to 3 kHz under a raised cosine: sampling it at the other rate says what must come out.
  const seconds = 0.2;
  const chirp = (t: number): number =>
    0.5 * (1 - Math.cos((2 * Math.PI * t) / seconds)) * Math.sin(2 * Math.PI * (200 + 7_000 * t) * t);
  const input = Float32Array.from({ length: inputRate * seconds }, (_, index) => chirp(index / inputRate));
  const output = convert(inputRate, outputRate, input);
  expect(output).toHaveLength(outputRate * seconds);
  const worst = output.reduce((most, sample, index) => Math.max(most, Math.abs(sample - chirp(index / outputRate))), 0);
  // One tenth of an output sample too early or too late would be an error of 0.1.
  expect(worst).toBeLessThan(2e-5);
});

test("a constant stays constant to the last bit of a float", () => {
  const output = convert(44_100, 16_000, new Float32Array(44_100).fill(0.7));
  expect(output.subarray(100, -100).every((sample) => Math.abs(sample - Math.fround(0.7)) < 1e-7)).toBe(true);
});

test("a flush and a reset leave no trace of what came before", () => {
  const resampler = new Resampler(designKernel(44_100, 16_000));
  const input = makeNoise(3_000);
  const first = resample(resampler, input).slice();
  expect(resample(resampler, input)).toEqual(first);
  resampler.push(input, new Float32Array(3_000));
  resampler.reset();
  expect(resample(resampler, input)).toEqual(first);
});

test("an output too short is refused before a sample is taken", () => {
  const resampler = new Resampler(designKernel(48_000, 16_000));
  const input = makeNoise(3_000);
  expect(() => resampler.push(input, new Float32Array(900))).toThrow(
    new RangeError("output must hold 964 samples, got 900"),
  );
  expect(resample(resampler, input)).toEqual(convert(48_000, 16_000, input));
});
