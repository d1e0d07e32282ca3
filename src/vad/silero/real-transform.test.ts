import { expect, test } from "vitest";
import { type Numbers, zeros } from "./matrices.ts";
import { RealTransform } from "./real-transform.ts";
import { stressSignals } from "./testing/stress-signals.ts";

const [noise, , , sweep] = stressSignals(1);

test.each([
  ["noise", noise!.samples],
  ["a sweep", sweep!.samples],
  ["an impulse", Float32Array.from({ length: 2_000 }, (_, index) => (index === 301 ? 1 : 0))],
])("the magnitudes of %s are those of the transform by its definition", (_name, samples) => {
  const transform = new RealTransform();
  const input = Array.from(samples);
  for (const start of [0, 100, 256]) {
    const magnitudes = zeros(129);
    transform.magnitudes(input, start, magnitudes);
    const difference = magnitudes.map((magnitude, bin) => Math.abs(magnitude - definition(input, start, bin)));
    expect(Math.max(...difference)).toBeLessThan(1e-11);
  }
});

test("bins go where offset and stride say, and nowhere else", () => {
  const into = zeros(129 * 4).fill(-1);
  const input = Array.from(noise!.samples);
  new RealTransform().magnitudes(input, 0, into, 2, 4);
  const straight = zeros(129);
  new RealTransform().magnitudes(input, 0, straight);
  expect(into.filter((_, index) => index % 4 === 2)).toEqual(straight);
  expect(into.filter((_, index) => index % 4 !== 2).every((value) => value === -1)).toBe(true);
});

function definition(samples: Numbers, start: number, bin: number): number {
  let [real, imaginary] = [0, 0];
  for (let index = 0; index < 256; index++) {
    const windowed = samples[start + index]! * Math.sin((Math.PI * index) / 256) ** 2;
    real += windowed * Math.cos((2 * Math.PI * bin * index) / 256);
    imaginary -= windowed * Math.sin((2 * Math.PI * bin * index) / 256);
  }
  return Math.hypot(real, imaginary);
}
