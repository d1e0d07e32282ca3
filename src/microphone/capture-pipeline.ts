import { CAPTURE_RATE, FRAME_SAMPLES } from "../audio/units.ts";
import type { CaptureEvent, CaptureOptions } from "./capture-messages.ts";
import { RateTrack } from "./rate-track.ts";

/** Gaps up to this long are filled with zeros; longer ones are a jump of the clock. */
const LONGEST_FILLED_GAP_MS = 200;
/** Input is resampled in pieces of at most this many samples: one render quantum today, more if browsers allow it. */
const PIECE_SAMPLES = 128;

/**
 * Turns render quanta of any rate and channel count into frames of 512 samples at 16 kHz, each with its place on the
 * capture clock, and with the same 32 ms at the uplink rate where one is asked for. The clock is a function of the
 * context's `currentFrame`, so a gap in the input moves it on.
 *
 * Runs on the audio thread. Allocates in the constructor only; what `emit` does is the caller's affair. A `frame`
 * event lends its samples: the receiver must copy what it wants to keep.
 */
export class CapturePipeline {
  readonly #emit: (event: CaptureEvent) => void;
  readonly #inputRate: number;
  readonly #mixed = new Float32Array(PIECE_SAMPLES);
  readonly #silence = new Float32Array(PIECE_SAMPLES);
  readonly #captured: RateTrack;
  readonly #uplink: RateTrack | undefined;
  #originFrame = 0;
  #expectedFrame: number | undefined;
  #quantaSeen = 0;
  /** Where resampling was last restarted, in the context's frames and on the capture clock; samples emitted since. */
  #baseFrame = 0;
  #baseSample = 0;
  #emittedSamples = 0;
  #isMuted = false;

  /** `emit` receives the events in order, on the caller's thread. */
  constructor({ kernel, uplinkKernel }: Omit<CaptureOptions, "isMuted">, emit: (event: CaptureEvent) => void) {
    this.#emit = emit;
    this.#inputRate = kernel.inputRate;
    this.#captured = new RateTrack(kernel, this.#silence);
    if (uplinkKernel) this.#uplink = new RateTrack(uplinkKernel, this.#silence);
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

  /** Emits what is still held back, then `end`. The pipeline is not used after that. */
  finish(): void {
    if (this.#expectedFrame !== undefined) this.#drain();
    this.#emit({ type: "end", atSample: this.#inputSample() });
  }

  /** Where the input stands on the capture clock, rounded up: as many samples as become of it. */
  #inputSample(): number {
    if (this.#expectedFrame === undefined) return 0;
    return this.#baseSample + Math.ceil(((this.#expectedFrame - this.#baseFrame) * CAPTURE_RATE) / this.#inputRate);
  }

  #restart(originFrame: number): void {
    this.#originFrame = originFrame;
    this.#baseFrame = originFrame;
    this.#reset();
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
    const chunk = count === input.length ? input : input.subarray(0, count);
    this.#captured.push(chunk);
    this.#uplink?.push(chunk);
    // Each rate has a delay of its own: a frame waits for both.
    while (this.#captured.hasFrame && (this.#uplink?.hasFrame ?? true)) this.#emitFrame(FRAME_SAMPLES);
  }

  #drain(): void {
    let left = this.#inputSample() - this.#baseSample - this.#emittedSamples;
    for (; left > 0; left -= FRAME_SAMPLES) this.#emitFrame(Math.min(left, FRAME_SAMPLES));
    this.#reset();
  }

  #reset(): void {
    this.#captured.reset();
    this.#uplink?.reset();
  }

  #emitFrame(length: number): void {
    const startSample = this.#baseSample + this.#emittedSamples;
    const uplink = this.#uplink?.lend(length);
    this.#emit({ type: "frame", startSample, samples: this.#captured.lend(length), ...(uplink && { uplink }) });
    this.#emittedSamples += length;
    this.#captured.drop(length);
    this.#uplink?.drop(length);
  }
}
