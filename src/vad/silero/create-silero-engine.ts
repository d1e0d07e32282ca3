import { unpackWeights } from "./packed-weights.ts";
import { PlainEngine } from "./plain-engine.ts";
import type { SileroEngine, SileroKernel } from "./silero-engine.ts";
import { SimdEngine } from "./simd-engine.ts";

/** How Silero is evaluated. */
export interface SileroEngineOptions {
  /**
   * `"simd"` is about seven times as fast; `"typescript"` needs no WebAssembly.
   *
   * @defaultValue `"simd"` where it runs, else `"typescript"`
   */
  readonly kernel?: SileroKernel;
}

/**
 * Makes an engine for Silero v5 or v6 out of packed weights; the bytes say which.
 *
 * @param packed Bytes of a packed file (`silero-v6.f24.bin`); not kept.
 * @throws Error that says what is wrong with the bytes; Error if `kernel` is `"simd"` and that does not run here.
 */
export function createSileroEngine(packed: Uint8Array, options: SileroEngineOptions = {}): SileroEngine {
  const simd = options.kernel === "typescript" ? undefined : SimdEngine.create(packed);
  if (simd) return simd;
  if (options.kernel === "simd") throw new Error("WebAssembly SIMD is missing here, or a policy forbids WebAssembly");
  return new PlainEngine(unpackWeights(packed));
}
