import { CAPTURE_RATE, msToSamples } from "../../audio/units.ts";
import { LoudnessTrack } from "./loudness-track.ts";
import { requireInRange } from "./require-in-range.ts";

/** How the speaker nearest to the microphone is told from others. The defaults are those of LiveKit Agents. */
export interface PrimarySpeakerOptions {
  /** Length of the frames whose loudness is measured, in ms, 10..1000. @defaultValue 100 */
  readonly frameMs?: number;
  /** How much heard audio is remembered, in ms, 1000..600000. @defaultValue 120000 */
  readonly memoryMs?: number;
  /** Texts over fewer frames than this are no evidence; a whole number in 1..1000. @defaultValue 3 */
  readonly minFrames?: number;
  /** Weight of a speaker's past loudness, in [0, 1]. More changes slower. @defaultValue 0.5 */
  readonly smoothing?: number;
  /** How many times as loud as the primary speaker another must be to take over, in 0..100. @defaultValue 1.3 */
  readonly thresholdMultiplier?: number;
  /** How long a primary speaker has to be silent for the multiplier to fall to 1, in ms, 1..3600000. @defaultValue 60000 */
  readonly decayToEqualMs?: number;
  /** As low as the multiplier falls, in 0..100. @defaultValue 0.5 */
  readonly minMultiplier?: number;
}

interface Speaker {
  rms: number;
  lastSample: number;
}

/** Finds out who speaks nearest to the microphone: the first speaker, until another is clearly louder. Pure. */
export class PrimarySpeaker {
  readonly #options: Required<PrimarySpeakerOptions>;
  readonly #track: LoudnessTrack;
  readonly #speakers = new Map<string, Speaker>();
  #id: string | undefined;
  #nowSample = 0;

  /** @throws RangeError if an option is out of its range. */
  constructor(options: Required<PrimarySpeakerOptions>) {
    this.#options = options;
    const { frameMs, memoryMs } = options;
    this.#track = new LoudnessTrack(msToSamples(frameMs), Math.ceil(memoryMs / frameMs));
  }

  /** Who it is; `undefined` before the first evidence. */
  get id(): string | undefined {
    return this.#id;
  }

  /** Takes the next chunk of what the recogniser hears. */
  push(startSample: number, samples: Float32Array): void {
    this.#track.push(startSample, samples);
    this.advance(startSample + samples.length);
  }

  /** The clock has moved on. */
  advance(nowSample: number): void {
    this.#nowSample = Math.max(this.#nowSample, nowSample);
  }

  /** A final text of this speaker came. */
  heard(speakerId: string, startSample: number, endSample: number): void {
    const { minFrames, smoothing } = this.#options;
    const rms = this.#track.medianWithin(startSample, endSample, minFrames);
    if (rms === undefined) return;
    const past = this.#speakers.get(speakerId)?.rms ?? rms;
    const speaker = { rms: past * smoothing + rms * (1 - smoothing), lastSample: endSample };
    this.#speakers.set(speakerId, speaker);
    const primary = this.#id === undefined ? undefined : this.#speakers.get(this.#id);
    if (!primary || (primary !== speaker && rms > primary.rms * this.#multiplier(primary))) this.#id = speakerId;
  }

  /** A primary speaker who is silent for long is easier to follow. */
  #multiplier({ lastSample }: Speaker): number {
    const { thresholdMultiplier, decayToEqualMs, minMultiplier } = this.#options;
    const silentMs = (this.#nowSample - lastSample) / (CAPTURE_RATE / 1_000);
    const decay = Math.max(0, thresholdMultiplier - 1) / decayToEqualMs;
    return Math.max(thresholdMultiplier - decay * silentMs, minMultiplier);
  }
}

/**
 * Checks options and fills in what is missing.
 *
 * @throws RangeError naming the option, the rule and the value.
 */
export function primarySpeakerSettings(options: PrimarySpeakerOptions = {}): Required<PrimarySpeakerOptions> {
  const settings = {
    frameMs: 100,
    memoryMs: 120_000,
    minFrames: 3,
    smoothing: 0.5,
    thresholdMultiplier: 1.3,
    decayToEqualMs: 60_000,
    minMultiplier: 0.5,
    ...options,
  };
  requireInRange("primarySpeaker.frameMs", settings.frameMs, 10, 1_000, "ms");
  requireInRange("primarySpeaker.memoryMs", settings.memoryMs, 1_000, 600_000, "ms");
  requireInRange("primarySpeaker.minFrames", settings.minFrames, 1, 1_000);
  requireInRange("primarySpeaker.smoothing", settings.smoothing, 0, 1);
  requireInRange("primarySpeaker.thresholdMultiplier", settings.thresholdMultiplier, 0, 100);
  requireInRange("primarySpeaker.decayToEqualMs", settings.decayToEqualMs, 1, 3_600_000, "ms");
  requireInRange("primarySpeaker.minMultiplier", settings.minMultiplier, 0, 100);
  return settings;
}
