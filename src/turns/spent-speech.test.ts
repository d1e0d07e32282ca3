import { expect, test } from "vitest";
import type { SpeechWord } from "../stt/speech-event.ts";
import { SpentSpeech } from "./spent-speech.ts";

const SECOND = 16_000;

/** What is left of a text, if anything is. With `timed`, its words are 1 s long each, from its start. */
function left(
  spent: SpentSpeech,
  text: string,
  { segmentId = 1, start = 0, end = 10, at = 10, timed = false, id = 1, isFinal = true } = {},
): string | undefined {
  const words: SpeechWord[] = timed
    ? text.split(" ").map((word, index) => ({
        word,
        startSample: (start + index) * SECOND,
        endSample: (start + index + 1) * SECOND,
        confidence: 1,
      }))
    : [];
  const data = { text, language: "", startSample: start * SECOND, endSample: end * SECOND, confidence: 1, words };
  const type = isFinal ? "final-transcript" : "interim-transcript";
  return spent.left({ type, segmentId, transcriptId: id, data, requestId: "" }, at * SECOND)?.data.text;
}

test("nothing is spent at first, and an empty text tells nothing of it", () => {
  const spent = new SpentSpeech();
  expect([left(spent, "one"), left(spent, "")]).toEqual(["one", ""]);
});

test("words with times are cleared to the moment, in all segments", () => {
  const spent = new SpentSpeech();
  spent.clear(2, 2 * SECOND, 0);
  expect(left(spent, "one two three four", { timed: true })).toBe("three four");
  expect(left(spent, "one two", { timed: true, segmentId: 2 })).toBeUndefined();
  expect(left(spent, "five", { timed: true, start: 3, segmentId: 3 })).toBe("five");
});

test("texts without times are cleared with their segment, or if they ended before", () => {
  const spent = new SpentSpeech();
  spent.clear(2, 5 * SECOND, 0);
  expect(left(spent, "of an earlier segment", { segmentId: 1 })).toBeUndefined();
  expect(left(spent, "before", { segmentId: 2, end: 5 })).toBeUndefined();
  expect(left(spent, "goes on", { segmentId: 2, end: 6 })).toBe("goes on");
});

test("what is owed is dropped once, with what is told of it on the way, and not when it comes too late", () => {
  for (const [at, texts] of [
    [6, [undefined, undefined, "new"]],
    [9, ["ol", "old", "new"]],
  ] as const) {
    const spent = new SpentSpeech();
    spent.clear(1, 5 * SECOND, 7 * SECOND);
    expect([
      left(spent, "ol", { at, isFinal: false }),
      left(spent, "old", { at }),
      left(spent, "new", { at: at + 1 }),
    ]).toEqual(texts);
  }
});

test("an interim that was taken for final is not told again, and what follows it is", () => {
  const spent = new SpentSpeech();
  spent.settle(1, 2 * SECOND, 0, "one two");
  expect(left(spent, "one two three", { isFinal: false })).toBe("three");
  expect(left(spent, "one two three four")).toBe("three four");
  expect(left(spent, "five")).toBe("five");
  const timed = new SpentSpeech();
  timed.settle(1, 2 * SECOND, 0, "one two");
  expect(left(timed, "one two three", { timed: true })).toBe("three");
});

test("interims that were taken for final one after the other add up, also for two segments at once", () => {
  const spent = new SpentSpeech();
  spent.settle(1, SECOND, 0, "one");
  spent.settle(1, 2 * SECOND, 0, "two");
  spent.settle(2, 3 * SECOND, 0, "three");
  expect(left(spent, "one two four")).toBe("four");
  expect(left(spent, "three five", { segmentId: 2 })).toBe("five");
});

test("finals that are taken back after their turn are not told again, in one text or in two", () => {
  const spent = new SpentSpeech();
  spent.leave(1, "one two");
  spent.leave(2, "three");
  spent.withdraw(1, [1, 2]);
  expect(left(spent, "one two", { id: 4 })).toBeUndefined();
  expect(left(spent, "three four", { id: 5 })).toBe("four");
  expect(left(spent, "five", { id: 6 })).toBe("five");
});

test("what was kept out of a final is kept out when that is taken back, too", () => {
  const spent = new SpentSpeech();
  spent.settle(1, 2 * SECOND, 0, "one");
  expect(left(spent, "one two", { id: 1 })).toBe("two"); // it stands, and one is in a turn
  spent.withdraw(1, [1]);
  expect(left(spent, "one two three", { id: 2 })).toBe("two three");
});

test("finals of other segments, and such as stood, are told anew whole", () => {
  const spent = new SpentSpeech();
  spent.leave(1, "one two");
  spent.withdraw(1, [7]);
  spent.withdraw(2, [1]);
  expect(left(spent, "one two three")).toBe("one two three");
});
