import { decodeBase64 } from "../../audio/base64.ts";
import { KERNEL_BASE64 } from "./generated/kernel.ts";
import { TRANSFORM, WEIGHT_COUNT, WINDOW } from "./layout.ts";
import { unpackWeights } from "./packed-weights.ts";
import type { SileroEngine } from "./silero-engine.ts";
import { transformTables } from "./tables.ts";
import { type WebAssemblyLike, webAssembly } from "./web-assembly.ts";

/** A place in the kernel's memory, in bytes. */
interface Place {
  readonly value: number;
}

/** What `kernels/silero/index.ts` exports. */
interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly WEIGHTS: Place;
  readonly HANN: Place;
  readonly COSINES: Place;
  readonly SINES: Place;
  readonly SAMPLES: Place;
  judge(): number;
  reset(): void;
}

/** Silero v5 and v6 in WebAssembly SIMD. Allocates only when created; may run on the audio thread. */
export class SimdEngine implements SileroEngine {
  readonly kernel = "simd";
  readonly #kernel: Kernel;
  readonly #window: Float32Array;

  private constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#window = new Float32Array(kernel.memory.buffer, kernel.SAMPLES.value, WINDOW);
  }

  /**
   * Compiles the kernel and fills its memory, synchronously.
   *
   * @param packed Bytes of a packed file of weights.
   * @returns The engine; `undefined` where WebAssembly or its SIMD is missing or a Content-Security-Policy forbids it.
   * @throws Error if the bytes are no packed weights.
   */
  static create(packed: Uint8Array): SimdEngine | undefined {
    const platform = webAssembly();
    const kernel = platform && instantiate(platform);
    if (!kernel) return undefined;
    const { buffer } = kernel.memory;
    const tables = transformTables();
    unpackWeights(packed, new Float32Array(buffer, kernel.WEIGHTS.value, WEIGHT_COUNT));
    new Float32Array(buffer, kernel.HANN.value, TRANSFORM).set(tables.hann);
    new Float32Array(buffer, kernel.COSINES.value, TRANSFORM / 2).set(tables.cosines);
    new Float32Array(buffer, kernel.SINES.value, TRANSFORM / 2).set(tables.sines);
    return new SimdEngine(kernel);
  }

  /** How much memory of WebAssembly the engine holds. */
  get memoryBytes(): number {
    return this.#kernel.memory.buffer.byteLength;
  }

  process(window: Float32Array): number {
    this.#window.set(window);
    return this.#kernel.judge();
  }

  reset(): void {
    this.#kernel.reset();
  }

  close(): void {}
}

function instantiate(platform: WebAssemblyLike): Kernel | undefined {
  const bytes = decodeBase64(KERNEL_BASE64);
  if (!platform.validate(bytes)) return undefined; // no SIMD: Safari before 16.4, for one
  try {
    return new platform.Instance(new platform.Module(bytes)).exports as Kernel;
  } catch {
    return undefined; // no `wasm-unsafe-eval` in the page's policy
  }
}
