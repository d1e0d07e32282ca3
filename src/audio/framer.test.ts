import { expect, test } from "vitest";
import { Framer } from "./framer.ts";

const signal = Float32Array.from({ length: 5_000 }, (_, index) => index);

function* slices(samples: Float32Array, sizes: readonly number[]): Generator<Float32Array> {
  for (let read = 0, turn = 0; read < samples.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield samples.subarray(read, read + size);
    read += size;
  }
}

function framesOf(chunks: Iterable<Float32Array>): Float32Array[] {
  const framer = new Framer(512);
  const frames: Float32Array[] = [];
  for (const chunk of chunks) framer.push(chunk, (frame) => frames.push(frame.slice()));
  framer.flush((frame) => frames.push(frame.slice()));
  return frames;
}

test.each([[[1]], [[127, 128, 129]], [[0, 480]], [[512]], [[5_000]]])(
  "frames do not depend on how the audio was sliced (%j)",
  (sizes) => {
    expect(framesOf(slices(signal, sizes))).toEqual(framesOf([signal]));
  },
);

test("every sample comes out once and in order, then zeros fill the last frame", () => {
  const joined = framesOf([signal]).flatMap((frame) => [...frame]);
  expect(joined).toHaveLength(10 * 512);
  expect(joined.slice(0, 5_000)).toEqual([...signal]);
  expect(new Set(joined.slice(5_000))).toEqual(new Set([0]));
});

test("what is pending is known, and a flush says how much of its frame is real", () => {
  const framer = new Framer(512);
  framer.push(new Float32Array(600).fill(1), () => undefined);
  expect(framer.pendingSamples).toBe(88);
  const flushed: number[] = [];
  framer.flush((frame, filledSamples) => flushed.push(filledSamples, frame.length, frame[87]!, frame[88]!));
  expect(flushed).toEqual([88, 512, 1, 0]);
  expect(framer.pendingSamples).toBe(0);
});

test("a flush with nothing pending emits nothing", () => {
  const framer = new Framer(512);
  framer.push(new Float32Array(1_024), () => undefined);
  framer.flush(() => expect.unreachable());
});

test.each([0, -1, 1.5, Number.NaN])("a frame of %d samples is refused", (frameSamples) => {
  expect(() => new Framer(frameSamples)).toThrow(
    new RangeError(`frameSamples must be a positive integer, got ${frameSamples}`),
  );
});
