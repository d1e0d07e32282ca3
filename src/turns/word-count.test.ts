import { expect, test } from "vitest";
import { countWords, splitWords } from "./word-count.ts";

test.each([
  ["", 0],
  ["   \n\t", 0],
  ["hello", 1],
  ["hello world", 2],
  ["  hello   world  ", 2],
  ["hello, world!", 2],
  ["Stop!", 1],
  ["ok, stop!", 2],
  ["Stop! ok, stop!", 3],
  ["one two three four five six", 6],
])("%j has %i words", (text, count) => {
  expect(countWords(text)).toBe(count);
});

test.each([
  ["… — ‘ ’ “ ” ± ! ? - ,", []],
  ["well - known", ["well", "known"]],
  ["don't well-known e.g.", ["dont", "wellknown", "eg"]],
  ["¿Qué tal? «Bien».", ["Qué", "tal", "Bien"]],
  ["$5 + 3% = ~9", ["5", "3", "9"]],
  ["é e\u0301", ["é", "e\u0301"]],
])("punctuation and signs are no words, and join what they stand in: %j", (text, words) => {
  expect(splitWords(text)).toEqual(words);
});

test.each([
  ["你好。", ["你", "好"]],
  ["你好 世界", ["你", "好", "世", "界"]],
  ["hello世界ok", ["hello", "世", "界", "ok"]],
  ["カタカナ・ひら", ["カ", "タ", "カ", "ナ", "ひ", "ら"]],
  ["㐀", ["㐀"]],
  ["สวัสดี", ["ส", "ว", "ั", "ส", "ด", "ี"]],
  ["안녕 하세요", ["안녕", "하세요"]],
])("each character of Chinese, Japanese and Thai is a word, Korean has spaces: %j", (text, words) => {
  expect(splitWords(text)).toEqual(words);
});
