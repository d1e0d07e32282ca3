import { FRAME_SAMPLES } from "../audio/units.ts";
import { SileroWindow } from "./silero-window.ts";
import type { VadEngine } from "./vad-engine.ts";

/** Frames of silence that an engine hears before the first real one, so that code and caches are warm. */
const WARM_UP_FRAMES = 2;

/** Gives frames, strictly one at a time, to an engine: adds the context before each and resets both together. */
export class FrameJudge<Answer extends number | Promise<number> = number | Promise<number>> {
  readonly #engine: VadEngine<Answer>;
  readonly #window = new SileroWindow();

  /** The judge owns the engine from now on. */
  constructor(engine: VadEngine<Answer>) {
    this.#engine = engine;
  }

  /** Lets the engine hear some silence and forget it, so that the first real frame is not the slow one. */
  async warmUp(): Promise<void> {
    const silence = new Float32Array(FRAME_SAMPLES);
    for (let count = 0; count < WARM_UP_FRAMES; count++) await this.judge(silence);
    this.reset();
  }

  /** The raw probability, in [0, 1], that `frame` (up to 512 samples, mono, 16 kHz, -1..1) is speech. */
  judge(frame: Float32Array): Answer {
    return this.#engine.process(this.#window.push(frame));
  }

  /** Forgets context and recurrent state, as after a gap. */
  reset(): void {
    this.#window.reset();
    this.#engine.reset();
  }

  /** Closes the engine. */
  async close(): Promise<void> {
    await this.#engine.close();
  }
}
