import { expect, test } from "vitest";
import { mendingDelayMs } from "./mending.ts";

test.each([
  [0, 300],
  [1_000, 300],
  [2_500, 500],
  [5_000, 1_000],
  [10_000, 2_000],
  [59_999, 2_000],
])("what is broken for %d ms is tried again after %d ms, and up to a fifth more by chance", (elapsedMs, delayMs) => {
  const tries = { retryCount: 3, elapsedMs };
  expect(mendingDelayMs(tries, 0)).toBe(delayMs);
  expect(mendingDelayMs(tries, 1)).toBe(1.2 * delayMs);
});

test("the first try comes at once, and none after a minute", () => {
  expect(mendingDelayMs({ retryCount: 0, elapsedMs: 0 }, 1)).toBe(0);
  expect(mendingDelayMs({ retryCount: 50, elapsedMs: 60_000 }, 0)).toBeUndefined();
});
