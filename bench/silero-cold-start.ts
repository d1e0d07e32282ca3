import { readFile } from "node:fs/promises";
import { noiseFrames } from "./silero-models.ts";

/*
 * In a process of its own: from a file's bytes to the first probability, with nothing loaded before. Prints one line of
 * JSON; `coldStarts` starts it: `silero-cold-start.ts onnxruntime|simd|typescript <file>`
 */

/** What a first probability costs, in ms. */
export interface ColdStart {
  /** Loading onnxruntime's JavaScript; 0 where there is none. */
  readonly runtimeMs: number;
  /** Compiling wasm and building the network. */
  readonly createMs: number;
  /** Judging the first frame. */
  readonly firstFrameMs: number;
}

async function coldStart(engine: string, file: string): Promise<ColdStart> {
  const bytes = await readFile(file);
  const window = new Float32Array(576);
  window.set(noiseFrames(1)[0]!, 64);
  return engine === "onnxruntime" ? ofOnnxruntime(bytes, window) : ofSilero(engine, bytes, window);
}

async function ofOnnxruntime(bytes: Uint8Array, window: Float32Array): Promise<ColdStart> {
  const began = performance.now();
  await import("onnxruntime-web/wasm");
  const hasRuntime = performance.now();
  const { OnnxEngine } = await import("../src/vad/onnx-engine.ts");
  const hasCode = performance.now(); // what lies between is tsx at work, which no page pays for
  const engine = await OnnxEngine.create(bytes);
  const hasEngine = performance.now();
  await engine.process(window);
  const hasProbability = performance.now();
  return {
    runtimeMs: hasRuntime - began,
    createMs: hasEngine - hasCode,
    firstFrameMs: hasProbability - hasEngine,
  };
}

async function ofSilero(kernel: string, bytes: Uint8Array, window: Float32Array): Promise<ColdStart> {
  if (kernel !== "simd" && kernel !== "typescript") throw new TypeError(`There is no engine ${kernel}`);
  const { createSileroEngine } = await import("../src/vad/silero/create-silero-engine.ts");
  const hasCode = performance.now();
  const engine = createSileroEngine(bytes, { kernel });
  const hasEngine = performance.now();
  engine.process(window);
  return { runtimeMs: 0, createMs: hasEngine - hasCode, firstFrameMs: performance.now() - hasEngine };
}

const [engine, file] = process.argv.slice(2);
if (engine === undefined || file === undefined) throw new TypeError("Name an engine and a file");
console.log(JSON.stringify(await coldStart(engine, file)));
