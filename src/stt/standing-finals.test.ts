import { expect, test } from "vitest";
import { StandingFinals } from "./standing-finals.ts";

function finalsOf(
  ...finals: readonly (readonly [segmentId: number, transcriptId: number, endSample: number])[]
): StandingFinals {
  const standing = new StandingFinals();
  let startSample = 0;
  for (const [segmentId, transcriptId, endSample] of finals) {
    standing.add({ segmentId, transcriptId, startSample, endSample });
    startSample = endSample;
  }
  return standing;
}

test("without a replay no final is replaced", () => {
  const finals = finalsOf([1, 1, 100], [1, 2, 200]);
  expect(finals.withdraw(1)).toEqual([]);
});

test("after a replay the first new text of a segment replaces its finals, once", () => {
  const finals = finalsOf([1, 1, 100], [1, 2, 200], [2, 3, 300]);
  finals.replay();
  expect(finals.withdraw(1)).toEqual([1, 2]);
  finals.add({ segmentId: 1, transcriptId: 4, startSample: 0, endSample: 150 });
  expect(finals.withdraw(1)).toEqual([]);
  expect(finals.withdraw(2)).toEqual([3]);
});

test("a second replay replaces what the first one told", () => {
  const finals = finalsOf([1, 1, 100]);
  finals.replay();
  finals.withdraw(1);
  finals.add({ segmentId: 1, transcriptId: 2, startSample: 0, endSample: 100 });
  finals.replay();
  expect(finals.withdraw(1)).toEqual([2]);
});

test("finals that begin before what can be sent again stand for good", () => {
  const finals = finalsOf([1, 1, 100], [1, 2, 200], [1, 3, 300]);
  expect(finals.settle(150)).toBe(200);
  finals.replay();
  expect(finals.withdraw(1)).toEqual([3]);
  expect(finals.settle(Infinity)).toBe(0);
});
