import { expect, test } from "vitest";
import { fromPcm16, pcm16Bytes, pcm16FromBytes, toPcm16 } from "./pcm16.ts";

const everyValue = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768);

test("each of the 65,536 integers survives the way to floats and back", () => {
  expect(toPcm16(fromPcm16(everyValue))).toEqual(everyValue);
});

test("each of the 65,536 integers survives the way to bytes and back", () => {
  expect(pcm16FromBytes(pcm16Bytes(everyValue))).toEqual(everyValue);
});

test.each([
  [0, 0],
  [1, 32_767],
  [-1, -32_767],
  [1.5, 32_767],
  [-1.5, -32_768],
  [Number.POSITIVE_INFINITY, 32_767],
  [Number.NEGATIVE_INFINITY, -32_768],
  [Number.NaN, 0],
  [0.6 / 32_767, 1],
  [0.4 / 32_767, 0],
  [-0.6 / 32_767, -1],
])("%d becomes %d", (sample, integer) => {
  expect(toPcm16(Float32Array.of(sample))).toEqual(Int16Array.of(integer));
});

test("bytes are little-endian, and only those of the view", () => {
  const view = Int16Array.of(0x7777, 0x0102, -2, 0x7777).subarray(1, 3);
  expect(pcm16Bytes(view)).toEqual(Uint8Array.of(0x02, 0x01, 0xfe, 0xff));
});

test("bytes may start at an odd address", () => {
  expect(pcm16FromBytes(Uint8Array.of(9, 0x02, 0x01, 0xfe, 0xff, 9).subarray(1, 5))).toEqual(Int16Array.of(0x0102, -2));
});

test("half a sample is refused", () => {
  expect(() => pcm16FromBytes(new Uint8Array(3))).toThrow(
    new RangeError("16-bit samples need an even number of bytes, got 3"),
  );
});
