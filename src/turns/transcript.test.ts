import { expect, test } from "vitest";
import { Transcript } from "./transcript.ts";

test("what is spoken is learnt from texts that are long enough, and not from guesses", () => {
  const transcript = new Transcript();
  const say = (text: string, language: string): string | undefined => {
    transcript.addFinal(1, { text, language, startSample: 0, endSample: 1, confidence: 1, words: [] });
    return transcript.language;
  };
  expect(["multi", "auto", "", "en", "fr"].map((language) => say("hi", language))).toEqual([
    undefined,
    undefined,
    undefined,
    "en",
    "en",
  ]);
  expect([say("bonjour", "fr"), say("bonjour", "multi-US")]).toEqual(["fr", "fr"]);
  transcript.clear();
  expect(transcript.language).toBe("fr");
});
