import { buffersOf } from "../microphone/captured-sound.ts";
import type { HearingEvent } from "./frame-decider.ts";
import type { HearingBatch } from "./hearing-messages.ts";

/** Gathers what one frame brings about into one message; the samples of `audio` events are moved, not copied. */
export class HearingBatcher {
  readonly #post: (batch: HearingBatch, transfer: ArrayBuffer[]) => void;
  #events: HearingEvent[] = [];
  #buffers: ArrayBuffer[] = [];

  /** `post` sends a batch to another thread. */
  constructor(post: (batch: HearingBatch, transfer: ArrayBuffer[]) => void) {
    this.#post = post;
  }

  /** Takes the next event; those that end a frame, or stand between frames, send the batch. */
  push(event: HearingEvent): void {
    this.#events.push(event);
    if (event.type === "audio") this.#buffers.push(...buffersOf(event));
    if (isPartOfFrame(event)) return;
    const events = this.#events;
    const buffers = this.#buffers;
    this.#events = [];
    this.#buffers = [];
    this.#post({ type: "heard", events }, buffers);
  }
}

/** True for what a `frame`, `gap`, `mute` or `end` event is sure to follow. */
function isPartOfFrame({ type }: HearingEvent): boolean {
  return type !== "frame" && type !== "gap" && type !== "mute" && type !== "end" && type !== "vad-failed";
}
