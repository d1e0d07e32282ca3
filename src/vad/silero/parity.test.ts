import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RECORDINGS_FOLDER } from "../../../gateway/pocketsphinx/installation.ts";
import { loadRecording } from "../../../gateway/testing/wire-client.ts";
import { readKnownModel, SILERO_VERSIONS } from "../../../scripts/silero/known-models.ts";
import { packWeights } from "../../../scripts/silero/pack-weights.ts";
import { OnnxEngine } from "../onnx-engine.ts";
import { createSileroEngine } from "./create-silero-engine.ts";
import type { SileroKernel } from "./silero-engine.ts";
import { judgeSignal, largestDifference, speechChanges } from "./testing/judge-signal.ts";
import { clipped, stressSignals, type TestSignal } from "./testing/stress-signals.ts";

const STRESS_SECONDS = 4;
const RECORDINGS = ["goforward.raw", "something.raw", "cards/001.wav", "cards/003.wav"];
const LIBRIVOX = "librivox/sense_and_sensibility_01_austen_64kb-0930.wav";
const KERNELS = ["simd", "typescript"] as const satisfies readonly SileroKernel[];

const recordings = existsSync(RECORDINGS_FOLDER) ? [...RECORDINGS, LIBRIVOX].map(readRecording) : [];
const clippedRecordings = recordings.slice(0, 2).map(({ name, samples }) => ({
  name: `${name}, clipped`,
  samples: clipped(samples),
}));
const stress = [...stressSignals(STRESS_SECONDS), ...clippedRecordings];

describe.each(SILERO_VERSIONS)("Silero v%i judges as onnxruntime does", (version) => {
  let model: Uint8Array;
  let onnx: OnnxEngine;
  const expected = new Map<TestSignal, Float64Array>();

  beforeAll(async () => {
    model = await readKnownModel(version);
    onnx = await OnnxEngine.create(model);
    for (const signal of [...recordings, ...stress]) expected.set(signal, await judgeSignal(onnx, signal.samples));
  }, 60_000);
  afterAll(() => onnx.close());

  describe.each(KERNELS)("in %s", (kernel) => {
    test.each([
      ["f32", 1e-5, 1e-4],
      ["f24", 1e-3, 1e-3],
    ] as const)(
      "with %s weights: to %d on recordings, to %d under stress, and speech is the same",
      async (...row) => {
        const [precision, onRecordings, underStress] = row;
        const engine = createSileroEngine(packWeights(model, version, precision), { kernel });
        expect(engine.kernel).toBe(kernel);
        const offences: string[] = [];
        for (const [signal, probabilities] of expected) {
          const judged = await judgeSignal(engine, signal.samples);
          const difference = largestDifference(judged, probabilities);
          const limit = recordings.includes(signal) ? onRecordings : underStress;
          if (!(difference <= limit)) offences.push(`${signal.name}: differs by ${difference.toExponential(1)}`);
          expect(speechChanges(judged), signal.name).toEqual(speechChanges(probabilities));
        }
        expect(offences).toEqual([]);
      },
      60_000,
    );
  });

  test("which hears speech in some of it", () => {
    const heard = recordings.filter((signal) => speechChanges(expected.get(signal)!).length > 0);
    expect(heard).toHaveLength(recordings.length);
  });
});

function readRecording(file: string): TestSignal {
  return { name: file, samples: Float32Array.from(loadRecording(file), (sample) => sample / 32_767) };
}
