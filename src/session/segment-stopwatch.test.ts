import { expect, test } from "vitest";
import { SegmentStopwatch } from "./segment-stopwatch.ts";

test("every figure counts from the moment it is named after, in ms of the capture clock", () => {
  const watch = new SegmentStopwatch(8_000, 16_000);
  expect(watch.startSample).toBe(8_000);
  watch.audioSent(16_800, 8_000);
  watch.audioSent(20_000, 24_000);
  watch.speechEnded(32_000);
  watch.flushSent(40_000);
  watch.finalCame(48_000);
  expect(watch.metrics()).toEqual({
    firstAudioAfterOnsetMs: 50,
    flushAfterSpeechEndMs: 500,
    finalAfterSpeechEndMs: 1_000,
    sentMs: 2_000,
  });
});

test("what was not there to measure is absent", () => {
  expect(new SegmentStopwatch(0, undefined).metrics()).toEqual({ sentMs: 0 });
  const manual = new SegmentStopwatch(0, undefined);
  manual.audioSent(100, 1_600);
  manual.flushSent(200);
  expect(manual.metrics()).toEqual({ sentMs: 100 });
});

test("speech that resumes and ends again is timed anew", () => {
  const watch = new SegmentStopwatch(0, 0);
  watch.speechEnded(16_000);
  watch.flushSent(16_160);
  watch.finalCame(17_600);
  watch.speechEnded(32_000);
  expect(watch.metrics()).toEqual({ sentMs: 0 });
  watch.flushSent(32_320);
  expect(watch.metrics()).toEqual({ flushAfterSpeechEndMs: 20, sentMs: 0 });
});
