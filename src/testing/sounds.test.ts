import { describe, expect, test } from "vitest";
import { readKnownModel, SILERO_VERSIONS } from "../../scripts/silero/known-models.ts";
import { packWeights } from "../../scripts/silero/pack-weights.ts";
import { designKernel } from "../audio/kernel.ts";
import { rmsDbfs } from "../audio/level.ts";
import { Resampler } from "../audio/resampler.ts";
import { fitSine, sinadDb } from "../audio/sine.ts";
import { createSileroEngine } from "../vad/silero/create-silero-engine.ts";
import { judgeSignal, speechChanges } from "../vad/silero/testing/judge-signal.ts";
import { concatenate, noise, silence, speech, tone } from "./sounds.ts";

test.each([
  ["tone", tone],
  ["noise", noise],
  ["speech", speech],
  [
    "silence",
    ({ durationMs, sampleRate }: { durationMs: number; sampleRate?: number }) => silence(durationMs, sampleRate),
  ],
])("%s is as long as asked for, to the nearest sample, at 16 kHz unless told otherwise", (_name, make) => {
  expect(make({ durationMs: 0 })).toHaveLength(0);
  expect(make({ durationMs: 12.34 })).toHaveLength(197);
  expect(make({ durationMs: 250, sampleRate: 44_100 })).toHaveLength(11_025);
});

test("a tone is a pure sine of its frequency and its level", () => {
  const samples = tone({ frequencyHz: 997, durationMs: 1_000, levelDb: -12, sampleRate: 48_000 });
  const sine = fitSine(samples, 997, 48_000);
  expect(rmsDbfs(samples)).toBeCloseTo(-12, 3);
  expect(sine.phaseRadians).toBeCloseTo(0, 6);
  expect(sinadDb(sine)).toBeGreaterThan(140);
});

test("noise has its level, no offset, and is the same for the same seed only", () => {
  const samples = noise({ durationMs: 2_000, levelDb: -30, seed: 7 });
  expect(rmsDbfs(samples)).toBeCloseTo(-30, 1);
  expect(Math.abs(samples.reduce((sum, sample) => sum + sample, 0) / samples.length)).toBeLessThan(0.001);
  expect(noise({ durationMs: 2_000, levelDb: -30, seed: 7 })).toEqual(samples);
  expect(noise({ durationMs: 2_000, levelDb: -30, seed: 8 })).not.toEqual(samples);
});

test("speech has its level, fits, and is the same for the same seed only", () => {
  const said = speech({ durationMs: 1_000, seed: 3 });
  expect(rmsDbfs(said)).toBeCloseTo(-25, 0);
  expect(speech({ durationMs: 1_000, seed: 3 })).toEqual(said);
  expect(speech({ durationMs: 1_000, seed: 4 })).not.toEqual(said);
  const loud = speech({ durationMs: 1_000, levelDb: -15 });
  expect(loud.every((sample) => Math.abs(sample) <= 1)).toBe(true);
});

test("sounds follow each other without a sample between", () => {
  expect(concatenate()).toEqual(new Float32Array(0));
  expect(concatenate(Float32Array.of(1, 2), new Float32Array(0), Float32Array.of(3))).toEqual(Float32Array.of(1, 2, 3));
});

test.each<[string, () => unknown]>([
  ["tone.frequencyHz must be in (0, 8000), got 8000", () => tone({ durationMs: 1, frequencyHz: 8_000 })],
  ["tone.levelDb must be in [-100, -3.02], got 0", () => tone({ durationMs: 1, levelDb: 0 })],
  ["tone.durationMs must be in [0, 3600000], got -1", () => tone({ durationMs: -1 })],
  ["silence.durationMs must be in [0, 3600000], got NaN", () => silence(Number.NaN)],
  ["silence.sampleRate must be in [8000, 192000], got 0", () => silence(1, 0)],
  ["noise.levelDb must be in [-100, -5], got -4", () => noise({ durationMs: 1, levelDb: -4 })],
  ["noise.seed must be a whole number, got 0.5", () => noise({ durationMs: 1, seed: 0.5 })],
  ["speech.pitchHz must be in [60, 400], got 50", () => speech({ durationMs: 1, pitchHz: 50 })],
  ["speech.levelDb must be in [-80, -15], got 0", () => speech({ durationMs: 1, levelDb: 0 })],
  ["speech.sampleRate must be in [16000, 192000], got 8000", () => speech({ durationMs: 1, sampleRate: 8_000 })],
  ["speech.seed must be a whole number, got NaN", () => speech({ durationMs: 1, seed: Number.NaN })],
])("what cannot be made is refused by name: %s", (message, make) => {
  expect(make).toThrow(new RangeError(message));
});

describe.each(SILERO_VERSIONS)("Silero v%i", (version) => {
  const engine = readKnownModel(version).then((model) => createSileroEngine(packWeights(model, version, "f24")));
  const BEFORE_MS = 512;
  const SAID_MS = 1_000;

  /** How sure it is in the middle of a second of speech, and where it hears speech begin and end, in ms from there. */
  async function judge(said: Float32Array): Promise<{ readonly median: number; readonly changes: readonly number[] }> {
    const probabilities = await judgeSignal(await engine, concatenate(silence(BEFORE_MS), said, silence(1_024)));
    const within = probabilities.slice(BEFORE_MS / 32, Math.floor((BEFORE_MS + SAID_MS) / 32)).toSorted();
    const changes = speechChanges(probabilities).map((change) =>
      change.type === "speech-started"
        ? change.startSample / 16 - BEFORE_MS
        : change.endSample / 16 - BEFORE_MS - SAID_MS,
    );
    return { median: within[Math.floor(within.length / 2)]!, changes };
  }

  test.each([90, 120, 150, 200, 220])(
    "is sure that speech at %i Hz is one utterance from end to end",
    async (pitchHz) => {
      for (let seed = 1; seed <= 8; seed++) {
        const { median, changes } = await judge(speech({ durationMs: SAID_MS, seed, pitchHz }));
        expect(median, `seed ${seed}`).toBeGreaterThan(0.97);
        expect(changes, `seed ${seed}`).toHaveLength(2);
        expect(Math.max(...changes.map(Math.abs)), `seed ${seed}: ${changes.join(", ")}`).toBeLessThan(130);
      }
    },
  );

  test("hears no end in a long one, be it loud or soft", async () => {
    for (const levelDb of [-15, -25, -35]) {
      const probabilities = await judgeSignal(await engine, speech({ durationMs: 10_000, levelDb }));
      expect(speechChanges(probabilities).map(({ type }) => type)).toEqual(["speech-started"]);
    }
  });

  test("hears the same in speech made at 48 kHz", async () => {
    const said = speech({ durationMs: SAID_MS, sampleRate: 48_000 });
    const heard = new Float32Array(16 * SAID_MS);
    new Resampler(designKernel(48_000, 16_000)).push(said, heard);
    const { median, changes } = await judge(heard);
    expect(median).toBeGreaterThan(0.97);
    expect(changes).toHaveLength(2);
  });

  test.each<[string, Float32Array]>([
    ["silence", silence(2_000)],
    ["a tone", tone({ durationMs: 2_000 })],
    ["the noise of a room", noise({ durationMs: 2_000 })],
    ["loud noise", noise({ durationMs: 2_000, levelDb: -20 })],
  ])("hears no speech in %s", async (_what, sound) => {
    expect(speechChanges(await judgeSignal(await engine, sound))).toEqual([]);
  });
});
