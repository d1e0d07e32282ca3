import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { OnnxEngine } from "../src/vad/onnx-engine.ts";
import { SileroWindow } from "../src/vad/silero-window.ts";
import { createSileroEngine } from "../src/vad/silero/create-silero-engine.ts";
import type { VadEngine } from "../src/vad/vad-engine.ts";
import type { ColdStart } from "./silero-cold-start.ts";
import { quantile } from "./quantile.ts";
import { noiseFrames, readModel, readWeights } from "./silero-models.ts";

/** The engines that are compared, by name. */
export const ENGINES = ["onnxruntime", "simd", "typescript"] as const;
/** One of them. */
export type EngineName = (typeof ENGINES)[number];

const MODELS = ["v5", "v6"] as const;
const BLOCK_FRAMES = 50;
const BLOCKS = 40;
const WARM_UP_BLOCKS = 8;
const COLD_STARTS = 9;

/** What one engine takes for one model. */
export interface EngineCost {
  readonly model: string;
  readonly engine: EngineName;
  /** µs per frame. */
  readonly medianUs: number;
  /** µs per frame. */
  readonly p95Us: number;
  /** From bytes to the first probability: medians of {@link COLD_STARTS} processes. */
  readonly cold: ColdStart;
}

/** Measures all engines on both models. */
export async function engineCosts(): Promise<EngineCost[]> {
  const frames = await frameCosts();
  const cold = await coldStarts();
  return frames.map((cost, index) => ({ ...cost, cold: cold[index]! }));
}

/** In one process, in turns of 50 frames, so that a busy machine is busy for all. */
async function frameCosts(): Promise<Omit<EngineCost, "cold">[]> {
  const rivals: { model: string; engine: EngineName; instance: VadEngine; costs: number[] }[] = [];
  for (const model of MODELS) {
    for (const engine of ENGINES) rivals.push({ model, engine, instance: await create(engine, model), costs: [] });
  }
  const frames = noiseFrames(BLOCK_FRAMES);
  for (let block = 0; block < WARM_UP_BLOCKS + BLOCKS; block++) {
    for (const { instance, costs } of rivals) {
      const window = new SileroWindow();
      for (const frame of frames) {
        const input = window.push(frame);
        const began = performance.now();
        const probability = instance.process(input);
        // Awaited only where it must be: a turn of the microtask queue is no cost of an engine that answers at once.
        if (typeof probability !== "number") await probability;
        if (block >= WARM_UP_BLOCKS) costs.push((performance.now() - began) * 1_000);
      }
    }
  }
  for (const { instance } of rivals) await instance.close();
  return rivals.map(({ model, engine, costs }) => ({
    model,
    engine,
    medianUs: quantile(costs, 0.5),
    p95Us: quantile(costs, 0.95),
  }));
}

/** An engine for a model; our own with weights of 24 bits. */
export async function create(engine: EngineName, model: "v5" | "v6"): Promise<VadEngine> {
  return engine === "onnxruntime"
    ? OnnxEngine.create(await readModel(model))
    : createSileroEngine(await readWeights(model, "f24"), { kernel: engine });
}

async function coldStarts(): Promise<ColdStart[]> {
  const folder = await mkdtemp(join(tmpdir(), "vivavoce-bench-"));
  const rivals: { engine: EngineName; file: string; starts: ColdStart[] }[] = [];
  for (const model of MODELS) {
    const [onnx, packed] = [join(folder, `${model}.onnx`), join(folder, `${model}.bin`)];
    await writeFile(onnx, await readModel(model));
    await writeFile(packed, await readWeights(model, "f24"));
    for (const engine of ENGINES) rivals.push({ engine, file: engine === "onnxruntime" ? onnx : packed, starts: [] });
  }
  for (let count = 0; count < COLD_STARTS; count++) {
    for (const { engine, file, starts } of rivals) starts.push(await coldStart(engine, file));
  }
  await rm(folder, { recursive: true });
  return rivals.map(({ starts }) => ({
    runtimeMs: quantile(
      starts.map(({ runtimeMs }) => runtimeMs),
      0.5,
    ),
    createMs: quantile(
      starts.map(({ createMs }) => createMs),
      0.5,
    ),
    firstFrameMs: quantile(
      starts.map(({ firstFrameMs }) => firstFrameMs),
      0.5,
    ),
  }));
}

async function coldStart(engine: EngineName, file: string): Promise<ColdStart> {
  const script = fileURLToPath(new URL("silero-cold-start.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script, engine, file]);
  return JSON.parse(stdout) as ColdStart;
}
