import { expect, test } from "vitest";
import { VirtualTime } from "./virtual-time.ts";

const forever = (): boolean => false;

test("things happen in the order in which they are due, and those due together in the order in which they were told", async () => {
  const time = new VirtualTime();
  const seen: string[] = [];
  const note = (name: string) => (): void => void seen.push(`${name} at ${time.nowMs}`);
  for (const delayMs of [30, 10, 20, 10, 5, 40, 1]) time.inWorld(delayMs, note(String(delayMs)));
  time.onPage(10, note("page"));
  time.clock.schedule(10, note("timer"));
  await time.run(forever);
  expect(seen).toEqual([
    "1 at 1",
    "5 at 5",
    "10 at 10",
    "10 at 10",
    "page at 10",
    "timer at 10",
    "20 at 20",
    "30 at 30",
    "40 at 40",
  ]);
});

test("timers that were called off never fire, and those that run are counted", async () => {
  const time = new VirtualTime();
  let fired = 0;
  const cancel = time.clock.schedule(10, () => (fired += 1));
  time.clock.schedule(20, () => (fired += 10));
  expect(time.pendingTimers).toBe(2);
  cancel();
  cancel();
  expect(time.pendingTimers).toBe(1);
  await time.run(forever);
  expect([fired, time.pendingTimers]).toEqual([10, 0]);
});

test("time stands still while something real is under way", async () => {
  const time = new VirtualTime();
  let finish = (): void => undefined;
  void time.during(new Promise<void>((resolve) => (finish = resolve)));
  const seen: number[] = [];
  time.inWorld(5, () => seen.push(time.nowMs));
  const running = time.run(forever);
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen).toEqual([]);
  finish();
  await running;
  expect(seen).toEqual([5]);
});

test("a settler is asked before each step, until it is forgotten", async () => {
  const time = new VirtualTime();
  let settled = 0;
  let isDirty = true;
  const forget = time.settleWith(() => {
    if (!isDirty) return undefined;
    isDirty = false;
    return Promise.resolve().then(() => void (settled += 1));
  });
  time.inWorld(1, () => (isDirty = true));
  time.inWorld(2, () => forget());
  time.inWorld(3, () => (isDirty = true));
  await time.run(forever);
  expect(settled).toBe(2);
});

test.each([
  ["in-order", ["message 1", "timer", "message 2", "late"]],
  ["timers-first", ["timer", "message 1", "message 2", "late"]],
  ["timers-last", ["message 1", "message 2", "late", "timer"]],
] as const)("a stalled page takes up what waited, %s; the world goes on", async (resumption, expected) => {
  const time = new VirtualTime();
  const seen: string[] = [];
  const worldMs: number[] = [];
  const note = (name: string) => (): void => void seen.push(name);
  time.inWorld(0, () => time.stallPage(100, resumption));
  time.onPage(10, note("message 1"));
  time.clock.schedule(20, note("timer"));
  time.onPage(30, note("message 2"));
  time.onPage(100, note("late"));
  time.inWorld(50, () => worldMs.push(time.nowMs));
  await time.run(() => time.nowMs > 99 && seen.length === 4);
  expect(seen).toEqual(expected);
  expect(worldMs).toEqual([50]);
  expect(time.nowMs).toBe(100);
});
