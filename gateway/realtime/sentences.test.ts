import fc from "fast-check";
import { expect, it } from "vitest";
import { Sentences } from "./sentences.ts";

function sentencesOf(pieces: readonly string[]): string[] {
  const sentences = new Sentences();
  return [...pieces.flatMap((piece) => sentences.push(piece)), sentences.end()].filter((sentence) => sentence !== "");
}

it("a sentence ends where white space follows its mark, so that numbers and ellipses stay whole", () => {
  const text = 'It is 3.5 meters... "Really?" Yes! And then';
  expect(sentencesOf([text])).toEqual(["It is 3.5 meters... ", '"Really?" ', "Yes! ", "And then"]);
});

it("nothing is lost and nothing is added, wherever the text was cut", () => {
  const piece = fc.stringMatching(/^[a.!? ]{0,6}$/);
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      expect(sentencesOf(pieces).join("")).toBe(pieces.join(""));
    }),
  );
});
