import { expect, test } from "vitest";
import { findOffset, type Stretch } from "./align.ts";

const RATE = 16_000;

function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647 - 0.5;
}

function noise(length: number, seed = 1): Float32Array {
  const random = seeded(seed);
  return Float32Array.from({ length }, random);
}

/** Words: bursts of a few harmonics under a hump, of seeded length, pitch and pause. */
function speechLike(length: number, seed = 5): Float32Array {
  const random = seeded(seed);
  const samples = new Float32Array(length);
  for (let at = 2_000; at < length;) {
    const duration = 3_000 + Math.floor((random() + 0.5) * 5_000);
    const pitch = 90 + (random() + 0.5) * 120;
    for (let index = 0; index < duration && at + index < length; index++) {
      const t = index / RATE;
      const hump = Math.sin((Math.PI * index) / duration) ** 2;
      samples[at + index] = hump * (0.4 * Math.sin(2 * Math.PI * pitch * t) + 0.2 * Math.sin(6 * Math.PI * pitch * t));
    }
    at += duration + Math.floor((random() + 0.5) * 6_000);
  }
  return samples.map((sample) => sample + 0.002 * random());
}

/** The file as captured when it began at `offset`: the given intervals of the capture clock, silence where no file is. */
function captured(file: Float32Array, offset: number, ...intervals: readonly (readonly [number, number])[]): Stretch[] {
  return intervals.map(([from, to]) => ({
    startMs: (from * 1_000) / RATE,
    samples: Float32Array.from({ length: to - from }, (_, index) => file[from + index - offset] ?? 0),
  }));
}

const FILES = [
  ["noise", noise(2 * RATE)],
  ["speech", speechLike(2 * RATE)],
] as const;

test.each(
  FILES.flatMap(([kind, file]) => [0, 1, 7, 16, 4_999, 20_003, -1, -3_333].map((lag) => [kind, lag, file] as const)),
)("%s that began at sample %d of the capture clock is found to have", (_kind, lag, file) => {
  const whole = captured(file, lag, [Math.max(0, lag - 500), lag + file.length]);
  expect(findOffset(whole, file, RATE)).toBe((lag * 1_000) / RATE);
});

test.each(FILES)("%s is found by what passed a gate: stretches with holes between", (_kind, file) => {
  const lag = 1_234;
  const passed = captured(file, lag, [3_000, 9_000], [12_345, 18_000], [25_000, 33_000]);
  expect(findOffset(passed, file, RATE)).toBe((lag * 1_000) / RATE);
});

test("a capture that was scaled and has noise of its own is found all the same", () => {
  const file = speechLike(2 * RATE);
  const random = seeded(77);
  const heard = captured(file, 2_000, [0, 2_000 + file.length]).map(({ startMs, samples }) => ({
    startMs,
    samples: samples.map((sample) => 0.3 * sample + 0.02 * random()),
  }));
  expect(findOffset(heard, file, RATE)).toBe(125);
});

test("what was not captured, or is something else, has no place", () => {
  expect(findOffset([], noise(RATE), RATE)).toBeUndefined();
  expect(findOffset([{ startMs: 0, samples: noise(RATE, 2) }], noise(RATE, 3), RATE)).toBeUndefined();
});
