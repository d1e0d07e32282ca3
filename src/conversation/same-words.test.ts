import { expect, test } from "vitest";
import { sameWords } from "./same-words.ts";

test.each([
  ["Tell me a story", "tell me a story."],
  ["Tell me  a story\n", "Tell me a story"],
  ["Don’t stop!", "don't stop"],
  ["¿Qué tal?", "qué tal"],
  ["Qué tal", "Que\u0301 tal"],
  ["你好。今天", "你好 今天"],
  ["e-mail", "email"],
  ["…", ""],
])("case, white space and punctuation do not count: %j is %j", (one, other) => {
  expect(sameWords(one, other)).toBe(true);
  expect(sameWords(other, one)).toBe(true);
});

test.each([
  ["Tell me a story", "Tell me a story about a firefighter"],
  ["twenty", "twenty one"],
  ["resume", "résumé"],
  ["$5", "5"],
  ["yes", ""],
])("other letters, digits and signs do: %j is not %j", (one, other) => {
  expect(sameWords(one, other)).toBe(false);
  expect(sameWords(other, one)).toBe(false);
});
