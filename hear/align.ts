/** A stretch of captured audio and its place on the capture clock. */
export interface Stretch {
  readonly startMs: number;
  readonly samples: Float32Array;
}

/** How far apart file and capture may be. */
const REACH_MS = 3_000;
/** Coarse search on every n-th sample of a smoothed signal; then to the sample around the best. */
const COARSE_STEP = 16;
/** How far the coarse search may err: by two periods of a low voice. */
const FINE_REACH_MS = 25;

/**
 * Where the file begins on the capture clock, in ms: the lag at which captured audio and file correlate best.
 * `undefined` if nothing was captured, or nothing correlates (below 0.3).
 */
export function findOffset(stretches: readonly Stretch[], file: Float32Array, sampleRate: number): number | undefined {
  const captured = joined(stretches, sampleRate);
  if (captured.samples.length === 0) return undefined;
  const reach = Math.round((REACH_MS / 1000) * sampleRate);
  const coarse = bestLag(
    thinned(captured.samples),
    thinned(file),
    captured.start / COARSE_STEP,
    reach / COARSE_STEP,
    0,
  );
  const fine = bestLag(
    captured.samples,
    file,
    captured.start,
    (FINE_REACH_MS / 1000) * sampleRate,
    coarse.lag * COARSE_STEP,
  );
  return fine.correlation < 0.3 ? undefined : (fine.lag * 1000) / sampleRate;
}

/** All stretches as one signal with silence between, and where it starts, in samples of the capture clock. */
function joined(stretches: readonly Stretch[], rate: number): { start: number; samples: Float32Array } {
  const at = stretches.map(({ startMs }) => Math.round((startMs * rate) / 1000));
  const start = Math.min(...at);
  const end = Math.max(0, ...stretches.map(({ samples }, index) => at[index]! + samples.length));
  const whole = new Float32Array(Math.max(0, stretches.length === 0 ? 0 : end - start));
  stretches.forEach(({ samples }, index) => whole.set(samples, at[index]! - start));
  return { start: stretches.length === 0 ? 0 : start, samples: whole };
}

/** The lag within `reach` of `around` at which captured[i] fits file[start + i - lag] best. What does not overlap counts as silence. */
function bestLag(
  captured: Float32Array,
  file: Float32Array,
  start: number,
  reach: number,
  around: number,
): { readonly lag: number; readonly correlation: number } {
  const scale = 1 / Math.sqrt(energy(captured) * energy(file) || 1);
  let best = { lag: around, correlation: -1 };
  for (let lag = around - Math.ceil(reach); lag <= around + reach; lag++) {
    const shift = Math.round(start) - lag;
    const end = Math.min(captured.length, file.length - shift);
    let product = 0;
    for (let index = Math.max(0, -shift); index < end; index++) product += captured[index]! * file[index + shift]!;
    if (product * scale > best.correlation) best = { lag, correlation: product * scale };
  }
  return best;
}

function energy(samples: Float32Array): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0);
}

/** The loudness of each `COARSE_STEP` samples, with its mean taken off: a shape that survives thinning. */
function thinned(samples: Float32Array): Float32Array {
  const thin = new Float32Array(Math.floor(samples.length / COARSE_STEP));
  let sum = 0;
  for (let index = 0; index < thin.length; index++) {
    let loudness = 0;
    for (let offset = 0; offset < COARSE_STEP; offset++) loudness += Math.abs(samples[index * COARSE_STEP + offset]!);
    thin[index] = loudness;
    sum += loudness;
  }
  return thin.map((value) => value - sum / thin.length);
}
