/** How two sample rates are joined: a table of filters, one per phase. Plain, so that it can be posted to a worklet. */
export interface ResamplerKernel {
  /** Rate of what goes in, in Hz. */
  readonly inputRate: number;
  /** Rate of what comes out, in Hz. */
  readonly outputRate: number;
  /** `outputRate / inputRate` is exactly `up / down`, in lowest terms. */
  readonly up: number;
  /** See {@link up}. */
  readonly down: number;
  /** Input samples under one output sample: even, or 1 for equal rates. */
  readonly tapsPerPhase: number;
  /** `up` rows of `tapsPerPhase` coefficients, oldest sample first; each row sums to 1. Doubles multiply faster. */
  readonly phases: Float64Array;
  /** Input samples that must follow an output sample's own time before it can be computed. */
  readonly delayInputSamples: number;
}

/** Lowest and highest rate that {@link designKernel} takes, in Hz. */
const MIN_RATE = 1_000;
const MAX_RATE = 768_000;

/** Speech above this edge serves no recogniser; the wider the transition, the shorter the delay. */
const MAX_PASS_EDGE_HZ = 7_000;
const MIN_ATTENUATION_DB = 104.5;
const MAX_TABLE_BYTES = 2 * 1024 * 1024;

/**
 * Designs the band-limited filter that turns `inputRate` into `outputRate`, both in Hz.
 *
 * A Kaiser-windowed sinc, flat up to min(7 kHz, 0.875 × the lower Nyquist frequency) and 104 dB down from 1.0625 × the
 * lower Nyquist frequency: what folds back stays above the pass band. Equal rates give a kernel that changes no bit.
 * `maxPassEdgeHz` in place of the 7 kHz keeps more of what is meant for ears. Takes some ms: design it away from the
 * audio thread.
 *
 * @throws RangeError when a rate is not an integer from 1000 to 768000, or when the ratio needs a table over 2 MB.
 * @see https://ccrma.stanford.edu/~jos/sasp/Kaiser_Window.html
 */
export function designKernel(inputRate: number, outputRate: number, maxPassEdgeHz = MAX_PASS_EDGE_HZ): ResamplerKernel {
  checkRate("inputRate", inputRate);
  checkRate("outputRate", outputRate);
  const common = greatestCommonDivisor(inputRate, outputRate);
  const up = outputRate / common;
  const down = inputRate / common;
  if (up === down) {
    return { inputRate, outputRate, up, down, tapsPerPhase: 1, phases: Float64Array.of(1), delayInputSamples: 0 };
  }

  const lowerNyquistHz = Math.min(inputRate, outputRate) / 2;
  const passEdgeHz = Math.min(maxPassEdgeHz, 0.875 * lowerNyquistHz);
  const stopEdgeHz = 1.0625 * lowerNyquistHz;
  const transition = (2 * Math.PI * (stopEdgeHz - passEdgeHz)) / inputRate;
  const halfTaps = Math.ceil((MIN_ATTENUATION_DB - 7.95) / (2.285 * transition) / 2);
  const tapsPerPhase = 2 * halfTaps;
  // Whole taps are a little more than enough: the window makes attenuation of the rest.
  const attenuationDb = 7.95 + 2.285 * transition * tapsPerPhase;
  const beta = 0.1102 * (attenuationDb - 8.7);
  const tableBytes = up * tapsPerPhase * Float64Array.BYTES_PER_ELEMENT;
  if (tableBytes > MAX_TABLE_BYTES) {
    throw new RangeError(
      `${inputRate} to ${outputRate} Hz needs a table of ${tableBytes} bytes, the limit is ${MAX_TABLE_BYTES}`,
    );
  }

  const cyclesPerSample = (passEdgeHz + stopEdgeHz) / 2 / inputRate;
  const phases = new Float64Array(up * tapsPerPhase);
  for (let phase = 0; phase < up; phase++) {
    designPhase(phases.subarray(phase * tapsPerPhase, (phase + 1) * tapsPerPhase), phase / up, cyclesPerSample, beta);
  }
  return { inputRate, outputRate, up, down, tapsPerPhase, phases, delayInputSamples: halfTaps };
}

/** Fills one row: the filter for an output sample that lies `fraction` of an input sample after the row's middle. */
function designPhase(row: Float64Array, fraction: number, cyclesPerSample: number, beta: number): void {
  const half = row.length / 2;
  let sum = 0;
  for (let index = 0; index < row.length; index++) {
    const distance = index - half + 1 - fraction;
    const position = distance / half;
    // At the very edge the window would keep one side only, and the row would lean.
    if (position >= 1) continue;
    const window = besselI0(beta * Math.sqrt(1 - position * position));
    row[index] = window * sinc(2 * cyclesPerSample * distance);
    sum += row[index]!;
  }
  for (let index = 0; index < row.length; index++) row[index] = row[index]! / sum;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function besselI0(x: number): number {
  const quarterSquare = (x * x) / 4;
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * Number.EPSILON; k++) {
    term *= quarterSquare / (k * k);
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function checkRate(name: string, rate: number): void {
  if (!Number.isInteger(rate) || rate < MIN_RATE || rate > MAX_RATE) {
    throw new RangeError(`${name} must be an integer from ${MIN_RATE} to ${MAX_RATE} Hz, got ${rate}`);
  }
}
