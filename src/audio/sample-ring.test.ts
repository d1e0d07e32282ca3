import { expect, test } from "vitest";
import { SampleRing } from "./sample-ring.ts";

/** Samples whose values are their own indices, so that a misplaced one shows. */
function counting(from: number, to: number): Float32Array {
  return Float32Array.from({ length: to - from }, (_, index) => from + index);
}

test.each([1, 7, 99, 100, 101, 250])("the ring holds the most recent samples, written %d at a time", (size) => {
  const ring = new SampleRing(100);
  for (let start = 0; start < 1_000; start += size) {
    const end = Math.min(start + size, 1_000);
    ring.write(start, counting(start, end));
    expect(ring.endSample).toBe(end);
    expect(ring.startSample).toBe(Math.max(0, end - 100));
    expect(ring.read(ring.startSample, end)).toEqual(counting(ring.startSample, end));
  }
});

test("any held interval can be read, the empty one too", () => {
  const ring = new SampleRing(100);
  ring.write(1_000_000, counting(0, 100));
  ring.write(1_000_100, counting(100, 150));
  expect(ring.read(1_000_060, 1_000_140)).toEqual(counting(60, 140));
  expect(ring.read(1_000_150, 1_000_150)).toHaveLength(0);
});

test("a jump forward drops what came before: no read spans a hole", () => {
  const ring = new SampleRing(100);
  ring.write(0, counting(0, 50));
  ring.write(60, counting(60, 70));
  expect([ring.startSample, ring.endSample]).toEqual([60, 70]);
  expect(ring.read(60, 70)).toEqual(counting(60, 70));
  expect(() => ring.read(49, 70)).toThrow(new RangeError("[49, 70) is not within the held [60, 70)"));
});

test("time does not go back", () => {
  const ring = new SampleRing(100);
  ring.write(10, counting(10, 20));
  expect(() => ring.write(19, counting(19, 20))).toThrow(
    new RangeError("startSample must be an integer from 20 up, got 19"),
  );
  ring.clear();
  expect(() => ring.write(0, counting(0, 10))).toThrow(RangeError);
  expect(() => ring.write(20.5, counting(0, 1))).toThrow(RangeError);
  expect(() => new SampleRing(4).write(-1, counting(0, 1))).toThrow(RangeError);
});

test("nothing from before a clear can be read", () => {
  const ring = new SampleRing(100);
  ring.write(0, counting(0, 50));
  ring.clear();
  expect([ring.startSample, ring.endSample]).toEqual([50, 50]);
  ring.write(50, counting(50, 60));
  expect(ring.startSample).toBe(50);
  expect(() => ring.read(49, 60)).toThrow(RangeError);
});

test("a read is a copy", () => {
  const ring = new SampleRing(10);
  ring.write(0, counting(0, 10));
  const before = ring.read(0, 10);
  ring.write(10, counting(10, 20));
  expect(before).toEqual(counting(0, 10));
});

test.each([
  [-1, 5],
  [0, 11],
  [6, 5],
  [0.5, 5],
  [0, Number.NaN],
])("reading [%d, %d) of ten samples is refused", (from, to) => {
  const ring = new SampleRing(10);
  ring.write(0, counting(0, 10));
  expect(() => ring.read(from, to)).toThrow(RangeError);
});

test("a ring for 0 samples is refused", () => {
  expect(() => new SampleRing(0)).toThrow(new RangeError("capacitySamples must be a positive integer, got 0"));
});
