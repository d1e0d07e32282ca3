import { FRAME_SAMPLES } from "../audio/units.ts";
import type { CaptureEvent } from "../microphone/capture-messages.ts";
import { copySound } from "../microphone/captured-sound.ts";
import { FrameJudge } from "../vad/frame-judge.ts";
import type { SyncVadEngine } from "../vad/vad-engine.ts";
import { FrameDecider, type HearingCommand, type HearingEvent, type HearingOptions } from "./frame-decider.ts";

/** How many waiting things are decided in one render quantum: a backlog of 30 s is worked off in a second. */
const DECISIONS_PER_QUANTUM = 3;

/**
 * From captured frames to decisions on the audio thread itself: a frame is decided in the render quantum that completes
 * it. What comes while the model loads waits, and is decided in order, a little in each quantum.
 *
 * Runs on the audio thread. Allocates a copy of each frame, and the events that it brings about.
 */
export class AudioThreadHearing {
  readonly #decider: FrameDecider;
  readonly #waiting: (CaptureEvent | HearingCommand)[] = [];
  #judge: FrameJudge<number> | undefined;

  /** Waits for {@link load} or {@link giveUp} before it decides anything. */
  constructor(options: HearingOptions, emit: (event: HearingEvent) => void) {
    this.#decider = new FrameDecider(options, emit);
  }

  /** The model is there. */
  load(engine: SyncVadEngine): void {
    const judge = new FrameJudge(engine);
    judge.judge(new Float32Array(FRAME_SAMPLES)); // so that the first real frame is not the slow one
    judge.reset();
    this.#judge = judge;
  }

  /** The model will never be there: everything passes. */
  giveUp(cause: unknown): void {
    this.#decider.giveUp(cause);
  }

  /** Takes the next thing captured, whose samples are lent; or a command, carried out in its place. */
  push(item: CaptureEvent | HearingCommand): void {
    this.#waiting.push(item.type === "frame" ? copySound(item) : item);
  }

  /** Decides a little of what waits; called in each render quantum. */
  work(): void {
    this.#decide(DECISIONS_PER_QUANTUM);
  }

  /** Decides all that waits, the model being there or not: what was said is not lost with a stop that came too soon. */
  finish(): void {
    if (!this.#judge) this.giveUp("it was stopped before the model was there");
    this.#decide(Number.POSITIVE_INFINITY);
  }

  #decide(limit: number): void {
    if (!this.#judge && this.#decider.hasModel) return;
    for (let count = 0; count < limit; count++) {
      const item = this.#waiting.shift();
      if (!item) return;
      if (item.type === "frame") {
        this.#decider.frame(item, this.#probability(item.samples));
      } else if (item.type === "want") this.#decider.command(item);
      else if (this.#decider.note(item)) this.#judge?.reset();
    }
  }

  #probability(samples: Float32Array): number | undefined {
    if (!this.#judge || !this.#decider.hasModel) return undefined;
    try {
      return this.#judge.judge(samples);
    } catch (cause) {
      this.#decider.giveUp(cause); // `process()` of a worklet never throws
      return undefined;
    }
  }
}
