import { expect, test } from "vitest";
import { randomNumbers } from "../testing/random.ts";
import { AudioWindow } from "./audio-window.ts";
import type { DetectorStream, TurnDetector } from "./turn-detector.ts";

const detector = { model: "ear", provider: "test", thresholdOf: () => 0.5, predict: () => Promise.resolve(1) };

/** A window of `size` samples; `size` must be a multiple of 16. */
const windowOf = (size: number): AudioWindow =>
  new AudioWindow({ ...detector, input: "audio-window", windowMs: size / 16 });

const streaming = (stream: DetectorStream): TurnDetector => ({
  ...detector,
  input: "audio-stream",
  stream: () => stream,
});

/** Samples that tell where they were captured. */
const ramp = (start: number, length: number): Float32Array =>
  Float32Array.from({ length }, (_, index) => start + index);

test("holds the newest samples in order, zeros before the first", () => {
  const audio = windowOf(16);
  expect(audio.read()).toEqual(new Float32Array(16));
  audio.push(100, ramp(100, 6));
  expect([...(audio.read() ?? [])]).toEqual([...new Float32Array(10), ...ramp(100, 6)]);
  audio.push(106, ramp(106, 30));
  expect(audio.read()).toEqual(ramp(120, 16));
});

test("has zeros where nothing was captured, also for longer than the window", () => {
  const audio = windowOf(16);
  audio.push(0, ramp(1, 10));
  audio.push(13, ramp(50, 5));
  expect([...(audio.read() ?? [])]).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 0, 0, 0, 50, 51, 52, 53, 54]);
  audio.push(1_000, ramp(1, 2));
  expect([...(audio.read() ?? [])]).toEqual([...new Float32Array(14), 1, 2]);
});

test("skips what it has heard already: time never goes back", () => {
  const audio = windowOf(16);
  audio.push(0, ramp(1, 10));
  audio.push(4, ramp(70, 3));
  audio.push(8, ramp(100, 4));
  expect([...(audio.read() ?? [])]).toEqual([...new Float32Array(4), ...ramp(1, 10), 102, 103]);
});

test("does not depend on how the audio was sliced", () => {
  const random = randomNumbers(5);
  const whole = windowOf(160);
  whole.push(0, ramp(1, 5_000));
  const sliced = windowOf(160);
  for (let at = 0; at < 5_000;) {
    const length = Math.min(1 + Math.floor(random() * 300), 5_000 - at);
    sliced.push(at, ramp(at + 1, length));
    at += length;
  }
  expect(sliced.read()).toEqual(whole.read());
});

test("what was read is a copy", () => {
  const audio = windowOf(16);
  audio.push(0, ramp(1, 16));
  const read = audio.read();
  audio.push(16, ramp(100, 16));
  expect(read).toEqual(ramp(1, 16));
});

test("a detector of streams hears each sample once, until it is closed", () => {
  const heard: (readonly [number, ...number[]])[] = [];
  let closed = 0;
  const audio = new AudioWindow(
    streaming({ push: (start, samples) => void heard.push([start, ...samples]), close: () => void (closed += 1) }),
  );
  audio.push(10, ramp(1, 3));
  audio.push(11, ramp(2, 4));
  audio.push(20, ramp(9, 1));
  expect(heard).toEqual([
    [10, 1, 2, 3],
    [13, 4, 5],
    [20, 9],
  ]);
  audio.close();
  audio.close();
  audio.push(30, ramp(1, 1));
  expect([heard.length, closed, audio.read()]).toEqual([3, 1, undefined]);
});

test("a stream that throws is closed and left alone, and its fault told", () => {
  const cause = new Error("deaf");
  let [pushed, closed] = [0, 0];
  const audio = new AudioWindow(
    streaming({
      push: () => {
        pushed += 1;
        throw cause;
      },
      close: () => {
        closed += 1;
        throw new Error("cannot close");
      },
    }),
  );
  audio.push(0, ramp(0, 4));
  audio.push(4, ramp(0, 4));
  audio.close();
  expect([pushed, closed, audio.failure]).toEqual([1, 1, { cause }]);
});

test("a stream that cannot begin harms nobody", () => {
  const cause = new Error("no model");
  const audio = new AudioWindow({
    ...detector,
    input: "audio-stream",
    stream: () => {
      throw cause;
    },
  });
  audio.push(0, ramp(0, 4));
  expect(audio.failure).toEqual({ cause });
});

test("a detector that reads hears nothing", () => {
  const audio = new AudioWindow({ ...detector, input: "text" });
  audio.push(0, ramp(0, 4));
  audio.close();
  expect([audio.read(), audio.failure]).toEqual([undefined, undefined]);
});
