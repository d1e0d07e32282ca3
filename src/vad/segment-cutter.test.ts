import { expect, test } from "vitest";
import { SegmentCutter, type SegmentOptions, type SpeechSegment } from "./segment-cutter.ts";

const FRAME = 512;
const FRAME_MS = 32;

/** A stretch of frames, all quiet or all loud. */
type Stretch = readonly [frames: number, probability: 0 | 1];

/** What is cut out of the stretches; each sample is its own place in time. */
function cut(stretches: readonly Stretch[], options?: SegmentOptions): SpeechSegment[] {
  const cutter = new SegmentCutter({}, options);
  const probabilities = stretches.flatMap(([frames, probability]) => Array.from({ length: frames }, () => probability));
  const segments = probabilities.map((probability, frame) =>
    cutter.push(
      Float32Array.from({ length: FRAME }, (_, index) => frame * FRAME + index),
      probability,
    ),
  );
  return [...segments, cutter.finish()].filter((segment) => segment !== undefined);
}

/** Times in frames. */
function framesOf({ audioStartMs, startMs, endMs }: SpeechSegment): number[] {
  return [audioStartMs, startMs, endMs].map((ms) => ms / FRAME_MS);
}

function expectTrue({ audio, audioStartMs, startMs, endMs }: SpeechSegment): void {
  expect(audioStartMs).toBeLessThanOrEqual(startMs);
  expect(startMs).toBeLessThan(endMs);
  expect(audio).toHaveLength((endMs - audioStartMs) * 16);
  expect(audio.every((sample, index) => sample === audioStartMs * 16 + index)).toBe(true);
}

test("a segment is the speech as the detector dates it, behind its prefix", () => {
  const segments = cut([
    [40, 0],
    [20, 1],
    [40, 0],
  ]);
  expect(segments.map(framesOf)).toEqual([[40 - 15.625, 40, 60]]);
  segments.forEach(expectTrue);
});

test.each([0, 100, 500, 2_000])("a prefix of %d ms is exact, and no longer than what there is", (prefixPaddingMs) => {
  const [segment] = cut(
    [
      [40, 0],
      [20, 1],
      [40, 0],
    ],
    { prefixPaddingMs },
  );
  expect(segment!.audioStartMs).toBe(Math.max(0, 40 * FRAME_MS - prefixPaddingMs));
  expectTrue(segment!);
});

test("a prefix does not reach into the segment before", () => {
  const segments = cut(
    [
      [10, 0],
      [20, 1],
      [25, 0],
      [20, 1],
      [40, 0],
    ],
    { prefixPaddingMs: 10_000 },
  );
  expect(segments.map(framesOf)).toEqual([
    [0, 10, 30],
    [30, 55, 75],
  ]);
  segments.forEach(expectTrue);
});

test("speech that goes on at the end of the recording ends there", () => {
  const segments = cut([
    [10, 0],
    [20, 1],
  ]);
  expect(segments.map(framesOf)).toEqual([[0, 10, 30]]);
  segments.forEach(expectTrue);
  expect(cut([[10, 0]])).toEqual([]);
});

test("speech that goes on and on is handed out in pieces that meet, none empty and none backwards", () => {
  // 1 s is 31.25 frames, so a piece is 32.
  const segments = cut(
    [
      [10, 0],
      [100, 1],
      [40, 0],
    ],
    { maxSegmentMs: 1_000 },
  );
  expect(segments.map(framesOf)).toEqual([
    [0, 10, 42],
    [42, 42, 74],
    [74, 74, 106],
    [106, 106, 110],
  ]);
  segments.forEach(expectTrue);
});

test("speech that turns out to have ended before the last piece did leaves no piece behind", () => {
  const segments = cut(
    [
      [10, 0],
      [25, 1],
      [40, 0],
      [10, 1],
      [40, 0],
    ],
    { maxSegmentMs: 1_000 },
  );
  expect(segments.map(framesOf)).toEqual([
    [0, 10, 42],
    [75 - 15.625, 75, 85],
  ]);
  segments.forEach(expectTrue);
});

test.each([
  [{ prefixPaddingMs: -1 }, "prefixPaddingMs must be in [0, 10000] ms, got -1"],
  [{ maxSegmentMs: 999 }, "maxSegmentMs must be in [1000, 600000] ms, got 999"],
])("bad options fail at once and say why: %j", (options, message) => {
  expect(() => new SegmentCutter({}, options)).toThrow(new RangeError(message));
});
