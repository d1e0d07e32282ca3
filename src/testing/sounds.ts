import { rmsDbfs } from "../audio/level.ts";
import { makeSine } from "../audio/sine.ts";
import { CAPTURE_RATE } from "../audio/units.ts";
import { randomNumbers } from "./random.ts";
import { SyntheticVoice } from "./synthetic-voice.ts";

/** What every sound has. */
export interface SoundOptions {
  /** Length in ms, 0..3600000, rounded to whole samples. */
  readonly durationMs: number;
  /** In Hz, 8000..192000. @defaultValue 16000 */
  readonly sampleRate?: number;
}

/** A tone to make. */
export interface ToneOptions extends SoundOptions {
  /** Above 0 and below half the rate. @defaultValue 440 */
  readonly frequencyHz?: number;
  /** Loudness as root mean square in dBFS, -100..-3.02: above, a sine does not fit. @defaultValue -20 */
  readonly levelDb?: number;
}

/** A noise to make. */
export interface NoiseOptions extends SoundOptions {
  /** Any integer: another one is another noise. @defaultValue 1 */
  readonly seed?: number;
  /** Loudness as root mean square in dBFS, -100..-5. More drowns speech. @defaultValue -50, a quiet room */
  readonly levelDb?: number;
}

/** Speech to make. */
export interface SpeechOptions extends SoundOptions {
  /** Any integer: another one says something else. @defaultValue 1 */
  readonly seed?: number;
  /** Height of the voice in Hz, 60..400. @defaultValue 120, a man's; a woman's is about 200 */
  readonly pitchHz?: number;
  /** Loudness as root mean square in dBFS, -80..-15; the peaks of loud speech are cut off. @defaultValue -25 */
  readonly levelDb?: number;
}

const FADE_MS = 10;

/**
 * A sine: mono, -1..1.
 *
 * @throws RangeError naming the option, the rule and the value.
 */
export function tone(options: ToneOptions): Float32Array {
  const { frequencyHz = 440, levelDb = -20, sampleRate = CAPTURE_RATE } = options;
  const length = lengthOf("tone", options);
  requireRange("tone.levelDb", levelDb, -100, -3.02);
  if (!(frequencyHz > 0 && frequencyHz < sampleRate / 2)) {
    throw new RangeError(`tone.frequencyHz must be in (0, ${sampleRate / 2}), got ${frequencyHz}`);
  }
  return makeSine(frequencyHz, sampleRate, length, Math.SQRT2 * 10 ** (levelDb / 20));
}

/**
 * Digital silence.
 *
 * @param durationMs Length in ms, 0..3600000.
 * @param sampleRate In Hz, 8000..192000; 16000 if left out.
 * @throws RangeError naming the option, the rule and the value.
 */
export function silence(durationMs: number, sampleRate: number = CAPTURE_RATE): Float32Array {
  return new Float32Array(lengthOf("silence", { durationMs, sampleRate }));
}

/**
 * White noise, the same for the same seed: mono, -1..1.
 *
 * @throws RangeError naming the option, the rule and the value.
 */
export function noise(options: NoiseOptions): Float32Array {
  const { seed = 1, levelDb = -50 } = options;
  const length = lengthOf("noise", options);
  requireRange("noise.levelDb", levelDb, -100, -5);
  requireInteger("noise.seed", seed);
  const random = randomNumbers(seed);
  const peak = Math.sqrt(3) * 10 ** (levelDb / 20);
  return Float32Array.from({ length }, () => peak * (2 * random() - 1));
}

/**
 * Something that sounds like a person speaking, without words, the same for the same seed: mono, -1..1. It lasts from
 * the first to the last sample without a pause, and any detector of speech should say so; no recogniser will make sense
 * of it.
 *
 * @throws RangeError naming the option, the rule and the value.
 */
export function speech(options: SpeechOptions): Float32Array {
  const { seed = 1, pitchHz = 120, levelDb = -25, sampleRate = CAPTURE_RATE } = options;
  const length = lengthOf("speech", options);
  requireRange("speech.sampleRate", sampleRate, CAPTURE_RATE, 192_000); // a voice reaches up to 8 kHz
  requireRange("speech.pitchHz", pitchHz, 60, 400);
  requireRange("speech.levelDb", levelDb, -80, -15);
  requireInteger("speech.seed", seed);
  const spoken = new SyntheticVoice(sampleRate, pitchHz, seed).speak(length);
  const gain = 10 ** ((levelDb - rmsDbfs(spoken)) / 20);
  const fadeSamples = (FADE_MS * sampleRate) / 1_000;
  return spoken.map((sample, index) => {
    const fade = Math.min(1, index / fadeSamples, (length - index) / fadeSamples);
    return Math.max(-1, Math.min(1, fade * gain * sample));
  });
}

/** One sound after another; all of one rate. */
export function concatenate(...sounds: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(sounds.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const sound of sounds) {
    whole.set(sound, at);
    at += sound.length;
  }
  return whole;
}

function lengthOf(sound: string, { durationMs, sampleRate = CAPTURE_RATE }: SoundOptions): number {
  requireRange(`${sound}.durationMs`, durationMs, 0, 3_600_000);
  requireRange(`${sound}.sampleRate`, sampleRate, 8_000, 192_000);
  return Math.round((durationMs * sampleRate) / 1_000);
}

function requireRange(path: string, value: number, min: number, max: number): void {
  if (!(value >= min && value <= max)) throw new RangeError(`${path} must be in [${min}, ${max}], got ${value}`);
}

function requireInteger(path: string, value: number): void {
  if (!Number.isInteger(value)) throw new RangeError(`${path} must be a whole number, got ${value}`);
}
