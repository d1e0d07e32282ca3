import type { SileroOptions } from "../../src/vad/silero.ts";

/** Where the model runs: what `silero()` is called with in the page, by the name that is printed. */
export const VARIANTS: Readonly<Record<string, SileroOptions>> = {
  worklet: { engine: "builtin", thread: "worklet" },
  worker: { engine: "builtin", thread: "worker" },
  onnx: { engine: "onnxruntime" },
};
