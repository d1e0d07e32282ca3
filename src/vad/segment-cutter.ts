import { FRAME_SAMPLES, msToSamples, samplesToMs } from "../audio/units.ts";
import { detectorSettings, SpeechDetector, type SpeechDetectorOptions } from "./speech-detector.ts";

/** A stretch of speech. Times in ms from the beginning of the recording or stream. */
export interface SpeechSegment {
  /** First window of speech. */
  readonly startMs: number;
  /** Where speech ended, as dated by the detector. */
  readonly endMs: number;
  /** The sound, mono at 16 kHz, -1..1: from `audioStartMs` to `endMs`. */
  readonly audio: Float32Array;
  /** Where `audio` begins: up to `prefixPaddingMs` before `startMs`. */
  readonly audioStartMs: number;
}

/** How stretches of speech are cut out. */
export interface SegmentOptions {
  /** How much of what came before the speech is part of the segment's audio, in ms, 0..10000. @defaultValue 500 */
  readonly prefixPaddingMs?: number;
  /** Speech that goes on longer is handed out in pieces of this length, in ms, 1000..600000. @defaultValue 60000 */
  readonly maxSegmentMs?: number;
}

interface Kept {
  readonly startSample: number;
  readonly samples: Float32Array;
}

/** Cuts stretches of speech out of judged frames. Pure. */
export class SegmentCutter {
  readonly #detector: SpeechDetector;
  readonly #prefixSamples: number;
  readonly #maxSamples: number;
  /** How long before its decision the detector may date the beginning of speech. */
  readonly #lookBackSamples: number;
  readonly #kept: Kept[] = [];
  #startSample: number | undefined;
  #endSample = 0;

  /** @throws RangeError if an option is out of its range. */
  constructor(detector: SpeechDetectorOptions, { prefixPaddingMs = 500, maxSegmentMs = 60_000 }: SegmentOptions = {}) {
    if (!(prefixPaddingMs >= 0 && prefixPaddingMs <= 10_000)) {
      throw new RangeError(`prefixPaddingMs must be in [0, 10000] ms, got ${prefixPaddingMs}`);
    }
    if (!(maxSegmentMs >= 1_000 && maxSegmentMs <= 600_000)) {
      throw new RangeError(`maxSegmentMs must be in [1000, 600000] ms, got ${maxSegmentMs}`);
    }
    this.#detector = new SpeechDetector(detector);
    this.#prefixSamples = msToSamples(prefixPaddingMs);
    this.#maxSamples = msToSamples(maxSegmentMs);
    this.#lookBackSamples = detectorSettings(detector).minSpeechSamples + FRAME_SAMPLES;
  }

  /** Takes the next frame (kept, not copied) and its raw probability; gives the segment that it completed, if any. */
  push(samples: Float32Array, probability: number): SpeechSegment | undefined {
    const startSample = this.#endSample;
    this.#endSample += samples.length;
    this.#kept.push({ startSample, samples });
    const change = this.#detector.push(startSample, this.#endSample, probability);
    if (change?.type === "speech-started") this.#startSample = change.startSample;
    if (change?.type === "speech-ended") return this.#cut(change.endSample);
    if (this.#startSample === undefined) this.#forget(this.#endSample - this.#prefixSamples - this.#lookBackSamples);
    else if (this.#endSample - this.#startSample >= this.#maxSamples) {
      const piece = this.#cut(this.#endSample);
      this.#startSample = this.#endSample; // the speech goes on
      return piece;
    }
    return undefined;
  }

  /** Ends the recording; gives the segment that was under way, if any. */
  finish(): SpeechSegment | undefined {
    return this.#startSample === undefined ? undefined : this.#cut(this.#endSample);
  }

  #cut(endSample: number): SpeechSegment | undefined {
    const startSample = this.#startSample;
    this.#startSample = undefined;
    // The detector dates an end back: it may lie before the beginning of the newest piece of a long segment.
    if (startSample === undefined || endSample <= startSample) return undefined;
    const audioStart = Math.max(startSample - this.#prefixSamples, this.#kept[0]?.startSample ?? 0);
    const audio = new Float32Array(Math.max(0, endSample - audioStart));
    for (const { startSample: at, samples } of this.#kept) {
      const from = Math.max(0, audioStart - at);
      const to = Math.min(samples.length, endSample - at);
      if (from < to) audio.set(samples.subarray(from, to), at + from - audioStart);
    }
    this.#forget(endSample);
    return {
      startMs: samplesToMs(startSample),
      endMs: samplesToMs(endSample),
      audio,
      audioStartMs: samplesToMs(audioStart),
    };
  }

  #forget(beforeSample: number): void {
    while (this.#kept[0] && this.#kept[0].startSample + this.#kept[0].samples.length <= beforeSample)
      this.#kept.shift();
  }
}
