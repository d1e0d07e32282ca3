// Runs in Chromium: times both engines frame by frame, and from their bytes to the first probability. Driven by
// `silero-chromium.ts` through `window.bench`.
import { fromAudio, silero, VoiceSession } from "../../src/index.ts";
import { FrameJudge } from "../../src/vad/frame-judge.ts";
import { OnnxEngine } from "../../src/vad/onnx-engine.ts";
import { createSileroEngine } from "../../src/vad/silero/create-silero-engine.ts";
import type { VadEngine } from "../../src/vad/vad-engine.ts";

/** The engines on the bench. */
export type EngineName = "simd" | "typescript" | "onnxruntime";

const BLOCK_FRAMES = 50;
const ENGINES: readonly EngineName[] = ["onnxruntime", "typescript", "simd"];

async function bytesOf(name: string): Promise<Uint8Array> {
  const response = await fetch(`/vivavoce/assets/${name}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function create(engine: EngineName, model: Uint8Array): Promise<VadEngine> {
  if (engine !== "onnxruntime") return createSileroEngine(model, { kernel: engine });
  return OnnxEngine.create(model, new URL("/vivavoce/assets/ort-wasm-simd-threaded.wasm", location.href).href);
}

function modelOf(engine: EngineName, version: string): Promise<Uint8Array> {
  return bytesOf(engine === "onnxruntime" ? `silero_vad_${version}.onnx` : `silero-${version}.f24.bin`);
}

/** µs per frame of each engine, the engines in turns by blocks of 50 frames; `performance.now()` is too coarse for one. */
async function frameCosts(version: string, blocks: number): Promise<Record<EngineName, number[]>> {
  const costs: Record<EngineName, number[]> = { onnxruntime: [], typescript: [], simd: [] };
  const judges = await Promise.all(
    ENGINES.map(async (name) => new FrameJudge(await create(name, await modelOf(name, version)))),
  );
  const frame = Float32Array.from({ length: 512 }, (_, index) => Math.sin(index) * Math.sin(index * 0.013) * 0.3);
  for (let block = -4; block < blocks; block++) {
    for (const [which, judge] of judges.entries()) {
      const began = performance.now();
      for (let count = 0; count < BLOCK_FRAMES; count++) await judge.judge(frame);
      if (block >= 0) costs[ENGINES[which]!].push(((performance.now() - began) * 1_000) / BLOCK_FRAMES);
    }
  }
  for (const judge of judges) await judge.close();
  return costs;
}

/** ms from a model's bytes to its first probability. */
async function coldStart(engine: EngineName, version: string): Promise<number> {
  const model = await modelOf(engine, version);
  const began = performance.now();
  const judge = new FrameJudge(await create(engine, model));
  await judge.judge(new Float32Array(512));
  return performance.now() - began;
}

/** ms from navigation to the first decision of a session on a recording. */
async function firstDecision(engine: "builtin" | "onnxruntime"): Promise<number> {
  const samples = new Float32Array(16_000 * 5);
  const session = new VoiceSession({
    source: fromAudio({ samples, sampleRate: 16_000 }),
    vad: silero({ engine }),
    assets: "/vivavoce/assets/",
  });
  const decided = new Promise<number>((resolve) => {
    session.on("frame", ({ probability }) => probability !== undefined && resolve(performance.now()));
  });
  await session.start();
  const atMs = await decided;
  await session.stop();
  return atMs;
}

/** What the bench drives. */
export const bench = { frameCosts, coldStart, firstDecision };
Object.assign(window, { bench });
