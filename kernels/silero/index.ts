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
