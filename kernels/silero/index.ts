/*
 * Silero in WebAssembly SIMD. AssemblyScript: TypeScript's syntax with WebAssembly's types and instructions. `v128` holds
 * four floats; `usize` is an address in bytes; `v128.load(address, offset)` reads four floats; `load32_splat` reads one
 * into all four lanes. There is no allocator: places.ts says where everything lies. plain-engine.ts does the same in
 * plain TypeScript and is easier to read first. scripts/silero/compile-kernel.ts compiles it.
 */
import { head, remember } from "./lstm";
import { encode } from "./encoder";
import { CELLS, HIDDEN } from "./places";
import { transform } from "./transform";
import { UNITS } from "../../src/vad/silero/layout";

export { COSINES, HANN, SAMPLES, SINES, WEIGHTS } from "./places";

/** Judges the window that lies at SAMPLES: the probability of speech. */
export function judge(): f32 {
  transform();
  encode();
  remember();
  return head();
}

/** Forgets what was heard. */
export function reset(): void {
  memory.fill(HIDDEN, 0, 4 * UNITS);
  memory.fill(CELLS, 0, 4 * UNITS);
}
