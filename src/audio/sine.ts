/** A sine, as it is measured against a stream of samples. */
export interface Sine {
  readonly amplitude: number;
  /** Angle at sample 0, in radians: the sine is `amplitude * sin(2π f t + phaseRadians)`. */
  readonly phaseRadians: number;
  /** Root mean square of everything that is not the sine: noise, distortion, aliases, offset. */
  readonly residualRms: number;
}

/** Makes `samples` samples of a sine of `frequencyHz` at `sampleRate`; a test tone. */
export function makeSine(frequencyHz: number, sampleRate: number, samples: number, amplitude = 0.5): Float32Array {
  const step = (2 * Math.PI * frequencyHz) / sampleRate;
  return Float32Array.from({ length: samples }, (_, index) => amplitude * Math.sin(step * index));
}

/** Finds the sine of `frequencyHz` that is nearest to `samples` by least squares, and what it leaves over. */
export function fitSine(samples: Float32Array, frequencyHz: number, sampleRate: number): Sine {
  const step = (2 * Math.PI * frequencyHz) / sampleRate;
  let sinSin = 0;
  let sinCos = 0;
  let cosCos = 0;
  let sinSample = 0;
  let cosSample = 0;
  for (let index = 0; index < samples.length; index++) {
    const sin = Math.sin(step * index);
    const cos = Math.cos(step * index);
    sinSin += sin * sin;
    sinCos += sin * cos;
    cosCos += cos * cos;
    sinSample += sin * samples[index]!;
    cosSample += cos * samples[index]!;
  }
  const determinant = sinSin * cosCos - sinCos * sinCos;
  const inPhase = (sinSample * cosCos - cosSample * sinCos) / determinant;
  const quadrature = (cosSample * sinSin - sinSample * sinCos) / determinant;
  let residual = 0;
  for (let index = 0; index < samples.length; index++) {
    const error = samples[index]! - inPhase * Math.sin(step * index) - quadrature * Math.cos(step * index);
    residual += error * error;
  }
  return {
    amplitude: Math.hypot(inPhase, quadrature),
    phaseRadians: Math.atan2(quadrature, inPhase),
    residualRms: Math.sqrt(residual / samples.length),
  };
}

/** Signal to noise and distortion of a fitted sine, in dB. */
export function sinadDb(sine: Sine): number {
  return 20 * Math.log10(sine.amplitude / Math.SQRT2 / sine.residualRms);
}
