import fc from "fast-check";
import { expect, test } from "vitest";
import { SpokenText, type SpokenWord } from "./spoken-text.ts";

interface PartPlan {
  readonly text: string;
  readonly audioMs: number;
  readonly isAligned: boolean;
}

const word = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }),
  fc.constantFrom("Hello,", "don't", "(so", "it)", "…", "世界。", "กำลัง", "a", "👩‍👩‍👧", "Ärger", "\n"),
);
const part: fc.Arbitrary<PartPlan> = fc.record({
  text: fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => `${words.join(" ")} `),
  audioMs: fc.integer({ min: 1, max: 5_000 }),
  isAligned: fc.boolean(),
});

/** Every word as long as every other. */
function aligned(text: string, audioMs: number): SpokenWord[] {
  const words = text.split(/\s+/u).filter((found) => found !== "");
  const eachMs = audioMs / words.length;
  return words.map((found, index) => ({ word: found, startMs: index * eachMs, endMs: (index + 1) * eachMs }));
}

function spoken(parts: readonly PartPlan[]): SpokenText {
  const spokenText = new SpokenText();
  for (const { text, audioMs, isAligned } of parts) {
    spokenText.beginPart(text);
    spokenText.addAudioMs(audioMs);
    if (isAligned) spokenText.addWords(aligned(text, audioMs));
  }
  spokenText.endPart();
  return spokenText;
}

test("what was heard only grows, begins the text, cuts no character in two, and is the whole text at the end", () => {
  fc.assert(
    fc.property(
      fc.array(part, { minLength: 1, maxLength: 4 }),
      fc.array(fc.double({ min: 0, max: 1.1 })),
      (parts, shares) => {
        const text = spoken(parts);
        let before = "";
        for (const share of shares.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b)) {
          const heard = text.heardAt(share * text.audioMs);
          expect(heard.startsWith(before)).toBe(true);
          expect(text.text.startsWith(heard)).toBe(true);
          expect(heard).not.toMatch(/\p{Surrogate}/u);
          before = heard;
        }
        expect(text.heardAt(0)).toBe("");
        expect(text.heardAt(text.audioMs)).toBe(text.text);
      },
    ),
  );
});

test("aligned: exactly the words whose middle has been played, spaced and punctuated as in the text", () => {
  const text = new SpokenText();
  text.beginPart("Well, “don't” say (that)… it costs 5 €!");
  text.addAudioMs(1_000);
  const words = ["Well", "don't", "say", "that", "it", "costs", "five euros"];
  text.addWords(words.map((found, index) => ({ word: found, startMs: index * 100, endMs: index * 100 + 100 })));
  const heard = [0, 49, 50, 150, 250, 350, 450, 550, 999].map((ms) => text.heardAt(ms));
  expect(heard).toEqual([
    "",
    "",
    "Well,",
    "Well, “don't”",
    "Well, “don't” say",
    "Well, “don't” say (that)…",
    "Well, “don't” say (that)… it",
    "Well, “don't” say (that)… it costs",
    "Well, “don't” say (that)… it costs",
  ]);
  text.endPart();
  expect(text.heardAt(1_000)).toBe("Well, “don't” say (that)… it costs 5 €!");
});

test("aligned: a word is not found inside another one, nor far behind its place", () => {
  const text = new SpokenText();
  const filler = "and so on ".repeat(12);
  text.beginPart(`That is a test ${filler}with three pears.`);
  text.addAudioMs(10_000);
  text.addWords([
    { word: "THAT", startMs: 0, endMs: 100 },
    { word: "a", startMs: 100, endMs: 200 },
    { word: "pears", startMs: 200, endMs: 300 },
    { word: "test", startMs: 300, endMs: 400 },
  ]);
  expect(text.heardAt(160)).toBe("That is a");
  expect(text.heardAt(260)).toBe("That is a");
  expect(text.heardAt(360)).toBe("That is a test");
});

test("aligned in a script without spaces, words follow each other directly", () => {
  const text = new SpokenText();
  text.beginPart("你好，「世界」。");
  text.addAudioMs(400);
  text.addWords([
    { word: "你好", startMs: 0, endMs: 200 },
    { word: "世界", startMs: 200, endMs: 400 },
  ]);
  expect(text.heardAt(150)).toBe("你好，");
  expect(text.heardAt(350)).toBe("你好，「世界」。");
});

test("without alignment, as much of the text as of the time, and no part of a word", () => {
  const text = spoken([{ text: "one two three four", audioMs: 1_800, isAligned: false }]);
  expect([299, 300, 700, 1_300, 1_799, 1_800].map((ms) => text.heardAt(ms))).toEqual([
    "",
    "one",
    "one two",
    "one two three",
    "one two three",
    "one two three four",
  ]);
});

test("without alignment or spaces, whole characters", () => {
  const text = spoken([{ text: "𠮷野家で食べる", audioMs: 800, isAligned: false }]);
  expect([100, 199, 200, 450].map((ms) => text.heardAt(ms))).toEqual(["", "", "𠮷", "𠮷野家"]);
});

test("parts are joined as they are, and one without sound was not heard", () => {
  const text = new SpokenText();
  text.beginPart("First. ");
  text.addAudioMs(500);
  text.beginPart("Never said. ");
  text.beginPart("Second one.");
  text.addAudioMs(1_000);
  text.endPart();
  expect(text.heardAt(500)).toBe("First.");
  expect(text.heardAt(1_100)).toBe("First. Second");
  expect(text.heardAt(1_500)).toBe("First. Second one.");
});

test("text that runs ahead of its sound is not heard before its time", () => {
  const text = new SpokenText();
  text.addText("A sentence that takes about three seconds to be said.");
  text.addAudioMs(200);
  expect(text.heardAt(200)).toBe("A");
  text.addAudioMs(2_800);
  text.endPart();
  expect(text.heardAt(1_500)).toBe("A sentence that takes");
  text.addText(" And more");
  expect(text.text).toBe("A sentence that takes about three seconds to be said. And more");
  expect(text.heardAt(3_000)).toBe("A sentence that takes about three seconds to be said.");
});
