import fc from "fast-check";
import { expect, test } from "vitest";
import { noise, sliced } from "../testing/signals.ts";
import { MarkReader, markSound, MAX_MARKED_SAMPLES } from "./marked-sound.ts";

const never = (): boolean => false;

/** Stretches with those joined that follow one another. */
function read(reader: MarkReader, chunks: Iterable<Int16Array>): string[] {
  const spans: { start: number | undefined; end: number; isSpeech: boolean }[] = [];
  for (const chunk of chunks) {
    for (const { captureStart, isSpeech, length } of reader.read(chunk)) {
      const last = spans.at(-1);
      if (last && last.isSpeech === isSpeech && (captureStart === undefined) === (last.start === undefined)) {
        if (captureStart === undefined || captureStart === last.end) {
          last.end += length;
          continue;
        }
      }
      spans.push({ start: captureStart, end: (captureStart ?? 0) + length, isSpeech });
    }
  }
  return spans.map(({ start, end, isSpeech }) => `${start ?? "zeros"}-${end}${isSpeech ? "!" : ""}`);
}

test("what was marked is read, whatever its place and however the sound was sliced", () => {
  const property = fc.property(
    fc.integer({ min: 0, max: MAX_MARKED_SAMPLES - 5_000 }),
    fc.integer({ min: 3, max: 4_000 }),
    fc.integer({ min: 3, max: 900 }),
    (start, length, size) => {
      const reader = new MarkReader();
      expect(read(reader, sliced(markSound(start, length, never), [size]))).toEqual([`${start}-${start + length}`]);
      expect(reader.garbledSamples).toBe(0);
    },
  );
  fc.assert(property, { numRuns: 200 });
});

test("speech is told from what surrounds it, and made-up silence from both", () => {
  const isSpeech = (sample: number): boolean => sample >= 1_000 && sample < 1_601;
  const sound = [...markSound(501, 1_500, isSpeech), ...new Int16Array(300)];
  expect(read(new MarkReader(), [Int16Array.from(sound)])).toEqual([
    "501-1000",
    "1000-1601!",
    "1601-2001",
    "zeros-300",
  ]);
});

test.each([1, 2, 16_384, 32_768, 1_048_576])("a jump of %i samples is seen, between chunks and within one", (jump) => {
  const before = markSound(10_000, 800, never);
  const after = markSound(10_800 + jump, 800, never);
  const expected = ["10000-10800", `${10_800 + jump}-${11_600 + jump}`];
  expect(read(new MarkReader(), [before, after])).toEqual(expected);
  expect(read(new MarkReader(), [Int16Array.from([...before, ...after])])).toEqual(expected);
});

test("a changed sample is not taken for what it was", () => {
  const sound = markSound(7_000, 100, never);
  sound[50]! += 1;
  expect(read(new MarkReader(), [sound])).not.toEqual(["7000-7100"]);
});

test("sound without marks is garbled, but for what fits by chance", () => {
  const reader = new MarkReader();
  reader.read(noise(1_000, 30_000));
  expect(reader.garbledSamples).toBeGreaterThan(0);
});
