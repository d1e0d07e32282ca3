import { expect, test } from "vitest";
import { msToSamples } from "../audio/units.ts";
import { TurnLimit, type ExceededTurn } from "./turn-limit.ts";
import { turnSettings } from "./turn-settings.ts";
import type { UserTurnLimit } from "./turn-options.ts";

/** Says each text as one final, one second each. */
function limited(userTurnLimit: UserTurnLimit): {
  readonly limit: TurnLimit;
  readonly hear: (text: string, current?: string) => ExceededTurn | undefined;
} {
  const limit = new TurnLimit(turnSettings({ userTurnLimit }).userTurnLimit);
  let transcriptId = 0;
  return {
    limit,
    hear: (text, current = text) => {
      const startSample = msToSamples(1_000 * transcriptId++);
      const final = { transcriptId, text, startSample, currentTranscript: current };
      return limit.addFinal(final, startSample + msToSamples(1_000));
    },
  };
}

test("ten words exceed a limit of five, once with one final", () => {
  const { hear } = limited({ maxWords: 5 });
  expect(hear("this is a very long sentence of exactly ten words")).toMatchObject({ accumulatedWords: 10 });
});

test("three seconds exceed a limit of one second", () => {
  const limit = new TurnLimit(turnSettings({ userTurnLimit: { maxDurationMs: 1_000 } }).userTurnLimit);
  const final = { transcriptId: 1, text: "hm", startSample: msToSamples(500), currentTranscript: "hm" };
  expect(limit.addFinal(final, msToSamples(3_700))).toEqual({
    transcript: "hm",
    accumulatedTranscript: "hm",
    accumulatedWords: 1,
    durationMs: 3_200,
  });
});

test.each([
  [{ maxWords: 3 }, "one two", undefined],
  [{ maxWords: 3 }, "one two three", 3],
  [{ maxDurationMs: 1_001 }, "one", undefined],
  [{ maxDurationMs: 1_000 }, "one", 1],
])("a limit is exceeded when it is reached: %j, %j", (limits, text, words) => {
  expect(limited(limits).hear(text)?.accumulatedWords).toBe(words);
});

test("without a limit nothing is exceeded", () => {
  expect(limited({}).hear("word ".repeat(10_000))).toBeUndefined();
});

test("words that the agent answered in between do not add up", () => {
  const { limit, hear } = limited({ maxWords: 5 });
  expect(hear("one two three")).toBeUndefined();
  limit.reset(); // the agent speaks
  expect(hear("four five six")).toBeUndefined();
});

test("a cleared turn is not counted", () => {
  const { limit, hear } = limited({ maxWords: 3 });
  hear("one two");
  limit.reset(); // clearUserTurn
  expect(hear("four five six")).toMatchObject({ accumulatedWords: 3, accumulatedTranscript: "four five six" });
});

test("words of turns that the agent did not answer add up, while the transcript is the last turn's", () => {
  const { hear } = limited({ maxWords: 5 });
  expect(hear("one two three")).toBeUndefined();
  expect(hear("four five six")).toEqual({
    transcript: "four five six",
    accumulatedTranscript: "one two three four five six",
    accumulatedWords: 6,
    durationMs: 2_000,
  });
});

test("within one turn both transcripts are the same, and the duration is never negative", () => {
  const exceeded = limited({ maxWords: 3 }).hear("one two three four five six");
  expect(exceeded?.transcript).toBe(exceeded?.accumulatedTranscript);
  const limit = new TurnLimit(turnSettings({ userTurnLimit: { maxWords: 1 } }).userTurnLimit);
  const fromTheFuture = { transcriptId: 1, text: "one", startSample: 9_000, currentTranscript: "one" };
  expect(limit.addFinal(fromTheFuture, 8_000)?.durationMs).toBe(0);
});

test("each further final is told, until the agent speaks", () => {
  const { limit, hear } = limited({ maxWords: 2 });
  expect([hear("one two"), hear("three")].map((exceeded) => exceeded?.accumulatedWords)).toEqual([2, 3]);
  expect(hear("")).toBeUndefined();
  limit.reset();
  expect(hear("four")).toBeUndefined();
});

test("the transcript has also what may still change", () => {
  expect(limited({ maxWords: 1 }).hear("one", "one and")).toMatchObject({
    transcript: "one and",
    accumulatedTranscript: "one",
  });
});

test("words that are told anew after a reconnect count once", () => {
  const { limit, hear } = limited({ maxWords: 4 });
  hear("one two");
  limit.withdraw([1]);
  expect(hear("one two three")).toBeUndefined();
  expect(hear("four")?.accumulatedTranscript).toBe("one two three four");
});

test("without a speech start the first final begins the count", () => {
  const limit = new TurnLimit(turnSettings({ userTurnLimit: { maxDurationMs: 500 } }).userTurnLimit);
  expect(limit.addFinal({ transcriptId: 1, text: "a", currentTranscript: "a" }, 80_000)).toBeUndefined();
  expect(limit.addFinal({ transcriptId: 2, text: "b", currentTranscript: "a b" }, 88_000)?.durationMs).toBe(500);
});

test("a script without spaces has as many words as characters", () => {
  expect(limited({ maxWords: 4 }).hear("今天天气")).toMatchObject({ accumulatedWords: 4 });
});

test("other limits hold from the next final on", () => {
  const { limit, hear } = limited({});
  hear("one two");
  limit.update(turnSettings({ userTurnLimit: { maxWords: 3 } }).userTurnLimit);
  expect(hear("three")?.accumulatedWords).toBe(3);
});
