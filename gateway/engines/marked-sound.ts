/*
 * Sound whose every sample tells when it was captured. A pair of samples carries the index of the pair, 26 bits, and
 * whether it is speech:
 *
 *   even sample    1 + (13 bits | speech << 13), always positive
 *   odd sample   −(1 + (13 bits | speech << 13)), always negative
 *
 * The two halves are scrambled into each other (two rounds of a Feistel cipher), so that both change at any jump. No
 * sample is 0: that is silence made up on the way.
 */
const HALF_BITS = 13;
const HALF_MASK = 2 ** HALF_BITS - 1;
const SPEECH = 1 << HALF_BITS;

/** One past the last index that can be written: 2.3 h at 16 kHz. */
export const MAX_MARKED_SAMPLES = 2 ** (2 * HALF_BITS + 1);

/** A run of received samples that follow one another in captured time, all speech or all not. */
export interface MarkedStretch {
  /** Capture index of the first sample; absent where the samples are zeros. */
  readonly captureStart?: number;
  readonly isSpeech: boolean;
  readonly length: number;
}

/** Samples captured from `startSample` on, each with its mark. */
export function markSound(startSample: number, length: number, isSpeech: (sample: number) => boolean): Int16Array {
  const sound = new Int16Array(length);
  for (let index = 0; index < length; index++) {
    const sample = startSample + index;
    sound[index] = markOf(sample, isSpeech(sample));
  }
  return sound;
}

/** Reads marked sound chunk by chunk. Within a chunk, too, captured time may jump. */
export class MarkReader {
  #nextSample = 0;
  #garbledSamples = 0;

  /** Samples so far that bear no mark, or one that its neighbour contradicts. */
  get garbledSamples(): number {
    return this.#garbledSamples;
  }

  /** The stretches of the next chunk, as long as they can be. */
  read(chunk: Int16Array): MarkedStretch[] {
    const stretches: { captureStart?: number; isSpeech: boolean; length: number }[] = [];
    for (let at = 0; at < chunk.length;) {
      const start = at;
      if (chunk[at] === 0) {
        while (at < chunk.length && chunk[at] === 0) at += 1;
        stretches.push({ isSpeech: false, length: at - start });
        continue;
      }
      // One sample alone could fit by chance, so a chunk's first stretch is read anew and not taken to go on.
      let sample = indexAt(chunk, at) ?? this.#nextSample;
      const isSpeech = ((Math.abs(chunk[at]!) - 1) & SPEECH) !== 0;
      while (at < chunk.length && chunk[at] === markOf(sample, isSpeech)) {
        at += 1;
        sample += 1;
      }
      if (at === start) {
        this.#garbledSamples += 1;
        at += 1;
        continue;
      }
      const length = at - start;
      stretches.push({ captureStart: sample - length, isSpeech, length });
      this.#nextSample = sample;
    }
    return stretches;
  }
}

function markOf(sample: number, isSpeech: boolean): number {
  const pair = sample >>> 1;
  const low = pair & HALF_MASK;
  const high = (pair >>> HALF_BITS) ^ scramble(low);
  const value = sample % 2 === 0 ? low ^ scramble(high) : high;
  const marked = 1 + (value | (isSpeech ? SPEECH : 0));
  return sample % 2 === 0 ? marked : -marked;
}

/** The index of the sample at `at`, from the nearest pair that follows; `undefined` where the chunk ends before it. */
function indexAt(chunk: Int16Array, at: number): number | undefined {
  const isOdd = chunk[at]! < 0;
  const even = chunk[isOdd ? at + 1 : at];
  const odd = chunk[isOdd ? at + 2 : at + 1];
  if (even === undefined || odd === undefined) return undefined;
  const high = (-odd - 1) & HALF_MASK;
  const low = ((even - 1) & HALF_MASK) ^ scramble(high);
  const pair = ((high ^ scramble(low)) << HALF_BITS) | low;
  return pair * 2 - (isOdd ? 1 : 0);
}

function scramble(half: number): number {
  return (Math.imul(half + 1, 0x9e3779b1) >>> 15) & HALF_MASK;
}
