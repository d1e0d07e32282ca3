import { noiseFrames, readModel } from "./silero-models.ts";

/*
 * In a process of its own: from a model's bytes to its first probability, with nothing loaded before. Prints one line
 * of JSON; `benchSilero` starts it.
 */

/** What a first probability costs, in ms. */
export interface ColdStart {
  /** Loading onnxruntime's JavaScript. */
  readonly runtimeMs: number;
  /** Compiling its wasm and building the network. */
  readonly createMs: number;
  /** Judging the first frame. */
  readonly firstFrameMs: number;
}

async function coldStart(model: "v5" | "v6"): Promise<ColdStart> {
  const bytes = await readModel(model);
  const [frame] = noiseFrames(1);
  const began = performance.now();
  await import("onnxruntime-web/wasm");
  const hasRuntime = performance.now();
  const [{ OnnxEngine }, { FrameJudge }] = await Promise.all([
    import("../src/vad/onnx-engine.ts"),
    import("../src/vad/frame-judge.ts"),
  ]);
  const hasCode = performance.now(); // what lies between is tsx at work, which no page pays for
  const judge = new FrameJudge(await OnnxEngine.create(bytes));
  const hasEngine = performance.now();
  await judge.judge(frame!);
  const hasProbability = performance.now();
  return {
    runtimeMs: hasRuntime - began,
    createMs: hasEngine - hasCode,
    firstFrameMs: hasProbability - hasEngine,
  };
}

const [model] = process.argv.slice(2);
if (model !== "v5" && model !== "v6") throw new TypeError(`The model must be v5 or v6, got ${model}`);
console.log(JSON.stringify(await coldStart(model)));
