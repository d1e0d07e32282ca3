/** Lowest level that is told apart from silence, in dBFS: below it lies the noise of 16-bit recording itself. */
const SILENCE_DB = -72;
/** What the room is taken for until it has been heard for a while, in dBFS: speech may begin with the first sample. */
const ASSUMED_FLOOR_DB = -50;
/** Speech is at least this much louder than the quietest moment of late. */
const ABOVE_FLOOR_DB = 10;
/** Once something loud was heard, speech is at most this much softer. */
const BELOW_PEAK_DB = 25;
/** How fast a peak is forgotten: 6 dB/s, so that a soft speaker is heard after a slammed door. */
const PEAK_FALL_DB_PER_BLOCK = 0.06;
/** Levels are averaged over this many blocks. */
const SMOOTHED_BLOCKS = 3;
/** The floor is the minimum of this many stretches of half a second: longer than speech goes without a dip. */
const FLOOR_STRETCHES = 6;
const STRETCH_BLOCKS = 50;
/** The assumption is dropped after this many stretches: 1 s. */
const ASSUMED_STRETCHES = 2;

/**
 * Tells loud blocks of 10 ms from quiet ones, against a noise floor that follows the room (minimum statistics).
 * @see https://doi.org/10.1109/89.928915 Martin (2001), where the idea comes from.
 */
export class Loudness {
  readonly #energies = new Float64Array(SMOOTHED_BLOCKS);
  readonly #minima = new Float64Array(FLOOR_STRETCHES).fill(Infinity);
  #blocks = 0;
  #peakDb = SILENCE_DB;

  constructor() {
    // Stands in the place of the first stretch that does without it.
    this.#minima[ASSUMED_STRETCHES] = ASSUMED_FLOOR_DB;
  }

  /** Takes the next block and says whether it is loud enough for speech. */
  isLoud(block: Int16Array): boolean {
    this.#energies[this.#blocks % SMOOTHED_BLOCKS] = meanSquare(block);
    const stretch = Math.floor(this.#blocks / STRETCH_BLOCKS) % FLOOR_STRETCHES;
    const beginsStretch = this.#blocks % STRETCH_BLOCKS === 0 && this.#blocks > 0;
    this.#blocks++;

    const known = Math.min(this.#blocks, SMOOTHED_BLOCKS);
    const energy = this.#energies.reduce((sum, value) => sum + value, 0) / known;
    const levelDb = Math.max(SILENCE_DB, 10 * Math.log10(energy));
    this.#minima[stretch] = beginsStretch ? levelDb : Math.min(this.#minima[stretch] ?? levelDb, levelDb);
    this.#peakDb = Math.max(levelDb, this.#peakDb - PEAK_FALL_DB_PER_BLOCK);
    return levelDb > Math.max(Math.min(...this.#minima) + ABOVE_FLOOR_DB, this.#peakDb - BELOW_PEAK_DB);
  }
}

/** Mean power relative to full scale, without the block's own mean: a microphone's offset is not sound. */
function meanSquare(block: Int16Array): number {
  let sum = 0;
  let squares = 0;
  for (const sample of block) {
    sum += sample;
    squares += sample * sample;
  }
  const mean = sum / block.length;
  return (squares / block.length - mean * mean) / 32_768 ** 2;
}
