/*
 * Sound at another rate, by the exact ratio up/down of the two: output sample n is the input around the instant
 * n × down / up, through a low-pass filter (windowed sinc, Kaiser) of which each fraction of a sample has its own
 * taps. Integers count, so nothing drifts.
 */

/** Where the filter has fallen to silence, as a share of the lower rate's Nyquist frequency; it begins to fall 10 % below. */
const STOP = 1;
const PASS = 0.9;
/** How much is left beyond, in dB below. */
const REJECTION_DB = 80;

/** Changes the rate of 16-bit sound, chunk by chunk; the slicing makes no difference. For one sound. */
export class Polyphase {
  readonly #up: number;
  readonly #down: number;
  /** Taps of each phase, one phase after the other. */
  readonly #kernel: Float64Array;
  readonly #taps: number;
  /** Input that is still needed, oldest first; it begins with half a filter of silence, so that nothing comes late. */
  #held: Float64Array;
  /** Instant of the next output, in 1/up of an input sample, counted from the first of `#held` that it needs. */
  #phase = 0;
  #inputSamples = 0;
  #outputSamples = 0;

  constructor(inputHz: number, outputHz: number) {
    const common = greatestCommonDivisor(inputHz, outputHz);
    this.#up = outputHz / common;
    this.#down = inputHz / common;
    const share = Math.min(1, outputHz / inputHz); // of the input's Nyquist frequency
    this.#taps = tapsFor((STOP - PASS) * share);
    this.#kernel = designKernel(this.#up, this.#taps, ((STOP + PASS) / 2) * share);
    this.#held = new Float64Array(this.#taps / 2 - 1);
  }

  /** Takes the next samples; returns what can be made of them. */
  push(samples: Int16Array): Int16Array {
    this.#inputSamples += samples.length;
    return this.#make(Float64Array.from(samples), Infinity);
  }

  /** Returns the rest: in all, as many samples as the ratio makes of the input, the last one rounded up. */
  flush(): Int16Array {
    const due = Math.ceil((this.#inputSamples * this.#up) / this.#down) - this.#outputSamples;
    return this.#make(new Float64Array(this.#taps), due);
  }

  #make(more: Float64Array, most: number): Int16Array {
    const held = new Float64Array(this.#held.length + more.length);
    held.set(this.#held);
    held.set(more, this.#held.length);
    const count = Math.ceil(((held.length - this.#taps + 1) * this.#up - this.#phase) / this.#down);
    const made = new Int16Array(Math.max(0, Math.min(count, most)));
    for (let index = 0; index < made.length; index++) {
      const first = Math.floor(this.#phase / this.#up);
      const kernel = (this.#phase % this.#up) * this.#taps;
      let sum = 0;
      for (let tap = 0; tap < this.#taps; tap++) sum += held[first + tap]! * this.#kernel[kernel + tap]!;
      made[index] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
      this.#phase += this.#down;
    }
    const spent = Math.min(held.length, Math.floor(this.#phase / this.#up));
    this.#phase -= spent * this.#up;
    this.#held = held.subarray(spent);
    this.#outputSamples += made.length;
    return made;
  }
}

/** Taps a phase needs to fall within `width`, a share of the input's Nyquist frequency; even. Kaiser's formula. */
function tapsFor(width: number): number {
  return 2 * Math.ceil((REJECTION_DB - 7.95) / (2.285 * Math.PI * width) / 2);
}

/** One row of taps per phase; each row sums up to 1, so that a constant stays what it is. */
function designKernel(phases: number, taps: number, cutoff: number): Float64Array {
  const beta = 0.1102 * (REJECTION_DB - 8.7);
  const kernel = new Float64Array(phases * taps);
  for (let phase = 0; phase < phases; phase++) {
    const row = kernel.subarray(phase * taps, (phase + 1) * taps);
    // Tap taps/2 - 1 is the input sample at or just before the instant.
    for (let tap = 0; tap < taps; tap++) {
      const distance = tap - (taps / 2 - 1) - phase / phases;
      const edge = Math.min(1, Math.abs(distance) / (taps / 2));
      row[tap] = sinc(cutoff * distance) * bessel(beta * Math.sqrt(1 - edge * edge));
    }
    const sum = row.reduce((total, tap) => total + tap, 0);
    for (let tap = 0; tap < taps; tap++) row[tap] = row[tap]! / sum;
  }
  return kernel;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** The modified Bessel function of the first kind and order 0, by its power series. */
function bessel(x: number): number {
  let sum = 1;
  for (let term = 1, k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
