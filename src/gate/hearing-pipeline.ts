import type { CaptureEvent } from "../microphone/capture-messages.ts";
import type { FrameJudge } from "../vad/frame-judge.ts";
import { FrameDecider, type HearingCommand, type HearingEvent, type HearingOptions } from "./frame-decider.ts";

/**
 * From captured frames to decisions, with a model that may take its time. Frames are judged strictly one after another,
 * in the order they were captured; what comes while one is judged, or while the model loads, waits its turn.
 */
export class HearingPipeline {
  readonly #waiting: (CaptureEvent | HearingCommand)[] = [];
  readonly #judge: Promise<FrameJudge | undefined>;
  readonly #decider: FrameDecider;
  #isBusy = false;
  #idle: (() => void)[] = [];

  /** `judge`: the model, perhaps still loading; resolves to `undefined` without one; a rejection opens the gate for good. */
  constructor(options: HearingOptions, judge: Promise<FrameJudge | undefined>, emit: (event: HearingEvent) => void) {
    this.#decider = new FrameDecider(options, emit);
    this.#judge = judge.catch((cause: unknown) => {
      this.#decider.giveUp(cause);
      return undefined;
    });
  }

  /** Takes the next thing captured, which the caller lets go of; or a command of the app, carried out in its place. */
  push(item: CaptureEvent | HearingCommand): void {
    this.#waiting.push(item);
    if (!this.#isBusy) void this.#work();
  }

  /** Resolves when everything pushed so far has been decided. */
  idle(): Promise<void> {
    return this.#isBusy ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve();
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    const judge = await this.#judge;
    for (let item = this.#waiting.shift(); item; item = this.#waiting.shift()) {
      if (item.type === "frame") {
        this.#decider.frame(item, await this.#probability(item.samples, judge));
      } else if (item.type === "want") this.#decider.command(item);
      else if (this.#decider.note(item)) judge?.reset();
    }
    this.#isBusy = false;
    this.#idle.splice(0).forEach((resolve) => resolve());
  }

  async #probability(samples: Float32Array, judge: FrameJudge | undefined): Promise<number | undefined> {
    if (!judge || !this.#decider.hasModel) return undefined;
    try {
      return await judge.judge(samples);
    } catch (cause) {
      this.#decider.giveUp(cause);
      return undefined;
    }
  }
}
