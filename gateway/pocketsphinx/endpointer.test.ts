import { existsSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { joined, mixed, noise, scaled, sliced } from "../testing/signals.ts";
import { loadRecording } from "../testing/wire-client.ts";
import { Endpointer } from "./endpointer.ts";
import type { CutReason, EndpointerOptions } from "./endpointer.ts";
import { RECORDINGS_FOLDER } from "./installation.ts";

const SECOND = 16_000;

type Cut = readonly [reason: CutReason, atSample: number];

function cutsOf(chunks: Iterable<Int16Array>, options?: EndpointerOptions): Cut[] {
  const endpointer = new Endpointer(options);
  const cuts: Cut[] = [];
  let atSample = 0;
  const sink = {
    onBlock: (samples: Int16Array) => void (atSample += samples.length),
    onCut: (reason: CutReason) => void cuts.push([reason, atSample]),
  };
  for (const chunk of chunks) endpointer.push(chunk, sink);
  endpointer.finalize(sink);
  return cuts;
}

const room = (seconds: number, peak = 60): Int16Array => noise(seconds * SECOND, peak);
/** Something like a syllable every quarter of a second. */
const babble = (seconds: number, peak = 8_000): Int16Array =>
  noise(seconds * SECOND, peak, 2).map((sample, index) => (index % 4_000 < 3_000 ? sample : sample / 100));
const silence = (seconds: number): Int16Array => new Int16Array(seconds * SECOND);
const dialogue = joined(
  room(0.5),
  babble(1),
  room(1.5),
  babble(0.5),
  room(0.3),
  babble(0.4),
  silence(1.2),
  babble(0.6),
);

test.each([[[1]], [[159, 160, 161]], [[800]], [[7, 2_000, 33]], [[1_000_000]]])(
  "where utterances are cut does not depend on how the audio was sliced (%j)",
  (sizes) => {
    const whole = cutsOf([dialogue]);
    expect(whole.map(([reason]) => reason)).toEqual(["silence", "silence", "finalize"]);
    expect(cutsOf(sliced(dialogue, sizes))).toEqual(whole);
  },
);

test("every sample belongs to exactly one utterance", () => {
  expect(cutsOf([dialogue]).at(-1)).toEqual(["finalize", dialogue.length]);
});

test.each([
  ["digital silence", silence(1.5)],
  ["a quiet room", room(1.5)],
  ["a noisy room", room(1.5, 600)],
])("speech, then %s, ends an utterance about 700 ms after the speech", (_, pause) => {
  const [first] = cutsOf([joined(pause.subarray(0, SECOND / 2), mixed(babble(1), pause), pause)]);
  expect(first?.[0]).toBe("silence");
  expect(first?.[1]).toBeGreaterThan(2.15 * SECOND);
  expect(first?.[1]).toBeLessThan(2.35 * SECOND);
});

it("hears speech that begins with the first sample, and speech that is forty times softer", () => {
  expect(cutsOf([joined(babble(0.5), silence(1))])[0]?.[0]).toBe("silence");
  expect(cutsOf([scaled(joined(room(0.5), babble(1), silence(1)), 1 / 40)])[0]?.[0]).toBe("silence");
});

it("gets used to a steady noise within seconds: it is no speech", () => {
  const steady = room(10.5, 3_000);
  const speech = joined(silence(8), babble(1, 25_000), silence(1.5));
  const cuts = cutsOf([mixed(speech, steady)]);
  expect(cuts.filter(([reason]) => reason === "too-long")).toEqual([]);
  expect(cuts.some(([reason, at]) => reason === "silence" && at > 9.5 * SECOND && at < 10 * SECOND)).toBe(true);
});

it("keeps utterances without speech to ten seconds, and speech to thirty", () => {
  expect(cutsOf([silence(25)])).toEqual([
    ["no-speech", 10 * SECOND],
    ["no-speech", 20 * SECOND],
    ["finalize", 25 * SECOND],
  ]);
  expect(cutsOf([babble(31)])[0]).toEqual(["too-long", 30 * SECOND]);
});

it("an onset in the tenth second is not cut in two", () => {
  const cuts = cutsOf([joined(silence(9.97), babble(1), silence(1))]);
  expect(cuts.map(([reason]) => reason)).toEqual(["silence", "finalize"]);
});

it("a finalize with nothing since the last cut is no cut", () => {
  expect(cutsOf([])).toEqual([]);
});

it("refuses an end silence shorter than a block", () => {
  expect(() => new Endpointer({ endSilenceMs: 0 })).toThrow("endSilenceMs must be at least 10, got 0");
});

describe.skipIf(!existsSync(RECORDINGS_FOLDER))("on real recordings (needs pocketsphinx-testdata)", () => {
  const files = ["goforward.raw", "something.raw", "numbers.raw", "cards/001.wav", "cards/003.wav", "cards/005.wav"];
  const cases = files.flatMap((file) => [1, 1 / 16].map((factor) => [file, factor] as const));
  test.each(cases)("%s at loudness %d is one utterance, ended by the silence after it", (file, factor) => {
    const speech = scaled(loadRecording(file), factor);
    const cuts = cutsOf([joined(speech, silence(1.5))]);
    expect(cuts.map(([reason]) => reason)).toEqual(["silence", "finalize"]);
    expect(cuts[0]?.[1]).toBeGreaterThan(speech.length - 0.3 * SECOND);
  });
});
