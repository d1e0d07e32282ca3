import type { Precision } from "../scripts/silero/pack-weights.ts";
import { OnnxEngine } from "../src/vad/onnx-engine.ts";
import { createSileroEngine } from "../src/vad/silero/create-silero-engine.ts";
import type { SileroKernel } from "../src/vad/silero/silero-engine.ts";
import { judgeSignal, largestDifference, speechChanges } from "../src/vad/silero/testing/judge-signal.ts";
import { clipped, mixedAudio, stressSignals, type TestSignal } from "../src/vad/silero/testing/stress-signals.ts";
import { readModel, readRecordings, readWeights } from "./silero-models.ts";

const MODELS = ["v5", "v6"] as const;
const STRESS_SECONDS = 30;
const MIXED_SECONDS = 600;
/** Options under which speech must begin and end at the same samples: the default, and one that answers sooner. */
const DETECTORS = [{}, { minSilenceMs: 250 }];

/** How far one engine is from onnxruntime. */
export interface Parity {
  readonly model: string;
  readonly kernel: SileroKernel;
  readonly precision: Precision;
  /** Largest difference between probabilities, for each kind of signal. */
  readonly largest: Readonly<Record<Kind, number>>;
  /** Beginnings and ends of speech in all signals, and how many signals had other ones. */
  readonly changes: number;
  readonly unlike: number;
}

type Kind = "recordings" | "stress" | "mixed";

/** Compares every kernel, model and precision with onnxruntime on the same signals. */
export async function engineParity(): Promise<Parity[]> {
  const signals = testSignals();
  const parities: Parity[] = [];
  for (const model of MODELS) {
    const onnx = await OnnxEngine.create(await readModel(model));
    const expected: Float64Array[] = [];
    for (const { samples } of signals) expected.push(await judgeSignal(onnx, samples));
    await onnx.close();
    for (const precision of ["f32", "f24"] as const) {
      for (const kernel of ["simd", "typescript"] as const) {
        const largest = { recordings: 0, stress: 0, mixed: 0 };
        let [changes, unlike] = [0, 0];
        const engine = createSileroEngine(await readWeights(model, precision), { kernel });
        for (const [index, { kind, samples }] of signals.entries()) {
          const judged = await judgeSignal(engine, samples);
          largest[kind] = Math.max(largest[kind], largestDifference(judged, expected[index]!));
          const wanted = JSON.stringify(DETECTORS.map((options) => speechChanges(expected[index]!, options)));
          if (JSON.stringify(DETECTORS.map((options) => speechChanges(judged, options))) !== wanted) unlike++;
          changes += speechChanges(judged).length;
        }
        parities.push({ model, kernel, precision, largest, changes, unlike });
      }
    }
  }
  return parities;
}

function testSignals(): (TestSignal & { readonly kind: Kind })[] {
  const recordings = readRecordings();
  const stress = [
    ...stressSignals(STRESS_SECONDS),
    ...recordings.map(({ name, samples }) => ({ name, samples: clipped(samples) })),
  ];
  // Where there are no recordings, the clipped voice of the stress signals takes their place.
  const spoken = recordings.length > 0 ? recordings : stress.slice(-1);
  const mixed = mixedAudio(
    spoken.map(({ samples }) => samples),
    MIXED_SECONDS,
  );
  return [
    ...recordings.map((signal) => ({ ...signal, kind: "recordings" as const })),
    ...stress.map((signal) => ({ ...signal, kind: "stress" as const })),
    { name: "mixed audio", samples: mixed, kind: "mixed" },
  ];
}
