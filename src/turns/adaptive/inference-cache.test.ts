import { expect, test } from "vitest";
import { estimateProbability, InferenceCache } from "./inference-cache.ts";

const ANSWER = { predictionMs: 20, probabilities: [0.5] };

test("keeps the last ten, and forgets the oldest first", () => {
  const cache = new InferenceCache();
  for (let id = 1; id <= 11; id++) cache.sent(id, id);
  expect(cache.answered(1, ANSWER, 20)).toBeUndefined();
  expect(cache.answered(2, ANSWER, 20)).toEqual({ ...ANSWER, roundTripMs: 18 });
});

test("the newest answer is that to the newest window which has one", () => {
  const cache = new InferenceCache();
  for (const id of [1, 2, 3]) cache.sent(id, 0);
  expect(cache.newest).toBeUndefined();
  cache.answered(2, ANSWER, 5);
  cache.answered(1, ANSWER, 9);
  expect(cache.newest?.roundTripMs).toBe(5);
});

test("waiting counts from the oldest window without an answer", () => {
  const cache = new InferenceCache();
  expect(cache.waitingMs(100)).toBe(0);
  cache.sent(1, 10);
  cache.sent(2, 30);
  expect(cache.waitingMs(100)).toBe(90);
  cache.answered(1, ANSWER, 100);
  expect(cache.waitingMs(100)).toBe(70);
  cache.clear();
  expect(cache.waitingMs(100)).toBe(0);
});

test("the estimate is the n-th largest probability, and 0 where there are fewer", () => {
  expect(estimateProbability([0.1, 0.9, 0.4], 2)).toBe(0.4);
  expect(estimateProbability([0.9], 2)).toBe(0);
  expect(estimateProbability([], 1)).toBe(0);
});
