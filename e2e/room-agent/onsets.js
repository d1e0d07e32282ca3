/** Louder than this is speech, RMS of full scale: -40 dBFS. */
const LOUD = 328;
/** Shorter pauses are part of what is said. */
const MIN_PAUSE_MS = 400;

/** Finds where somebody begins to speak after a pause, in sound that comes piece by piece. */
export class Onsets {
  #minPauseSamples;
  #quietSamples = Infinity;

  constructor(sampleRate) {
    this.#minPauseSamples = (MIN_PAUSE_MS * sampleRate) / 1_000;
  }

  /** Whether they do in this piece: mono, 16 bits. */
  push(samples) {
    let energy = 0;
    for (const sample of samples) energy += sample * sample;
    if (energy < samples.length * LOUD ** 2) {
      this.#quietSamples += samples.length;
      return false;
    }
    const isOnset = this.#quietSamples >= this.#minPauseSamples;
    this.#quietSamples = 0;
    return isOnset;
  }
}
