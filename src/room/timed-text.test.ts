import fc from "fast-check";
import { expect, test } from "vitest";
import { TimedTextReader } from "./timed-text.ts";

function read(pieces: readonly string[]): { text: string; words: number; skipped: string[] } {
  const skipped: string[] = [];
  const reader = new TimedTextReader((line) => skipped.push(line));
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return { text: reader.text, words: reader.words.length, skipped };
}

const LINES =
  '{"text":"Hello ","start_time":0.1,"end_time":0.4}\n{"text":"there\\n","confidence":null}\n{"text":"{you}","start_time":null}\n';

test("a timed text is the same however it is cut", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 30 })), (lengths) => {
      const pieces: string[] = [];
      let rest = LINES;
      for (const length of lengths) {
        pieces.push(rest.slice(0, length));
        rest = rest.slice(length);
      }
      expect(read([...pieces, rest])).toEqual({ text: "Hello there\n{you}", words: 3, skipped: [] });
    }),
  );
});

test("a plain text stays what it is, whatever it begins with", () => {
  for (const text of ["Hello {you}\n", "{ not an object", '{"a":1}', '{"text":7}\nmore', "  ", "[1]\n"]) {
    expect(read(text.split(""))).toEqual({ text, words: 0, skipped: [] });
  }
});

test("times are told in ms, and only where they are times", () => {
  const reader = new TimedTextReader(() => undefined);
  reader.push('{"text":"a","start_time":0.25,"end_time":-1}\n');
  expect(reader.words).toEqual([{ text: "a", startMs: 250 }]);
});

test("a line of a timed text that makes no sense is skipped, and told of", () => {
  const broken = '{"text":"a"}\n{"text":\n[]\n{"text":"b"}';
  expect(read([broken])).toEqual({ text: "ab", words: 2, skipped: ['{"text":', "[]"] });
});
