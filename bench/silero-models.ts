import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { RECORDINGS_FOLDER } from "../gateway/pocketsphinx/installation.ts";
import { loadRecording } from "../gateway/testing/wire-client.ts";
import { packWeights, type Precision } from "../scripts/silero/pack-weights.ts";
import type { SileroModel } from "../src/vad/silero.ts";
import type { TestSignal } from "../src/vad/silero/testing/stress-signals.ts";

/** A recording under its name in the package that has it. */
export type Recording = TestSignal;

/** The bytes of a Silero model, from the package that the build takes it from. */
export async function readModel(model: SileroModel): Promise<Uint8Array> {
  return readFile(createRequire(import.meta.url).resolve(`@ricky0123/vad-web/dist/silero_vad_${model}.onnx`));
}

/** The model's weights as the build packs them. */
export async function readWeights(model: SileroModel, precision: Precision): Promise<Uint8Array> {
  return packWeights(await readModel(model), model === "v5" ? 5 : 6, precision);
}

/** Every recording of `pocketsphinx-testdata` that has words, about a minute; none where it is not installed. */
export function readRecordings(): Recording[] {
  if (!existsSync(RECORDINGS_FOLDER)) return [];
  const folders = ["", "cards/", "librivox/"];
  const files = folders.flatMap((folder) =>
    readdirSync(`${RECORDINGS_FOLDER}/${folder}`)
      .filter((name) => /\.(?:raw|wav)$/.test(name))
      .toSorted()
      .map((name) => folder + name),
  );
  return files.map((name) => ({ name, samples: Float32Array.from(loadRecording(name), (sample) => sample / 32_767) }));
}

/** Frames of seeded noise, 512 samples each, -0.1..0.1: what a frame holds makes no difference to its cost. */
export function noiseFrames(count: number): Float32Array[] {
  let seed = 1;
  const next = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  return Array.from({ length: count }, () => Float32Array.from({ length: 512 }, () => (next() - 0.5) / 5));
}
