import { designKernel, type ResamplerKernel } from "../audio/kernel.ts";
import { CAPTURE_RATE } from "../audio/units.ts";

/**
 * Designs the kernel from the context's rate to the uplink's, both in Hz: none for 16 kHz, which is there anyway.
 *
 * @throws RangeError unless a frame of 32 ms is a whole number of samples at that rate (8, 24, 32, 48 kHz are; 44.1 is
 * not), or if the two rates have no sane ratio.
 */
export function designUplink(contextRate: number, uplinkRateHz = CAPTURE_RATE): ResamplerKernel | undefined {
  if (uplinkRateHz === CAPTURE_RATE) return undefined;
  // 32 ms are 4/125 s.
  if (uplinkRateHz % 125) throw new RangeError(`uplinkRateHz must be a multiple of 125, got ${uplinkRateHz}`);
  return designKernel(contextRate, uplinkRateHz);
}
