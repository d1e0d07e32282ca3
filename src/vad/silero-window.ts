import { FRAME_SAMPLES } from "../audio/units.ts";

/** Samples before each frame that Silero v5 and v6 need to see at 16 kHz. @see https://github.com/snakers4/silero-vad */
export const CONTEXT_SAMPLES = 64;
/** What Silero eats: context and frame. */
export const WINDOW_SAMPLES = CONTEXT_SAMPLES + FRAME_SAMPLES;

/** Puts the last 64 samples of the frame before in front of each frame. Allocates only in the constructor. */
export class SileroWindow {
  readonly #window = new Float32Array(WINDOW_SAMPLES);

  /** The window that ends with `frame` (up to 512 samples; a shorter one counts as followed by silence). Lent until the next call. */
  push(frame: Float32Array): Float32Array {
    this.#window.copyWithin(0, FRAME_SAMPLES);
    this.#window.set(frame, CONTEXT_SAMPLES);
    if (frame.length < FRAME_SAMPLES) this.#window.fill(0, CONTEXT_SAMPLES + frame.length);
    return this.#window;
  }

  /** Forgets the context, as after a gap. */
  reset(): void {
    this.#window.fill(0);
  }
}
