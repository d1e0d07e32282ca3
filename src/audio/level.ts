/** The level reported for digital silence, in dBFS: lower than any microphone's noise. */
export const MIN_LEVEL_DB = -100;

/**
 * Measures the loudness of `samples` (mono, -1..1) as root mean square, in dB relative to full scale.
 *
 * A constant 1 is 0 dBFS, a full-scale sine -3.01 dBFS. Silence, nothing at all and NaN read {@link MIN_LEVEL_DB}.
 */
export function rmsDbfs(samples: Float32Array): number {
  let energy = 0;
  for (let index = 0; index < samples.length; index++) energy += samples[index]! * samples[index]!;
  const levelDb = 10 * Math.log10(energy / samples.length);
  return levelDb > MIN_LEVEL_DB ? levelDb : MIN_LEVEL_DB;
}
