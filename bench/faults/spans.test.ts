import fc from "fast-check";
import { expect, test } from "vitest";
import { doubled, formatSpans, lengthOf, parseSpans, shared, union, without, type Span } from "./spans.ts";

const spans = fc.array(
  fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 20 })).map(([start, length]) => ({ start, end: start + length })),
  { maxLength: 8 },
);

/** How many of the spans hold each sample. */
function counts(list: readonly Span[]): number[] {
  return Array.from({ length: 90 }, (_, at) => list.filter(({ start, end }) => start <= at && at < end).length);
}

test("spans are joined, taken away, shared and doubled sample by sample", () => {
  const property = fc.property(spans, spans, (some, others) => {
    const [a, b] = [counts(some), counts(others)];
    expect(counts(union(some))).toEqual(a.map((count) => Math.min(1, count)));
    expect(counts(without(some, others))).toEqual(a.map((count, at) => (count > 0 && b[at] === 0 ? 1 : 0)));
    expect(counts(shared(some, others))).toEqual(a.map((count, at) => (count > 0 && b[at]! > 0 ? 1 : 0)));
    expect(counts(doubled(some))).toEqual(a.map((count) => (count > 1 ? 1 : 0)));
    expect(lengthOf(union(some))).toBe(a.filter((count) => count > 0).length);
  });
  fc.assert(property, { numRuns: 300 });
});

test("spans are read as they are written, and nothing else is", () => {
  const list = [
    { start: 0, end: 16_000 },
    { start: 16_800, end: 20_000 },
  ];
  expect(parseSpans(formatSpans(list))).toEqual(list);
  expect(parseSpans("")).toEqual([]);
  for (const text of ["go", "5-5", "1-2  3-4", "-1-2"]) expect(parseSpans(text)).toBeUndefined();
});
