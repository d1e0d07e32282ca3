import { CAPTURE_RATE } from "../audio/units.ts";
import type { Packet } from "./audio-packer.ts";

/** Something to send, in order. */
export type OutboxItem =
  | { readonly kind: "audio"; readonly packet: Packet }
  | { readonly kind: "flush"; readonly segmentId: number }
  /** Any other message, already in the provider's language. */
  | { readonly kind: "message"; readonly text: string }
  | { readonly kind: "finish" };

/** How much audio waits for a connection before the oldest is given up. */
const LIMIT_SAMPLES = 30 * CAPTURE_RATE;

/** What waits to be sent, in order: up to 30 s of audio and the requests between. Pure. */
export class Outbox {
  readonly #items: OutboxItem[] = [];
  #audioSamples = 0;

  /** True if nothing waits. */
  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** Adds an item; returns the packets that had to be given up for it, oldest first. */
  push(item: OutboxItem): Packet[] {
    this.#items.push(item);
    if (item.kind === "audio") this.#audioSamples += item.packet.pcm.length;
    const lost: Packet[] = [];
    while (this.#audioSamples > LIMIT_SAMPLES) {
      const index = this.#items.findIndex(({ kind }) => kind === "audio");
      const [oldest] = this.#items.splice(index, 1);
      if (oldest?.kind !== "audio") break;
      this.#audioSamples -= oldest.packet.pcm.length;
      lost.push(oldest.packet);
    }
    return lost;
  }

  /** Takes the oldest item. */
  shift(): OutboxItem | undefined {
    const item = this.#items.shift();
    if (item?.kind === "audio") this.#audioSamples -= item.packet.pcm.length;
    return item;
  }
}
