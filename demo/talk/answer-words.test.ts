import { expect, test } from "vitest";
import { callText, figuresOf, partText } from "./answer-words.ts";

test.each([
  ["It is sunny. Anything else?", "", ["", "It is sunny. Anything else?"]],
  ["It is sunny. Anything else?", "It is", ["It is", " sunny. Anything else?"]],
  ["It is  sunny.", "It is sunny.", ["It is  sunny.", ""]],
  ["It is", "It is sunny", ["It is", ""]],
])("%j, heard as far as %j, is parted there", (text, heardText, [heard, unheard]) => {
  expect(partText(text, heardText)).toEqual({ heard, unheard });
});

test("nothing of a text is lost or doubled by parting it", () => {
  const text = "One  two,\nthree four. ";
  for (let end = 0; end <= text.length; end++) {
    const { heard, unheard } = partText(text, text.slice(0, end).trimEnd());
    expect(heard + unheard).toBe(text);
  }
});

test("figures tell what was measured, and nothing else", () => {
  const whole = { itemId: "a", heardMs: 2_000, receivedMs: 2_000, isInterrupted: false, underruns: 0 };
  expect(figuresOf(whole)).toBe("");
  expect(figuresOf({ ...whole, responseMs: 812.4, firstTextMs: 0 })).toBe(
    "Answered 812 ms after your last word · text after 0 ms",
  );
  expect(figuresOf({ ...whole, heardMs: 1_940, isInterrupted: true, interruptionToSilenceMs: 11.6 })).toBe(
    "1.9 of 2.0 s heard · silent in 12 ms",
  );
});

test("a call is written with its arguments", () => {
  expect(callText("get_time", {})).toBe("get_time()");
  expect(callText("get_weather", { location: "Paris" })).toBe('get_weather(location: "Paris")');
});
