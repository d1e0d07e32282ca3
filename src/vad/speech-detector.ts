import { FRAME_SAMPLES, msToSamples } from "../audio/units.ts";

/*
 *   silent ──loud──▶ (loud for minSpeech) ──▶ speaking ──quiet──▶ (quiet for minSilence) ──▶ silent
 *
 * Loud while silent: filtered probability ≥ activation. Quiet while speaking: filtered probability ≤ deactivation.
 */

/** When speech begins and ends. The meanings and defaults are those of LiveKit Agents' Silero plugin. */
export interface SpeechDetectorOptions {
  /** Probability at which speech may begin, in (0, 1]. Higher misses soft speech; lower opens on noise. @defaultValue 0.5 */
  readonly activation?: number;
  /**
   * Probability at or below which a frame counts as silence while speaking, in [0, activation]. Lower bridges more of
   * a soft ending. @defaultValue activation − 0.15, at least 0.01
   */
  readonly deactivation?: number;
  /** How long it must be loud before speech has begun, in ms, rounded up to frames of 32 ms. More ignores clicks; less answers sooner. @defaultValue 50 */
  readonly minSpeechMs?: number;
  /** How long it must be quiet before speech has ended, in ms, rounded up to frames of 32 ms. Less answers sooner but cuts pauses. @defaultValue 550 */
  readonly minSilenceMs?: number;
}

/** {@link SpeechDetectorOptions} checked, completed and in samples. */
export interface DetectorSettings {
  readonly activation: number;
  readonly deactivation: number;
  readonly minSpeechSamples: number;
  readonly minSilenceSamples: number;
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws RangeError naming the option, the rule and the value.
 */
export function detectorSettings(options: SpeechDetectorOptions = {}): DetectorSettings {
  const { activation = 0.5, minSpeechMs = 50, minSilenceMs = 550 } = options;
  if (!(activation > 0 && activation <= 1)) throw new RangeError(`vad.activation must be in (0, 1], got ${activation}`);
  const deactivation = options.deactivation ?? Math.max(activation - 0.15, 0.01);
  if (!(deactivation > 0 && deactivation <= activation)) {
    throw new RangeError(
      `vad.deactivation must be in (0, activation], got ${deactivation} with activation ${activation}`,
    );
  }
  requireDuration("vad.minSpeechMs", minSpeechMs);
  requireDuration("vad.minSilenceMs", minSilenceMs);
  return {
    activation,
    deactivation,
    minSpeechSamples: msToSamples(minSpeechMs),
    minSilenceSamples: msToSamples(minSilenceMs),
  };
}

function requireDuration(path: string, value: number): void {
  if (!(value >= 0 && value <= 60_000)) throw new RangeError(`${path} must be in [0, 60000] ms, got ${value}`);
}

/** Where the detector stands; each state holds its own facts. Sample counts are at 16 kHz. */
export type DetectorState =
  | { readonly kind: "silent"; readonly loudSamples: number }
  | { readonly kind: "speaking"; readonly quietSamples: number };

/** The state before anything was heard. */
export const SILENT: DetectorState = { kind: "silent", loudSamples: 0 };

/** Advances the state by one window of `windowSamples`, judged at the filtered `probability` in [0, 1]. */
export function stepDetector(
  state: DetectorState,
  probability: number,
  settings: DetectorSettings,
  windowSamples = FRAME_SAMPLES,
): DetectorState {
  if (state.kind === "silent") {
    const loudSamples = probability >= settings.activation ? state.loudSamples + windowSamples : 0;
    return loudSamples > 0 && loudSamples >= settings.minSpeechSamples
      ? { kind: "speaking", quietSamples: 0 }
      : { kind: "silent", loudSamples };
  }
  const quietSamples = probability > settings.deactivation ? 0 : state.quietSamples + windowSamples;
  return quietSamples > 0 && quietSamples >= settings.minSilenceSamples ? SILENT : { kind: "speaking", quietSamples };
}

/** Weight of the past in the exponential filter over probabilities (LiveKit Agents). */
const FILTER_WEIGHT = 0.35;

/** One step of the filter; the first probability sets its value. Raw .1 .9 .9 .9 becomes .1 .62 .802 .8657. */
export function filterProbability(past: number | undefined, probability: number): number {
  return past === undefined ? probability : FILTER_WEIGHT * past + (1 - FILTER_WEIGHT) * probability;
}

/** What a frame changed. Samples are of the capture clock; `atSample` is the end of the frame that decided it. */
export type SpeechChange =
  | { readonly type: "speech-started"; readonly startSample: number; readonly atSample: number }
  | { readonly type: "speech-ended"; readonly endSample: number; readonly atSample: number };

/** Turns the probabilities of consecutive frames into beginnings and ends of speech. Pure. */
export class SpeechDetector {
  readonly #settings: DetectorSettings;
  #state: DetectorState = SILENT;
  #filtered: number | undefined;

  /** @throws RangeError if an option is out of its range. */
  constructor(options: SpeechDetectorOptions = {}) {
    this.#settings = detectorSettings(options);
  }

  /** The filtered probability of the newest frame, in [0, 1]; 0 before the first. */
  get probability(): number {
    return this.#filtered ?? 0;
  }

  /** True between `speech-started` and `speech-ended`. */
  get isSpeaking(): boolean {
    return this.#state.kind === "speaking";
  }

  /** Judges the frame at `[startSample, endSample)`, whose raw probability the model gave; tells what changed, if anything. */
  push(startSample: number, endSample: number, probability: number): SpeechChange | undefined {
    const before = this.#state;
    this.#filtered = filterProbability(this.#filtered, probability);
    this.#state = stepDetector(before, this.#filtered, this.#settings, endSample - startSample);
    if (before.kind === "silent" && this.#state.kind === "speaking") {
      return { type: "speech-started", startSample: startSample - before.loudSamples, atSample: endSample };
    }
    if (before.kind === "speaking" && this.#state.kind === "silent") {
      return { type: "speech-ended", endSample: startSample - before.quietSamples, atSample: endSample };
    }
    return undefined;
  }

  /** Forgets everything, as after a gap. Speech that was going on ends at `atSample`. */
  reset(atSample: number): SpeechChange | undefined {
    const before = this.#state;
    this.#state = SILENT;
    this.#filtered = undefined;
    return before.kind === "speaking"
      ? { type: "speech-ended", endSample: Math.max(0, atSample - before.quietSamples), atSample }
      : undefined;
  }
}
