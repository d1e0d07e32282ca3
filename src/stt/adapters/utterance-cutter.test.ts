import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { UtteranceCutter, type Utterance } from "./utterance-cutter.ts";

/** A rising ramp, so that each sample is known by its value, with a quiet stretch. */
function ramp(
  startSample: number,
  length: number,
  quiet?: { readonly from: number; readonly to: number },
): Float32Array {
  return Float32Array.from({ length }, (_, index) => {
    const at = startSample + index;
    return quiet && at >= quiet.from && at < quiet.to ? 0 : 0.5 + at / 10_000_000;
  });
}

function piecesOf(samples: Float32Array, sizes: readonly number[], maxSamples: number): Utterance[] {
  const pieces: Utterance[] = [];
  const cutter = new UtteranceCutter(maxSamples, (piece) => pieces.push(piece));
  for (let read = 0, turn = 0; read < samples.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    cutter.push(read, samples.subarray(read, read + size));
    read += size;
  }
  const last = cutter.take();
  return last ? [...pieces, last] : pieces;
}

/** A piece in a form that compares fast. */
function known({ startSample, samples }: Utterance): string {
  return `${startSample} ${createHash("sha256").update(samples).digest("hex")}`;
}

const long = ramp(0, 150_000, { from: 40_000, to: 44_000 });

test.each([[[1_000]], [[7, 512, 33_333]], [[150_000]]])(
  "pieces do not depend on how the audio was sliced (%j)",
  (sizes) => {
    expect(piecesOf(long, sizes, 64_000).map(known)).toEqual(piecesOf(long, [512], 64_000).map(known));
  },
);

test("no sample is dropped or doubled by a cut, and each piece says where it begins", () => {
  const pieces = piecesOf(long, [512], 64_000);
  expect(pieces.length).toBeGreaterThan(2);
  let at = 0;
  for (const { startSample, samples } of pieces) {
    expect(known({ startSample, samples })).toBe(
      known({ startSample: at, samples: long.slice(at, at + samples.length) }),
    );
    expect(samples.length).toBeLessThanOrEqual(64_000);
    at += samples.length;
  }
  expect(at).toBe(150_000);
});

test("a long utterance is cut where it is quietest near its end", () => {
  const [first] = piecesOf(long, [512], 64_000);
  expect(first?.samples.length).toBeGreaterThanOrEqual(40_000);
  expect(first?.samples.length).toBeLessThan(44_000);
});

test("a hole cuts, so that what comes behind it keeps its time", () => {
  const pieces: Utterance[] = [];
  const cutter = new UtteranceCutter(64_000, (piece) => pieces.push(piece));
  cutter.push(1_000, ramp(1_000, 500));
  cutter.push(9_000, ramp(9_000, 500));
  expect(pieces.map(({ startSample, samples }) => [startSample, samples.length])).toEqual([[1_000, 500]]);
  expect(cutter.take()).toEqual({ startSample: 9_000, samples: ramp(9_000, 500) });
  expect([cutter.take(), cutter.lengthSamples]).toEqual([undefined, 0]);
});

test("what was collected is the cutter's own: the caller may reuse the chunk", () => {
  const cutter = new UtteranceCutter(64_000, () => undefined);
  const chunk = ramp(0, 100);
  cutter.push(0, chunk);
  chunk.fill(0);
  expect(cutter.take()?.samples).toEqual(ramp(0, 100));
});
