import { samplesToMs } from "../audio/units.ts";
import type { SegmentMetrics } from "./events.ts";

/** Times one opening of the gate. Samples are of the capture clock; pure. */
export class SegmentStopwatch {
  /** Where the opening begins, pre-roll included. */
  readonly startSample: number;
  readonly #onsetSample: number | undefined;
  #speechEndSample: number | undefined;
  #firstAudioAt: number | undefined;
  #flushAt: number | undefined;
  #finalAt: number | undefined;
  #sentSamples = 0;

  /** `onsetSample`: first window of the speech that opened the gate, if speech did. */
  constructor(startSample: number, onsetSample: number | undefined) {
    this.startSample = startSample;
    this.#onsetSample = onsetSample;
  }

  /** Audio was handed to the socket. */
  audioSent(nowSample: number, lengthSamples: number): void {
    this.#firstAudioAt ??= nowSample;
    this.#sentSamples += lengthSamples;
  }

  /** Speech ended; what is measured from its end starts anew. */
  speechEnded(atSample: number): void {
    this.#speechEndSample = atSample;
    this.#flushAt = undefined;
    this.#finalAt = undefined;
  }

  /** The flush was handed to the socket. */
  flushSent(nowSample: number): void {
    this.#flushAt ??= nowSample;
  }

  /** A final text came; the first one after the end of speech counts. */
  finalCame(nowSample: number): void {
    if (this.#speechEndSample !== undefined) this.#finalAt ??= nowSample;
  }

  /** The figures. */
  metrics(): SegmentMetrics {
    const firstAudioAfterOnsetMs = between(this.#onsetSample, this.#firstAudioAt);
    const flushAfterSpeechEndMs = between(this.#speechEndSample, this.#flushAt);
    const finalAfterSpeechEndMs = between(this.#speechEndSample, this.#finalAt);
    return {
      ...(firstAudioAfterOnsetMs === undefined ? {} : { firstAudioAfterOnsetMs }),
      ...(flushAfterSpeechEndMs === undefined ? {} : { flushAfterSpeechEndMs }),
      ...(finalAfterSpeechEndMs === undefined ? {} : { finalAfterSpeechEndMs }),
      sentMs: samplesToMs(this.#sentSamples),
    };
  }
}

function between(fromSample: number | undefined, toSample: number | undefined): number | undefined {
  return fromSample === undefined || toSample === undefined ? undefined : samplesToMs(toSample - fromSample);
}
