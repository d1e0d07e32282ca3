import { env, InferenceSession, Tensor } from "onnxruntime-web/wasm";
import { WINDOW_SAMPLES } from "./silero-window.ts";
import type { VadEngine } from "./vad-engine.ts";

const STATE_SHAPE = [2, 1, 128];
const STATE_SIZE = 2 * 128;
const SAMPLE_RATE = 16_000n;

/** Silero v5 or v6 on onnxruntime's WebAssembly backend: one thread, so no cross-origin isolation is needed. */
export class OnnxEngine implements VadEngine {
  readonly #session: InferenceSession;
  readonly #window = new Float32Array(WINDOW_SAMPLES);
  readonly #input: Tensor;
  readonly #rate = new Tensor("int64", BigInt64Array.of(SAMPLE_RATE), []);
  #state = zeroState();

  private constructor(session: InferenceSession) {
    this.#session = session;
    this.#input = new Tensor("float32", this.#window, [1, WINDOW_SAMPLES]);
  }

  /**
   * Starts the runtime and builds the network.
   *
   * @param model Bytes of the `.onnx` file.
   * @param wasmUrl Where onnxruntime's `.wasm` is; omitted in Node, where it is found beside the package.
   * @throws Error of onnxruntime, if the file is no model it knows or WebAssembly is forbidden.
   */
  static async create(model: Uint8Array, wasmUrl?: string): Promise<OnnxEngine> {
    env.logLevel = "fatal";
    env.wasm.numThreads = 1;
    env.wasm.proxy = false;
    if (wasmUrl !== undefined) env.wasm.wasmPaths = { wasm: wasmUrl };
    const session = await InferenceSession.create(model, {
      executionProviders: ["wasm"],
      graphOptimizationLevel: "all",
    });
    return new OnnxEngine(session);
  }

  async process(window: Float32Array): Promise<number> {
    this.#window.set(window);
    const { output, stateN } = await this.#session.run({ input: this.#input, state: this.#state, sr: this.#rate });
    if (!output || !stateN)
      throw new TypeError("The model is not Silero v5 or v6: it has no outputs `output` and `stateN`");
    this.#state = stateN;
    return (output.data as Float32Array)[0]!;
  }

  reset(): void {
    this.#state = zeroState();
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

function zeroState(): Tensor {
  return new Tensor("float32", new Float32Array(STATE_SIZE), STATE_SHAPE);
}
