import fc from "fast-check";
import { expect, test } from "vitest";
import { SentenceSplitter } from "./sentence-splitter.ts";

/** The sentences of a text that arrives in these pieces. */
function sentencesOf(...pieces: readonly string[]): string[] {
  const splitter = new SentenceSplitter();
  return [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.flush()];
}

/** Texts full of what the rules are about, some of them longer than a piece may be. */
const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ". ",
        "! ",
        "?\n",
        "…",
        "。",
        "！",
        "」",
        '." ',
        ".** ",
        "Dr. ",
        "e.g. ",
        "3. ",
        " ",
        "\n\n",
        "🙂",
      ),
      fc.string({ unit: "grapheme", maxLength: 30 }),
      fc.lorem({ maxCount: 12 }),
      fc.constant("ありがとうございます".repeat(8)),
    ),
    { maxLength: 40 },
  )
  .map((pieces) => pieces.join(""));

/** A text, and places to cut it at. */
const slicings = texts.chain((text) =>
  fc.tuple(fc.constant(text), fc.array(fc.nat({ max: text.length }), { maxLength: 12 })),
);

function slices(text: string, cuts: readonly number[]): string[] {
  const places = [0, ...cuts.toSorted((one, other) => one - other), text.length];
  return places.slice(1).map((end, index) => text.slice(places[index], end));
}

/** Whether no character was cut in two: encoding replaces halves. */
function isWellFormed(text: string): boolean {
  return new TextDecoder().decode(new TextEncoder().encode(text)) === text;
}

test("joined, the sentences are the text, but for space at its end", () => {
  fc.assert(
    fc.property(texts, (text) => {
      const joined = sentencesOf(text).join("");
      expect(text.startsWith(joined)).toBe(true);
      expect(text.slice(joined.length).trim()).toBe("");
    }),
  );
});

test("where sentences end does not depend on how the text was sliced", () => {
  fc.assert(
    fc.property(slicings, ([text, cuts]) => {
      expect(sentencesOf(...slices(text, cuts))).toEqual(sentencesOf(text));
    }),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(texts, (text) => {
      expect(sentencesOf(...text.split(""))).toEqual(sentencesOf(text));
    }),
  );
});

test("no sentence is only space, none is longer than a piece may be, and none is cut within a character", () => {
  fc.assert(
    fc.property(texts, (text) => {
      for (const sentence of sentencesOf(text)) {
        expect(sentence.trim()).not.toBe("");
        expect(sentence.trim().length).toBeLessThanOrEqual(300);
        expect(isWellFormed(sentence)).toBe(isWellFormed(text));
      }
    }),
  );
});

test.each([
  ["Well, hello. How are you today, my friend? Fine.", ["Well, hello. ", "How are you today, my friend? ", "Fine."]],
  ["Hello there! “It is late.” He went away, silently.", ["Hello there! ", "“It is late.” He went away, silently."]],
  [
    "**Be careful!** The stove is hot, and so is the pan.",
    ["**Be careful!** ", "The stove is hot, and so is the pan."],
  ],
  ["Two things to do:\n- open the door\n- close it", ["Two things to do:\n", "- open the door\n- close it"]],
  [
    "It costs 3.50 euros, tax included. That is not much.",
    ["It costs 3.50 euros, tax included. ", "That is not much."],
  ],
])("ends of sentences are marks with space behind them, and new lines: %s", (text, sentences) => {
  expect(sentencesOf(text)).toEqual(sentences);
});

test.each([
  "Ask Dr. Miller and Prof. Smith about it.",
  "Take fruit, e.g. apples, i.e. no nuts.",
  "The U.S. Army is in hall No. 5 today.",
  "Wir sehen uns z. B. am 3. Oktober.",
  "The works of J. S. Bach are long.",
])("abbreviations, initials and days end no sentence: %s", (text) => {
  expect(sentencesOf(text)).toEqual([text]);
});

test.each([
  [
    "今日はとても良い天気ですね。公園まで一緒に散歩に行きませんか、それとも家にいますか？はい。",
    ["今日はとても良い天気ですね。", "公園まで一緒に散歩に行きませんか、それとも家にいますか？", "はい。"],
  ],
  [
    "彼は「もう行きます。」と言った。それから彼は静かに部屋を出て行って、二度と戻らなかった。",
    ["彼は「もう行きます。」", "と言った。それから彼は静かに部屋を出て行って、二度と戻らなかった。"],
  ],
  ["यह एक लंबा वाक्य है। यह दूसरा वाक्य है।", ["यह एक लंबा वाक्य है। ", "यह दूसरा वाक्य है।"]],
  ["كيف حالك اليوم يا صديقي؟ أنا بخير شكرا لك.", ["كيف حالك اليوم يا صديقي؟ ", "أنا بخير شكرا لك."]],
])("sentences of other scripts end with their own marks: %s", (text, sentences) => {
  expect(sentencesOf(text)).toEqual(sentences);
});

test("a sentence is told as soon as its end is sure, and a short one waits for company", () => {
  const splitter = new SentenceSplitter();
  expect(splitter.push("Oh. I see what you mean.")).toEqual([]); // "3." may become "3.5"
  expect(splitter.push(" ")).toEqual(["Oh. I see what you mean. "]);
  expect(splitter.push("Yes. ")).toEqual([]);
  expect(splitter.flush()).toEqual(["Yes. "]);
  expect(splitter.flush()).toEqual([]);
});

test("text without any end is cut between words, or where it must be", () => {
  const [first = ""] = sentencesOf("word ".repeat(100));
  expect(first).toBe("word ".repeat(60));
  expect(sentencesOf("x".repeat(700)).map(({ length }) => length)).toEqual([300, 300, 100]);
});
