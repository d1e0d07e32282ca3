import { expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { HeardCursor } from "./heard-cursor.ts";
import { resolveSpeakerOptions } from "./speaker-options.ts";
import { QUANTUM, WiredPlayback } from "./testing/wired-playback.ts";

const NAME = { itemId: "item", contentIndex: 3 };

test("events name the item, and 16-bit samples are taken as they are", () => {
  const playback = new WiredPlayback(48_000);
  const item = playback.page.begin(NAME, 48_000);
  const pcm = Int16Array.of(32_767, -32_767, 0, 16_384);
  item.write(pcm);
  pcm.fill(0);
  item.end();
  playback.render(1);
  expect([...playback.output.subarray(0, 4)]).toEqual([1, -1, 0, Math.fround(16_384 / 32_767)]);
  const count = { ...NAME, rateHz: 48_000, receivedSamples: 4 };
  expect(playback.events).toEqual([
    { type: "started", atContextSec: 0, renderedSamples: 0, ...count },
    { type: "ended", atContextSec: 4 / 48_000, renderedSamples: 4, ...count },
  ]);
});

test("what is written to an item that is over, or after its end, is not heard and not counted", async () => {
  const playback = new WiredPlayback(48_000);
  const item = playback.page.begin(NAME, 48_000);
  item.write(new Float32Array(100).fill(0.5));
  item.end();
  item.write(new Float32Array(100).fill(0.5));
  expect(item.receivedSamples).toBe(100);
  const cleared = playback.page.clear();
  playback.render(0);
  await cleared;
  item.write(new Float32Array(100).fill(0.5));
  playback.render(10);
  expect(item.receivedSamples).toBe(100);
  expect(playback.output.every((sample) => sample === 0)).toBe(true);
});

test("a clear that the audio thread does not answer is answered after 1 s with what is known", async () => {
  const clock = new FakeClock();
  const playback = new WiredPlayback(48_000, {}, clock);
  const item = playback.page.begin(NAME, 48_000);
  item.write(new Float32Array(48_000).fill(0.5));
  playback.render(100);
  const known = item.renderedSamples;
  const cleared = playback.page.clear();
  expect(clock.pending).toBe(1);
  clock.advance(1_000);
  expect((await cleared).items).toMatchObject([{ ...NAME, renderedSamples: known, receivedSamples: 48_000 }]);
  playback.render(10); // the late answer changes nothing but the count
  expect(item.renderedSamples).toBe(100 * QUANTUM + 384);
  const next = playback.page.begin(NAME, 48_000);
  next.write(new Float32Array(5_000).fill(0.5));
  const answered = playback.page.clear();
  playback.render(1);
  await answered;
  expect(clock.pending).toBe(0);
});

test("nothing is told of an item after it was cleared, but by the promise; also not its end", async () => {
  const playback = new WiredPlayback(48_000);
  const item = playback.page.begin(NAME, 48_000);
  item.write(new Float32Array(1_000).fill(0.5));
  item.end();
  playback.render(1);
  for (let quantum = 0; quantum < 10; quantum++) playback.renderUndelivered(); // it ends, and nobody knows yet
  const told = playback.events.length;
  const cleared = playback.page.clear();
  playback.render(1);
  expect((await cleared).items).toMatchObject([{ renderedSamples: 1_000, receivedSamples: 1_000 }]);
  expect(playback.events).toHaveLength(told);
});

test("more than 10 minutes of waiting sound are refused, and nothing of them is taken", () => {
  const playback = new WiredPlayback(8_000);
  const first = playback.page.begin(NAME, 8_000);
  const second = playback.page.begin(NAME, 16_000);
  first.write(new Float32Array(8_000 * 300));
  second.write(new Float32Array(16_000 * 300));
  expect(() => second.write(new Float32Array(1))).toThrow(expect.objectContaining({ code: "protocol-violated" }));
  expect(second.receivedSamples).toBe(16_000 * 300);
  playback.renderMs(60);
  second.write(new Float32Array(1));
});

test.each([0, 500, 24_000.5, NaN, 47_999])("a rate of %d Hz is refused", (rateHz) => {
  expect(() => new WiredPlayback(48_000).page.begin(NAME, rateHz)).toThrow(RangeError);
});

test("closing gives up all items, answers who waits, and leaves no timer", async () => {
  const clock = new FakeClock();
  const playback = new WiredPlayback(48_000, {}, clock);
  const item = playback.page.begin(NAME, 48_000);
  item.write(new Float32Array(48_000).fill(0.5));
  playback.render(100);
  playback.page.pause();
  const cleared = playback.page.clear();
  playback.page.close();
  playback.page.close();
  expect((await cleared).items).toHaveLength(1);
  expect([item.isOver, playback.page.isPaused, clock.pending]).toEqual([true, false, 0]);
  const late = playback.page.begin(NAME, 48_000);
  late.write(new Float32Array(10));
  expect([late.isOver, late.receivedSamples]).toEqual([true, 0]);
  const told = playback.events.length;
  playback.page.pause();
  playback.page.resume();
  expect((await playback.page.clear()).items).toEqual([]);
  playback.render(10);
  expect(playback.events).toHaveLength(told);
});

test("the heard cursor lags by the latency, runs on between reports, stands still in a pause, and never goes back", () => {
  const playback = new WiredPlayback(48_000);
  playback.latencySec = 0.1;
  const item = playback.page.begin(NAME, 24_000);
  item.write(new Float32Array(24_000).fill(0.5));
  item.end();
  const heard: number[] = [];
  const hear = (quanta: number): void => {
    for (let quantum = 0; quantum < quanta; quantum++) {
      playback.render(1);
      const now = item.heardSamples();
      expect(now).toBeLessThanOrEqual(item.receivedSamples);
      expect(now).toBeGreaterThanOrEqual(heard.at(-1) ?? 0);
      heard.push(now);
    }
  };
  hear(100);
  expect(heard[36]).toBe(0);
  expect(Math.abs(heard[99]! - (100 * QUANTUM - 4_800) / 2)).toBeLessThanOrEqual(1);
  playback.page.pause();
  hear(60);
  const paused = (100 * QUANTUM + 384) / 2;
  expect(heard.at(-1)).toBe(paused);
  playback.page.resume();
  hear(30);
  expect(heard.at(-1)).toBe(paused);
  hear(20);
  expect(Math.abs(heard.at(-1)! - paused - (50 * QUANTUM - 4_800) / 2)).toBeLessThanOrEqual(1);
  hear(400);
  expect(heard.at(-1)).toBe(24_000);
});

test("a cursor knows the past that reports tell of, and counts on from the last of them", () => {
  const cursor = new HeardCursor(1_000);
  expect(cursor.samplesAt(5)).toBe(0);
  cursor.mark(1, 0, true);
  cursor.mark(1.5, 500, false);
  cursor.mark(3, 500, true);
  expect([0.5, 1, 1.25, 1.5, 2.9, 3.1, 9].map((sec) => cursor.samplesAt(sec))).toEqual([
    0, 0, 250, 500, 500, 600, 6_500,
  ]);
});

test.each([
  [{ startThresholdMs: -1 }, "speaker.startThresholdMs must be in [0, 2000] ms, got -1"],
  [{ startThresholdMs: NaN }, "speaker.startThresholdMs must be in [0, 2000] ms, got NaN"],
  [{ fadeMs: 4.9 }, "speaker.fadeMs must be in [5, 10] ms, got 4.9"],
  [{ volume: 1.01 }, "speaker.volume must be in [0, 1], got 1.01"],
])("%j is refused", (options, message) => {
  expect(() => resolveSpeakerOptions(options)).toThrow(new RangeError(message));
});

test("with no threshold, sound begins with little more than a fade", () => {
  const playback = new WiredPlayback(48_000, { startThresholdMs: 0, fadeMs: 5 });
  const item = playback.page.begin(NAME, 48_000);
  item.write(new Float32Array(240 + 127).fill(0.5));
  playback.render(1);
  expect(playback.events).toEqual([]);
  item.write(new Float32Array(1).fill(0.5));
  playback.render(1);
  expect(playback.events).toMatchObject([{ type: "started" }]);
});
