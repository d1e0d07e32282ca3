import { expect, test } from "vitest";
import { fromPcm16 } from "../../audio/pcm16.ts";
import { OverlapWindow } from "./overlap-window.ts";

/** Samples that tell their place: 0, 1, 2 … */
function ramp(from: number, length: number): Float32Array {
  return fromPcm16(Int16Array.from({ length }, (_, index) => (from + index) % 30_000));
}

function hearing(): { window: OverlapWindow; windows: Int16Array[] } {
  const windows: Int16Array[] = [];
  const window = new OverlapWindow((pcm) => windows.push(pcm));
  window.reset(true);
  return { window, windows };
}

test("nothing is kept while the agent is not heard, and nothing begins an overlap", () => {
  const { window, windows } = hearing();
  window.reset(false);
  window.push(0, ramp(0, 5_000));
  window.beginOverlap(4_900);
  window.push(5_000, ramp(5_000, 5_000));
  expect([window.length, windows.length]).toEqual([0, 0]);
});

test("each 100 ms of an overlap give a window: the speech so far, and 1 s before it", () => {
  const { window, windows } = hearing();
  window.push(0, ramp(0, 20_000));
  window.beginOverlap(19_000);
  window.push(20_000, ramp(20_000, 3_300));
  expect(windows.map((one) => [one.length, one[0], one.at(-1)])).toEqual([
    [18_600, 3_000, 21_599],
    [20_200, 3_000, 23_199],
  ]);
});

test("no window is longer than 3 s: the newest", () => {
  const { window, windows } = hearing();
  window.push(0, ramp(0, 16_000));
  window.beginOverlap(16_000);
  for (let at = 16_000; at < 80_000; at += 1_600) window.push(at, ramp(at, 1_600));
  expect(windows).toHaveLength(40);
  const newest = windows.at(-1)!;
  expect(newest).toHaveLength(48_000);
  expect(newest.every((sample, index) => sample === (32_000 + index) % 30_000)).toBe(true);
});

test("a later overlap keeps what there is, and counts its 100 ms anew", () => {
  const { window, windows } = hearing();
  window.beginOverlap(0);
  window.push(0, ramp(0, 1_000));
  window.endOverlap();
  window.push(1_000, ramp(1_000, 30_000));
  window.beginOverlap(30_990);
  window.push(31_000, ramp(31_000, 1_599));
  expect(windows).toEqual([]);
  window.push(32_599, ramp(32_599, 1));
  expect(windows.map((one) => [one.length, one[0]])).toEqual([[32_600, 0]]);
});

test("a reset forgets everything, and the next overlap is the first again", () => {
  const { window, windows } = hearing();
  window.beginOverlap(0);
  window.push(0, ramp(0, 1_500));
  window.reset(true);
  window.push(1_500, ramp(1_500, 20_000));
  expect(windows).toEqual([]);
  window.beginOverlap(21_500);
  expect(window.length).toBe(16_000);
});

test("what was not captured is silence; after 3 s of it, nothing of before is left", () => {
  const { window, windows } = hearing();
  window.push(0, ramp(1, 2_000));
  window.push(3_000, ramp(1, 1_000));
  window.beginOverlap(4_000);
  window.push(4_000, ramp(1, 1_600));
  const heard = windows[0]!;
  expect([heard.length, heard[1_999], heard[2_000], heard[2_999], heard[3_000]]).toEqual([5_600, 2_000, 0, 0, 1]);
  window.endOverlap();
  window.push(5_600 + 48_000, ramp(1, 100));
  expect(window.length).toBe(100);
});

test("an overlap may be told before its audio comes, and before the gate's pre-roll", () => {
  const { window, windows } = hearing();
  window.push(0, ramp(0, 10_000));
  window.beginOverlap(60_000);
  window.push(52_000, ramp(0, 1_600));
  expect(windows.map(({ length }) => length)).toEqual([1_600]);
});

test.each([[[1]], [[127, 128, 129]], [[512]], [[70_000]]])(
  "windows do not depend on how the audio was sliced (%j)",
  (sizes) => {
    const record = (slices: readonly number[]): number[][] => {
      const { window, windows } = hearing();
      const feed = (from: number, length: number): void => {
        for (let at = from, turn = 0; at < from + length; turn++) {
          const size = Math.min(slices[turn % slices.length]!, from + length - at);
          window.push(at, ramp(at, size));
          at += size;
        }
      };
      feed(0, 25_000);
      window.beginOverlap(23_000);
      feed(25_000, 70_000);
      return windows.map((pcm) => [pcm.length, pcm.reduce((sum, sample) => (sum * 31 + sample) | 0, 0)]);
    };
    expect(record(sizes)).toEqual(record([1_600]));
  },
);
