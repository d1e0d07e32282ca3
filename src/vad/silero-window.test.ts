import { expect, test } from "vitest";
import { CONTEXT_SAMPLES, SileroWindow, WINDOW_SAMPLES } from "./silero-window.ts";

const FRAME = 512;

function ramp(first: number, length = FRAME): Float32Array {
  return Float32Array.from({ length }, (_, index) => first + index);
}

test("a window is the last 64 samples of what came before, then the frame", () => {
  const window = new SileroWindow();
  expect(window.push(ramp(1))).toEqual(Float32Array.of(...new Float32Array(CONTEXT_SAMPLES), ...ramp(1)));
  expect(window.push(ramp(513))).toEqual(ramp(513 - CONTEXT_SAMPLES, WINDOW_SAMPLES));
  expect(window.push(ramp(1_025))).toEqual(ramp(1_025 - CONTEXT_SAMPLES, WINDOW_SAMPLES));
});

test("a short frame counts as followed by silence, now and as context", () => {
  const window = new SileroWindow();
  window.push(ramp(1));
  const short = window.push(ramp(513, 500)).slice();
  expect(short.subarray(CONTEXT_SAMPLES)).toEqual(Float32Array.of(...ramp(513, 500), ...new Float32Array(12)));
  const next = window.push(ramp(1));
  expect(next.subarray(0, CONTEXT_SAMPLES)).toEqual(Float32Array.of(...ramp(961, 52), ...new Float32Array(12)));
});

test("a reset leaves nothing of what came before", () => {
  const window = new SileroWindow();
  const first = window.push(ramp(1)).slice();
  window.reset();
  expect(window.push(ramp(1))).toEqual(first);
});
