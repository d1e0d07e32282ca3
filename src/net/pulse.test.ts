import { expect, test } from "vitest";
import { Pulse } from "./pulse.ts";

test("nothing is overdue while nothing is asked and nothing waits, however long it is quiet", () => {
  expect(new Pulse(0).overdueMs(1e9, 0, undefined)).toBe(0);
});

test("an unanswered question counts from when it was asked, or from the last sign of life", () => {
  const pulse = new Pulse(0);
  expect(pulse.overdueMs(60_000, 0, 50_000)).toBe(10_000);
  pulse.heard(58_000);
  expect(pulse.overdueMs(60_000, 0, 50_000)).toBe(2_000);
});

test("a question behind a backlog counts from when the backlog had gone", () => {
  const pulse = new Pulse(0);
  expect(pulse.overdueMs(1_000, 9_000, 500)).toBe(1_000);
  expect(pulse.overdueMs(8_000, 5_000, 500)).toBe(0); // it moves: a slow network, not a dead one
  expect(pulse.overdueMs(9_000, 0, 500)).toBe(1_000);
  expect(pulse.overdueMs(10_000, 0, 500)).toBe(2_000);
});

test("a backlog that grows or stands still is a sign of death, even without a question", () => {
  const pulse = new Pulse(0);
  pulse.overdueMs(100_000, 0, undefined);
  for (let nowMs = 100_100; nowMs < 110_000; nowMs += 100) pulse.overdueMs(nowMs, nowMs, undefined);
  expect(pulse.overdueMs(110_000, 110_000, undefined)).toBe(10_000);
  expect(pulse.overdueMs(111_000, 109_999, undefined)).toBe(0);
});
