import { expect, test } from "vitest";
import { pcm16FromBytes } from "./pcm16.ts";
import { encodeWav } from "./wav.ts";

test("a WAV file is told by its 44 bytes, to the byte", () => {
  expect([...encodeWav(Float32Array.of(0, 1), 16_000)]).toEqual([
    ...[0x52, 0x49, 0x46, 0x46, 40, 0, 0, 0, 0x57, 0x41, 0x56, 0x45], // RIFF, 40 bytes follow, WAVE
    ...[0x66, 0x6d, 0x74, 0x20, 16, 0, 0, 0, 1, 0, 1, 0], // fmt, PCM, mono
    ...[0x80, 0x3e, 0, 0, 0x00, 0x7d, 0, 0, 2, 0, 16, 0], // 16,000 samples and 32,000 bytes a second
    ...[0x64, 0x61, 0x74, 0x61, 4, 0, 0, 0], // data
    ...[0, 0, 0xff, 0x7f],
  ]);
});

test.each([0, 1, 160_000])("%d samples in are as many out", (count) => {
  const samples = Float32Array.from({ length: count }, (_, index) => Math.sin(index / 7));
  const pcm = pcm16FromBytes(encodeWav(samples, 16_000).subarray(44));
  expect(pcm.length).toBe(count);
  expect(pcm.every((value, index) => value === Math.round(samples[index]! * 32_767))).toBe(true);
});
