import { Framer } from "../audio/framer.ts";
import type { ResamplerKernel } from "../audio/kernel.ts";
import { Resampler } from "../audio/resampler.ts";
import { CAPTURE_RATE, FRAME_SAMPLES } from "../audio/units.ts";
import type { CaptureEvent } from "./capture-messages.ts";

/** Gaps up to this long are filled with zeros; longer ones are a jump of the clock. */
const LONGEST_FILLED_GAP_MS = 200;
/** Input is resampled in pieces of at most this many samples: one render quantum today, more if browsers allow it. */
const PIECE_SAMPLES = 128;

/**
 * Turns render quanta of any rate and channel count into frames of 512 samples at 16 kHz, each with its place on the
 * capture clock. The clock is a function of the context's `currentFrame`, so a gap in the input moves it on.
 *
 * Runs on the audio thread. Allocates in the constructor only; what `emit` does is the caller's affair. A `frame`
 * event lends its samples: the receiver must copy what it wants to keep.
 */
export class CapturePipeline {
  readonly #emit: (event: CaptureEvent) => void;
  readonly #inputRate: number;
  readonly #resampler: Resampler;
  readonly #framer = new Framer(FRAME_SAMPLES);
  readonly #mixed = new Float32Array(PIECE_SAMPLES);
  readonly #silence = new Float32Array(PIECE_SAMPLES);
  readonly #resampled: Float32Array;
  #originFrame = 0;
  #expectedFrame: number | undefined;
  #quantaSeen = 0;
  /** Where the resampler was last restarted, in the context's frames and on the capture clock; samples emitted since. */
  #baseFrame = 0;
  #baseSample = 0;
  #emittedSamples = 0;
  #isMuted = false;

  /** `emit` receives the events in order, on the caller's thread. */
  constructor(kernel: ResamplerKernel, emit: (event: CaptureEvent) => void) {
    this.#emit = emit;
    this.#inputRate = kernel.inputRate;
    this.#resampler = new Resampler(kernel);
    const largestPush = Math.max(PIECE_SAMPLES, kernel.delayInputSamples);
    this.#resampled = new Float32Array(this.#resampler.maxOutputSamples(largestPush));
  }

  /**
   * Takes one render quantum: `channels` (each -1..1, the same length) that begins at the context's `currentFrame`.
   * No channel means silence, unless nothing has been captured yet: the clock starts with the first quantum that has one.
   */
  push(currentFrame: number, channels: readonly Float32Array[], quantumSamples = PIECE_SAMPLES): void {
    const length = channels[0]?.length ?? quantumSamples;
    if (this.#expectedFrame === undefined) {
      if (channels.length === 0) return;
      this.#restart(currentFrame);
    } else if (currentFrame > this.#expectedFrame) {
      // Chromium often jumps its clock right after the first quantum; nobody spoke into that one.
      if (this.#quantaSeen === 1) this.#restart(currentFrame);
      else this.#bridge(this.#expectedFrame, currentFrame);
    }
    this.#expectedFrame = currentFrame + length;
    this.#quantaSeen += 1;
    for (let offset = 0; offset < length; offset += PIECE_SAMPLES) {
      const count = Math.min(PIECE_SAMPLES, length - offset);
      this.#resample(
        this.#isMuted || channels.length === 0 ? this.#silence : this.#downmix(channels, offset, count),
        count,
      );
    }
  }

  /** From now on the input counts as silence (or no longer does). */
  mute(isMuted: boolean): void {
    if (isMuted === this.#isMuted) return;
    this.#isMuted = isMuted;
    this.#emit({ type: "mute", atSample: this.#inputSample(), isMuted });
  }

  /** Emits what the resampler and the framer still hold, then `end`. The pipeline is not used after that. */
  finish(): void {
    if (this.#expectedFrame !== undefined) this.#drain();
    this.#emit({ type: "end", atSample: this.#inputSample() });
  }

  /** Where the input stands on the capture clock, rounded up: as many samples as the resampler makes of it. */
  #inputSample(): number {
    if (this.#expectedFrame === undefined) return 0;
    return this.#baseSample + Math.ceil(((this.#expectedFrame - this.#baseFrame) * CAPTURE_RATE) / this.#inputRate);
  }

  #restart(originFrame: number): void {
    this.#originFrame = originFrame;
    this.#baseFrame = originFrame;
    this.#resampler.reset();
    this.#framer.reset();
  }

  #bridge(expectedFrame: number, currentFrame: number): void {
    const missing = currentFrame - expectedFrame;
    const startSample = this.#inputSample();
    const resumeSample = Math.round(((currentFrame - this.#originFrame) * CAPTURE_RATE) / this.#inputRate);
    const isFilled = missing * 1000 <= LONGEST_FILLED_GAP_MS * this.#inputRate;
    if (isFilled) {
      for (let left = missing; left > 0; left -= PIECE_SAMPLES)
        this.#resample(this.#silence, Math.min(PIECE_SAMPLES, left));
    } else {
      this.#drain();
      this.#baseFrame = currentFrame;
      this.#baseSample = resumeSample;
      this.#emittedSamples = 0;
    }
    this.#emit({ type: "gap", startSample, lengthSamples: resumeSample - startSample, isFilled });
  }

  #downmix(channels: readonly Float32Array[], offset: number, count: number): Float32Array {
    const scale = 1 / channels.length;
    const mixed = this.#mixed;
    for (let index = 0; index < count; index++) {
      let sum = 0;
      for (let channel = 0; channel < channels.length; channel++) sum += channels[channel]![offset + index]!;
      mixed[index] = sum * scale;
    }
    return mixed;
  }

  #resample(input: Float32Array, count: number): void {
    // The usual quantum needs no view; a view is made only for a short last piece.
    const written = this.#resampler.push(count === input.length ? input : input.subarray(0, count), this.#resampled);
    this.#frame(written);
  }

  #frame(written: number): void {
    this.#framer.push(this.#resampled, this.#emitFrame, written);
  }

  #drain(): void {
    this.#frame(this.#resampler.flush(this.#resampled));
    this.#framer.flush(this.#emitPartial);
  }

  readonly #emitFrame = (samples: Float32Array): void => {
    this.#emit({ type: "frame", startSample: this.#baseSample + this.#emittedSamples, samples });
    this.#emittedSamples += samples.length;
  };

  readonly #emitPartial = (frame: Float32Array, filledSamples: number): void => {
    this.#emitFrame(frame.subarray(0, filledSamples));
  };
}
