import { expect, test } from "vitest";
import { CaptureClock } from "./capture-clock.ts";

test("the clock stands at 0 until the first frame, and knows no age of it", () => {
  const clock = new CaptureClock();
  expect(clock.now(123_456)).toBe(0);
  expect(clock.frameAgeMs(123_456)).toBeUndefined();
});

test("between frames the timer carries it on, in whole samples", () => {
  const clock = new CaptureClock();
  clock.observe(512, 1_000);
  expect(clock.now(1_000)).toBe(512);
  expect(clock.now(1_001)).toBe(528);
  expect(clock.now(1_010.03)).toBe(672);
  expect(clock.frameAgeMs(1_010)).toBe(10);
});

test("a frame that is later than the timer believed does not take it back", () => {
  const clock = new CaptureClock();
  clock.observe(512, 1_000);
  expect(clock.now(1_050)).toBe(1_312);
  clock.observe(1_024, 1_051);
  expect(clock.now(1_051)).toBe(1_312);
  expect(clock.now(1_071)).toBe(1_344);
});

test("a timer that shows less than it did counts as standing still", () => {
  const clock = new CaptureClock();
  clock.observe(512, 1_000);
  expect(clock.now(990)).toBe(512);
});

test("it never runs backwards, and is never behind the newest frame, whatever order frames and looks come in", () => {
  let seed = 3;
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const clock = new CaptureClock();
  let timer = 0;
  let frameEnd = 0;
  let last = 0;
  for (let step = 0; step < 10_000; step++) {
    timer += random() * 20 - (random() < 0.01 ? 30 : 0); // not even if the timer does
    if (random() < 0.5) clock.observe((frameEnd += 512), timer);
    const now = clock.now(timer);
    if (now < last || now < frameEnd || !Number.isInteger(now)) throw new Error(`${now} after ${last} and ${frameEnd}`);
    last = now;
  }
  expect(last).toBeGreaterThan(frameEnd - 1);
});
