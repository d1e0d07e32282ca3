import { HOP, MIRRORED, TRANSFORM, WINDOW } from "../../src/vad/silero/layout";
import { COSINES, HANN, IMAGINARY, REAL, SAMPLES, SINES, SPECTRA } from "./places";
import { transposed0, transposed1, transposed2, transposed3 } from "./transpose";

const HALF: i32 = TRANSFORM / 2;
const PAIRS: i32 = HALF / 2;

/** Magnitudes of four transforms at once, one in each lane; step by step as in real-transform.ts. */
export function transform(): void {
  mirror();
  windowSamples();
  combine();
  takeApart();
}

/** Lengthens the window by what precedes its last sample, in reverse. */
function mirror(): void {
  const last: usize = SAMPLES + 4 * (WINDOW - 1);
  for (let offset: usize = 4; offset <= 4 * MIRRORED; offset += 4) {
    store<f32>(last + offset, load<f32>(last - offset));
  }
}

/** Even samples become real parts, odd ones imaginary parts, in bit-reversed order. */
function windowSamples(): void {
  let reversed: i32 = 0;
  for (let pair: i32 = 0; pair < PAIRS; pair++) {
    const at: usize = SAMPLES + 16 * pair;
    const moment0 = v128.load(at);
    const moment1 = v128.load(at, 4 * HOP);
    const moment2 = v128.load(at, 8 * HOP);
    const moment3 = v128.load(at, 12 * HOP);
    const hann: usize = HANN + 16 * pair;
    place(REAL, reversed, transposed0(moment0, moment1, moment2, moment3), v128.load32_splat(hann));
    place(IMAGINARY, reversed, transposed1(moment0, moment1, moment2, moment3), v128.load32_splat(hann, 4));
    // The second of the pair has the lowest bit set: in reverse, the highest.
    place(REAL, reversed + PAIRS, transposed2(moment0, moment1, moment2, moment3), v128.load32_splat(hann, 8));
    place(IMAGINARY, reversed + PAIRS, transposed3(moment0, moment1, moment2, moment3), v128.load32_splat(hann, 12));
    // Counting up flips some of the lowest bits; in reverse, as many of the highest.
    reversed ^= PAIRS - (PAIRS >> popcnt(pair ^ (pair + 1)));
  }
}

function place(part: usize, index: i32, samples: v128, hann: v128): void {
  v128.store(part + 16 * index, f32x4.mul(samples, hann));
}

/** Transforms the 128 complex numbers in place. */
function combine(): void {
  for (let span: i32 = 1; span < HALF; span *= 2) {
    const step: i32 = 4 * (HALF / span);
    for (let left: i32 = 0; left < HALF; left += 2 * span) {
      for (let index: i32 = 0; index < span; index++) {
        const one: usize = 16 * (left + index);
        const other: usize = one + 16 * span;
        const cosine = v128.load32_splat(COSINES + index * step);
        const sine = v128.load32_splat(SINES + index * step);
        const real = v128.load(REAL + other);
        const imaginary = v128.load(IMAGINARY + other);
        const turnedReal = f32x4.add(f32x4.mul(real, cosine), f32x4.mul(imaginary, sine));
        const turnedImaginary = f32x4.sub(f32x4.mul(imaginary, cosine), f32x4.mul(real, sine));
        const oneReal = v128.load(REAL + one);
        const oneImaginary = v128.load(IMAGINARY + one);
        v128.store(REAL + other, f32x4.sub(oneReal, turnedReal));
        v128.store(IMAGINARY + other, f32x4.sub(oneImaginary, turnedImaginary));
        v128.store(REAL + one, f32x4.add(oneReal, turnedReal));
        v128.store(IMAGINARY + one, f32x4.add(oneImaginary, turnedImaginary));
      }
    }
  }
}

/** From the transform of 128 complex numbers, the magnitudes of that of 256 real ones. */
function takeApart(): void {
  const half = f32x4.splat(0.5);
  const real0 = v128.load(REAL);
  const imaginary0 = v128.load(IMAGINARY);
  v128.store(SPECTRA, f32x4.abs(f32x4.add(real0, imaginary0)));
  v128.store(SPECTRA + 16 * HALF, f32x4.abs(f32x4.sub(real0, imaginary0)));
  for (let bin: i32 = 1; bin < HALF; bin++) {
    const here: usize = 16 * bin;
    const mirrored: usize = 16 * (HALF - bin);
    const real = v128.load(REAL + here);
    const imaginary = v128.load(IMAGINARY + here);
    const mirroredReal = v128.load(REAL + mirrored);
    const mirroredImaginary = v128.load(IMAGINARY + mirrored);
    const evenReal = f32x4.mul(half, f32x4.add(real, mirroredReal));
    const evenImaginary = f32x4.mul(half, f32x4.sub(imaginary, mirroredImaginary));
    const oddReal = f32x4.mul(half, f32x4.add(imaginary, mirroredImaginary));
    const oddImaginary = f32x4.mul(half, f32x4.sub(mirroredReal, real));
    const cosine = v128.load32_splat(COSINES + 4 * bin);
    const sine = v128.load32_splat(SINES + 4 * bin);
    const sumReal = f32x4.add(evenReal, f32x4.add(f32x4.mul(cosine, oddReal), f32x4.mul(sine, oddImaginary)));
    const sumImaginary = f32x4.add(evenImaginary, f32x4.sub(f32x4.mul(cosine, oddImaginary), f32x4.mul(sine, oddReal)));
    const power = f32x4.add(f32x4.mul(sumReal, sumReal), f32x4.mul(sumImaginary, sumImaginary));
    v128.store(SPECTRA + here, f32x4.sqrt(power));
  }
}
