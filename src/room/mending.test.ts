import { expect, test } from "vitest";
import { mendingDelayMs } from "./mending.ts";

test("tries follow each other ever more slowly, never by more than 2.4 s, and end after a minute", () => {
  const delays = [0, 1, 2, 3, 4, 50].map((retryCount) => mendingDelayMs({ retryCount, elapsedMs: 0 }, 0));
  expect(delays).toEqual([0, 300, 600, 1_200, 2_000, 2_000]);
  expect(mendingDelayMs({ retryCount: 50, elapsedMs: 59_999 }, 1)).toBe(2_400);
  expect(mendingDelayMs({ retryCount: 0, elapsedMs: 60_000 }, 0)).toBeUndefined();
});
