import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { SileroModel } from "../src/vad/silero.ts";

/** The bytes of a Silero model, from the package that the build takes it from. */
export async function readModel(model: SileroModel): Promise<Uint8Array> {
  return readFile(createRequire(import.meta.url).resolve(`@ricky0123/vad-web/dist/silero_vad_${model}.onnx`));
}

/** Frames of seeded noise, 512 samples each, -0.1..0.1: what a frame holds makes no difference to its cost. */
export function noiseFrames(count: number): Float32Array[] {
  let seed = 1;
  const next = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  return Array.from({ length: count }, () => Float32Array.from({ length: 512 }, () => (next() - 0.5) / 5));
}
