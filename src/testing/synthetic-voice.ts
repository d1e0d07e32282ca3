import { randomNumbers } from "./random.ts";

/** Resonances of throat and mouth in a vowel, in Hz: the first three; the others hardly move. */
type Formants = readonly [number, number, number];

/**
 * Vowels that lie far apart, as men say them on average: those of beat, bit, bet, father, bought, put and boot.
 *
 * @see Peterson and Barney, Control methods used in a study of the vowels (1952)
 */
const VOWELS: readonly Formants[] = [
  [270, 2_290, 3_010],
  [390, 1_990, 2_550],
  [530, 1_840, 2_480],
  [730, 1_090, 2_440],
  [570, 840, 2_410],
  [440, 1_020, 2_240],
  [300, 870, 2_240],
];
const UPPER_FORMANTS_HZ = [3_500, 4_500];
const BANDWIDTHS_HZ = [80, 100, 140, 250, 300];
const HISS_BANDWIDTH_HZ = 1_500;
/** How far the mouth opens in a consonant, and at either end of a vowel; 1 is wide open. */
const CLOSED = 0.12;

/** A consonant and a vowel. */
interface Syllable {
  readonly consonantSamples: number;
  readonly vowelSamples: number;
  readonly vowel: Formants;
  /** Where the consonant hisses, if it does. */
  readonly hissHz: number | undefined;
  /** Pitch in the middle of it, relative to its ends. */
  readonly accent: number;
  readonly loudness: number;
}

/**
 * Speaks syllables without a meaning: the pulses of a glottis, through formants that glide from vowel to vowel, with
 * hisses between, five or six a second. As loud as it comes.
 */
export class SyntheticVoice {
  readonly #sampleRate: number;
  readonly #pitchHz: number;
  /** Who has a high voice has a short throat, which sounds higher too. */
  readonly #throat: number;
  readonly #random: () => number;
  readonly #mouth: readonly Resonator[];
  readonly #hiss: Resonator;
  #formants: Formants = [500, 1_500, 2_500];
  #vowel: Formants | undefined;
  /** Where the glottis is between one pulse and the next, in [0, 1). */
  #phase = 0;
  #flow = 0;

  constructor(sampleRate: number, pitchHz: number, seed: number) {
    this.#sampleRate = sampleRate;
    this.#pitchHz = pitchHz;
    this.#throat = (pitchHz / 120) ** 0.25;
    this.#random = randomNumbers(seed);
    this.#mouth = BANDWIDTHS_HZ.map((bandwidthHz) => new Resonator(bandwidthHz, sampleRate));
    this.#hiss = new Resonator(HISS_BANDWIDTH_HZ, sampleRate);
  }

  /** Speaks for so long; the pitch falls from beginning to end, as in a sentence. */
  speak(lengthSamples: number): Float32Array {
    const samples = new Float32Array(lengthSamples);
    for (let start = 0; start < lengthSamples;) {
      const syllable = this.#nextSyllable();
      const end = start + syllable.consonantSamples + syllable.vowelSamples;
      this.#say(syllable, samples.subarray(start, end), this.#pitchHz * (1.15 - (0.3 * start) / lengthSamples));
      start = end;
    }
    return samples;
  }

  #nextSyllable(): Syllable {
    return {
      consonantSamples: Math.round(this.#between(0.03, 0.08) * this.#sampleRate),
      vowelSamples: Math.round(this.#between(0.09, 0.17) * this.#sampleRate),
      vowel: this.#nextVowel(),
      hissHz: this.#random() < 0.5 ? this.#between(3_000, 6_000) : undefined,
      accent: this.#between(0.95, 1.2),
      loudness: this.#between(0.7, 1),
    };
  }

  /** Never the same twice in a row: a mouth that does not move makes a tone. */
  #nextVowel(): Formants {
    const others = VOWELS.filter((vowel) => vowel !== this.#vowel);
    return (this.#vowel = others[Math.floor(this.#between(0, others.length))]!);
  }

  /** The last syllable may be cut off: `samples` is then shorter than it. */
  #say(syllable: Syllable, samples: Float32Array, pitchHz: number): void {
    const { consonantSamples, vowelSamples, hissHz, accent, loudness } = syllable;
    const from = this.#formants;
    for (let index = 0; index < samples.length; index++) {
      const place = index / (consonantSamples + vowelSamples);
      const placeInVowel = (index - consonantSamples) / vowelSamples;
      const opening = placeInVowel < 0 ? CLOSED : Math.sin(Math.PI * (CLOSED + 0.85 * placeInVowel)) ** 0.6;
      const hz = pitchHz * (1 + (accent - 1) * Math.sin(Math.PI * place)) * this.#between(0.99, 1.01);
      this.#formants = between(from, syllable.vowel, (place - 0.05) / 0.45);
      samples[index] = this.#throughMouth(opening * (loudness * this.#pulse(hz) + this.#between(-0.005, 0.005)));
      if (hissHz === undefined || placeInVowel >= 0) continue;
      const breath = this.#between(-0.03, 0.03) * Math.sin((Math.PI * index) / consonantSamples);
      samples[index]! += this.#hiss.step(breath, hissHz);
    }
  }

  /** What the glottis lets through: opens slowly, shuts fast, stays shut (Rosenberg). Its change is what is heard. */
  #pulse(hz: number): number {
    this.#phase = (this.#phase + hz / this.#sampleRate) % 1;
    const before = this.#flow;
    if (this.#phase < 0.4) this.#flow = 0.5 - 0.5 * Math.cos((Math.PI * this.#phase) / 0.4);
    else this.#flow = this.#phase < 0.6 ? Math.cos((Math.PI * (this.#phase - 0.4)) / 0.4) : 0;
    return this.#flow - before;
  }

  #throughMouth(sound: number): number {
    const formants = [...this.#formants, ...UPPER_FORMANTS_HZ];
    return this.#mouth.reduce((heard, resonator, n) => resonator.step(heard, formants[n]! * this.#throat), sound);
  }

  #between(low: number, high: number): number {
    return low + (high - low) * this.#random();
  }
}

/** On the way from one vowel (0) to the next (1). */
function between(from: Formants, to: Formants, place: number): Formants {
  const share = Math.min(1, Math.max(0, place));
  const glide = (n: 0 | 1 | 2): number => from[n] + (to[n] - from[n]) * share;
  return [glide(0), glide(1), glide(2)];
}

/** Two poles: rings at a frequency that may move; passes 0 Hz as it is. */
class Resonator {
  readonly #sampleRate: number;
  readonly #radius: number;
  #last = 0;
  #lastButOne = 0;

  constructor(bandwidthHz: number, sampleRate: number) {
    this.#sampleRate = sampleRate;
    this.#radius = Math.exp((-Math.PI * bandwidthHz) / sampleRate);
  }

  step(input: number, frequencyHz: number): number {
    const one = 2 * this.#radius * Math.cos((2 * Math.PI * frequencyHz) / this.#sampleRate);
    const two = -(this.#radius ** 2);
    const output = (1 - one - two) * input + one * this.#last + two * this.#lastButOne;
    this.#lastButOne = this.#last;
    this.#last = output;
    return output;
  }
}
