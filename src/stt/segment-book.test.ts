import { expect, test } from "vitest";
import { SegmentBook } from "./segment-book.ts";

/** A book and the segments that it settled, in order. */
function writing(): { book: SegmentBook; settled: number[] } {
  const settled: number[] = [];
  return { book: new SegmentBook((id) => settled.push(id)), settled };
}

type Line = readonly [step: string, settled: readonly number[], isAwaiting: boolean];

/** A step is a call: its name and numbers. */
function act(book: SegmentBook, step: string): void {
  const [name, ...numbers] = step.split(" ");
  const [first = 0, second = 0] = numbers.map(Number);
  if (name === "open") book.open(first, second);
  else if (name === "flush") book.flush(first, second);
  else if (name === "close") book.close(first, second);
  else if (name === "answer") book.answer(first);
  else book.answerUpTo(first);
}

const TRANSCRIPTS: readonly (readonly [string, readonly Line[]])[] = [
  [
    "a segment is settled when it was closed and answered, in this order",
    [
      ["open 1 0", [], false],
      ["flush 1 1000", [], true],
      ["close 1 2000", [], true],
      ["answer 1", [1], false],
    ],
  ],
  [
    "or in that one",
    [
      ["open 1 0", [], false],
      ["flush 1 1000", [], true],
      ["answer 1", [], false],
      ["close 1 2000", [1], false],
    ],
  ],
  [
    "a segment that owes nothing is settled by its close",
    [
      ["open 1 0", [], false],
      ["close 1 2000", [1], false],
    ],
  ],
  [
    "an answer to what was not asked settles nothing",
    [
      ["open 1 0", [], false],
      ["answer 1", [], false],
      ["answer 7", [], false],
      ["close 1 2000", [1], false],
    ],
  ],
  [
    "speech that resumes owes a text again",
    [
      ["open 1 0", [], false],
      ["flush 1 1000", [], true],
      ["answer 1", [], false],
      ["flush 1 3000", [], true],
      ["close 1 4000", [], true],
      ["answer 1", [1], false],
    ],
  ],
  [
    "a final answers every speech that ended up to 300 ms after it, and no later one",
    [
      ["open 1 0", [], false],
      ["flush 1 10000", [], true],
      ["close 1 12000", [], true],
      ["open 2 20000", [], true],
      ["flush 2 30000", [], true],
      ["close 2 32000", [], true],
      ["answerUpTo 5199", [], true],
      ["answerUpTo 5200", [1], true],
      ["answerUpTo 25199", [], true],
      ["answerUpTo 40000", [2], false],
    ],
  ],
  [
    "a later segment may be settled first",
    [
      ["open 1 0", [], false],
      ["flush 1 1000", [], true],
      ["close 1 2000", [], true],
      ["open 2 5000", [], true],
      ["close 2 6000", [2], true],
      ["answer 1", [1], false],
    ],
  ],
  [
    "each segment is settled once",
    [
      ["open 1 0", [], false],
      ["flush 1 1000", [], true],
      ["close 1 2000", [], true],
      ["answerUpTo 9000", [1], false],
      ["answer 1", [], false],
      ["close 1 3000", [], false],
      ["flush 1 3000", [], false],
    ],
  ],
];

test.each(TRANSCRIPTS)("%s", (_law, lines) => {
  const { book, settled } = writing();
  const seen = lines.map(([step]) => {
    act(book, step);
    return [step, settled.splice(0), book.isAwaiting];
  });
  expect(seen).toEqual(lines);
});

test("a place belongs to the newest unsettled segment that begins before it, else to the oldest, else to the last one", () => {
  const { book } = writing();
  expect(book.idAt(5)).toBe(0);
  book.open(1, 100);
  book.open(2, 200);
  expect([50, 100, 101, 200, 201, undefined].map((at) => book.idAt(at))).toEqual([1, 1, 1, 1, 2, 1]);
  book.close(1, 150);
  expect(book.idAt(50)).toBe(2);
  book.close(2, 250);
  expect(book.idAt(50)).toBe(2);
});

test("what was given up settles at once, and stays owed until a text comes", () => {
  const { book, settled } = writing();
  book.open(1, 0);
  book.flush(1, 1_000);
  book.close(1, 2_000);
  expect([book.owes(1), book.untoldSamplesOf(1), book.oldestStartSample]).toEqual([true, 1_000, 0]);
  book.giveUp(1);
  expect([settled, book.isAwaiting, book.isOwed]).toEqual([[1], false, true]);
  expect([book.owes(1), book.untoldSamplesOf(1), book.oldestStartSample]).toEqual([false, 0, Infinity]);
  book.texted();
  expect(book.isOwed).toBe(false);
});

test("a text that does not say what it covers answers one end of speech; the segment is answered by the last", () => {
  const { book, settled } = writing();
  book.open(1, 0);
  book.answerOne(1); // a text that nobody owed answers nothing that comes
  book.flush(1, 1_000);
  book.flush(1, 2_000);
  book.close(1, 3_000);
  book.answerOne(1);
  expect(settled).toEqual([]);
  book.answerOne(1);
  expect([settled, book.answeredUntil]).toEqual([[1], 2_000]);
});
