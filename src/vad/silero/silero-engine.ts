import type { VadEngine } from "../vad-engine.ts";

/** What evaluates the network: WebAssembly SIMD, or plain TypeScript. */
export type SileroKernel = "simd" | "typescript";

/** Silero without a runtime: answers synchronously, on any thread. */
export interface SileroEngine extends VadEngine {
  /** What evaluates the network here. */
  readonly kernel: SileroKernel;
  /** As {@link VadEngine.process}, at once. */
  process(window: Float32Array): number;
  /** Sets the recurrent state to zero, as after a gap. */
  reset(): void;
  /** As {@link VadEngine.close}, at once. */
  close(): void;
}
