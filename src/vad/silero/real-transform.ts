import { TRANSFORM } from "./layout.ts";
import { type Numbers, zeros } from "./matrices.ts";
import { transformTables } from "./tables.ts";

const HALF = TRANSFORM / 2;

/**
 * Magnitudes of the windowed Fourier transform of 256 real samples.
 *
 * Even samples count as real parts and odd ones as imaginary parts of 128 complex numbers, whose transform then is
 * taken apart into that of the 256. Allocates only in the constructor.
 */
export class RealTransform {
  readonly #tables = transformTables();
  readonly #reversed = Array.from({ length: HALF }, (_, index) => reverseBits(index));
  readonly #real = zeros(HALF);
  readonly #imaginary = zeros(HALF);

  /**
   * Transforms `samples[start]` and the 255 that follow; bin k goes to `magnitudes[offset + k * stride]`, k = 0..128.
   */
  magnitudes(samples: Numbers, start: number, magnitudes: number[], offset = 0, stride = 1): void {
    const { hann, cosines, sines } = this.#tables;
    const real = this.#real;
    const imaginary = this.#imaginary;
    for (let index = 0; index < HALF; index++) {
      const to = this.#reversed[index]!;
      real[to] = samples[start + 2 * index]! * hann[2 * index]!;
      imaginary[to] = samples[start + 2 * index + 1]! * hann[2 * index + 1]!;
    }
    this.#combine();
    magnitudes[offset] = Math.abs(real[0]! + imaginary[0]!);
    magnitudes[offset + HALF * stride] = Math.abs(real[0]! - imaginary[0]!);
    for (let bin = 1; bin < HALF; bin++) {
      const mirror = HALF - bin;
      const evenReal = (real[bin]! + real[mirror]!) / 2;
      const evenImaginary = (imaginary[bin]! - imaginary[mirror]!) / 2;
      const oddReal = (imaginary[bin]! + imaginary[mirror]!) / 2;
      const oddImaginary = (real[mirror]! - real[bin]!) / 2;
      const sumReal = evenReal + cosines[bin]! * oddReal + sines[bin]! * oddImaginary;
      const sumImaginary = evenImaginary + cosines[bin]! * oddImaginary - sines[bin]! * oddReal;
      magnitudes[offset + bin * stride] = Math.sqrt(sumReal * sumReal + sumImaginary * sumImaginary);
    }
  }

  /** Transforms the 128 complex numbers, which lie in bit-reversed order, in place. */
  #combine(): void {
    const { cosines, sines } = this.#tables;
    const real = this.#real;
    const imaginary = this.#imaginary;
    for (let span = 1; span < HALF; span *= 2) {
      const step = HALF / span;
      for (let left = 0; left < HALF; left += 2 * span) {
        for (let index = 0; index < span; index++) {
          const one = left + index;
          const other = one + span;
          const cosine = cosines[index * step]!;
          const sine = sines[index * step]!;
          const turnedReal = real[other]! * cosine + imaginary[other]! * sine;
          const turnedImaginary = imaginary[other]! * cosine - real[other]! * sine;
          real[other] = real[one]! - turnedReal;
          imaginary[other] = imaginary[one]! - turnedImaginary;
          real[one]! += turnedReal;
          imaginary[one]! += turnedImaginary;
        }
      }
    }
  }
}

/** The seven bits of an index in reverse. */
function reverseBits(index: number): number {
  let reversed = 0;
  for (let bit = 1; bit < HALF; bit *= 2) reversed = 2 * reversed + ((index & bit) === 0 ? 0 : 1);
  return reversed;
}
