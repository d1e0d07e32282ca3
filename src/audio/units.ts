/** The rate of the capture clock and of everything a speech model hears, in Hz. */
export const CAPTURE_RATE = 16_000;

/** Samples in one frame: 32 ms at {@link CAPTURE_RATE}, the step of the Silero VAD. */
export const FRAME_SAMPLES = 512;

const SAMPLES_PER_MS = CAPTURE_RATE / 1_000;

/** Turns a duration or time in ms into samples of the capture clock, rounded to the nearest. */
export function msToSamples(ms: number): number {
  return Math.round(ms * SAMPLES_PER_MS);
}

/** Turns samples of the capture clock into ms; a sample is 0.0625 ms, so the result may have a fraction. */
export function samplesToMs(samples: number): number {
  return samples / SAMPLES_PER_MS;
}
