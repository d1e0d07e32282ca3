import type { CaptureEvent } from "../microphone/capture-messages.ts";
import { SileroWindow } from "../vad/silero-window.ts";
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
  readonly #window = new SileroWindow();
  readonly #waiting: (CaptureEvent | HearingCommand)[] = [];
  #engine: SyncVadEngine | undefined;

  /** Waits for {@link load} or {@link giveUp} before it decides anything. */
  constructor(options: HearingOptions, emit: (event: HearingEvent) => void) {
    this.#decider = new FrameDecider(options, emit);
  }

  /** The model is there. */
  load(engine: SyncVadEngine): void {
    this.#engine = engine;
  }

  /** The model will never be there: everything passes. */
  giveUp(cause: unknown): void {
    this.#decider.giveUp(cause);
  }

  /** Takes the next thing captured, whose samples are lent; or a command, carried out in its place. */
  push(item: CaptureEvent | HearingCommand): void {
    this.#waiting.push(item.type === "frame" ? { ...item, samples: item.samples.slice() } : item);
  }

  /** Decides a little of what waits; called in each render quantum. */
  work(): void {
    this.#decide(DECISIONS_PER_QUANTUM);
  }

  /** Decides all that waits, the model being there or not: what was said is not lost with a stop that came too soon. */
  finish(): void {
    if (!this.#engine) this.giveUp("it was stopped before the model was there");
    this.#decide(Number.POSITIVE_INFINITY);
  }

  #decide(limit: number): void {
    if (!this.#engine && this.#decider.hasModel) return;
    for (let count = 0; count < limit; count++) {
      const item = this.#waiting.shift();
      if (!item) return;
      if (item.type === "frame") {
        this.#decider.frame(item.startSample, item.samples, this.#probability(item.samples));
      } else if (item.type === "want") this.#decider.command(item);
      else if (this.#decider.note(item)) this.#forget();
    }
  }

  #probability(samples: Float32Array): number | undefined {
    if (!this.#engine || !this.#decider.hasModel) return undefined;
    try {
      return this.#engine.process(this.#window.push(samples));
    } catch (cause) {
      this.#decider.giveUp(cause); // `process()` of a worklet never throws
      return undefined;
    }
  }

  #forget(): void {
    this.#window.reset();
    this.#engine?.reset();
  }
}
