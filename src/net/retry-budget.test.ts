import { expect, test } from "vitest";
import { connectionSettings } from "../stt/connection-options.ts";
import { RetryBudget } from "./retry-budget.ts";

test("LiveKit Agents' delays: 0.1 s, then a constant interval, then none", () => {
  const budget = new RetryBudget(connectionSettings({ maxRetries: 3 }), () => 0.5);
  expect([budget.spend(), budget.spend(), budget.spend(), budget.spend()]).toEqual([100, 2_000, 2_000, undefined]);
  budget.restore();
  expect(budget.spend()).toBe(100);
});

test("delays vary by a fifth either way", () => {
  const [least, most] = [0, 0.999_999].map((random) => new RetryBudget(connectionSettings({}), () => random));
  expect([least?.spend(), most?.spend(), least?.spend(), most?.spend()]).toEqual([80, 120, 1_600, 2_400]);
});

test("by default the retries last longer than the 30 s of audio that wait", () => {
  const budget = new RetryBudget(connectionSettings(), () => 0);
  let totalMs = 0;
  for (let delayMs = budget.spend(); delayMs !== undefined; delayMs = budget.spend()) totalMs += delayMs;
  expect(totalMs).toBeGreaterThan(30_000);
});

test("no retries is a budget too", () => {
  expect(new RetryBudget(connectionSettings({ maxRetries: 0 })).spend()).toBeUndefined();
});

test.each([
  [{ maxRetries: -1 }, /maxRetries must be in \[0, 1000\], got -1/],
  [{ maxRetries: 1.5 }, /maxRetries must be a whole number, got 1.5/],
  [{ retryIntervalMs: Number.NaN }, /retryIntervalMs must be in \[0, 60000\], got NaN/],
  [{ timeoutMs: 0 }, /timeoutMs must be in \[1, 600000\], got 0/],
  [{ maxBufferedBytes: 0 }, /maxBufferedBytes must be in \[1, Infinity\], got 0/],
])("%o is refused by name", (options, message) => {
  expect(() => connectionSettings(options)).toThrow(message);
});

test("later options win field by field, and an absent one changes nothing", () => {
  expect(connectionSettings({ maxRetries: 1, timeoutMs: 5 }, undefined, { timeoutMs: 6 })).toMatchObject({
    maxRetries: 1,
    retryIntervalMs: 2_000,
    timeoutMs: 6,
  });
});
