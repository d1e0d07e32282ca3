import type { WireContent, WireServerItem } from "../../src/realtime/wire.ts";
import { encodePcm24, WIRE_SAMPLES_PER_MS } from "./pcm24.ts";
import { RealtimeError } from "./realtime-error.ts";
import { SampleStore } from "./sample-store.ts";

/** One item, with what is known of it besides what the client is told. */
export interface StoredItem {
  wire: WireServerItem;
  /** What the user said in it, or the answer's sound so far; at 24 kHz. */
  sound: SampleStore;
  /** What was understood, for the model alone; settled when recognition is through. */
  heard?: Promise<string>;
  /** True once the client has said how much of it was played: its transcript stays deleted. */
  isTruncated?: boolean;
}

/** Where an item goes: behind another one, in front, or to the end. */
export type Place = { readonly after: string } | "front" | "end";

/** Most that a conversation holds, in characters and bytes of sound; images count. */
const MAX_WEIGHT = 64 * 2 ** 20;

/** The default conversation: its items, in order. */
export class Conversation {
  readonly #items: StoredItem[] = [];

  /** The items, oldest first. */
  get items(): readonly StoredItem[] {
    return this.#items;
  }

  /** The id of the newest item, or `null`. */
  get lastId(): string | null {
    return this.#items.at(-1)?.wire.id ?? null;
  }

  /** Puts an item in its place, and returns the id of the one before it. @throws RealtimeError. */
  insert(item: StoredItem, place: Place): string | null {
    const { id } = item.wire;
    if (this.find(id) !== undefined)
      throw new RealtimeError("invalid_value", `There already is an item with the id '${id}'.`, { param: "item.id" });
    const index = this.#indexOf(place);
    this.#makeRoom(weightOf(item));
    this.#items.splice(index, 0, item);
    return this.#items[index - 1]?.wire.id ?? null;
  }

  /** An item by its id. */
  find(id: string): StoredItem | undefined {
    return this.#items.find(({ wire }) => wire.id === id);
  }

  /** An item by its id. @throws RealtimeError `code` if there is none. */
  get(id: string, code: "item_not_found" | "item_retrieve_invalid_item_id" = "item_not_found"): StoredItem {
    const item = this.find(id);
    if (item !== undefined) return item;
    throw new RealtimeError(code, `Item with item_id '${id.slice(0, 80)}' not found.`, { param: "item_id" });
  }

  /** Takes an item out. @throws RealtimeError if there is none. */
  delete(id: string): void {
    this.#items.splice(this.#items.indexOf(this.get(id)), 1);
  }

  /**
   * Cuts an answer to what was heard of it; its transcript, which says more, is deleted.
   * @throws RealtimeError unless it is an answer with sound, and at least so long.
   */
  truncate(id: string, contentIndex: number, endMs: number): void {
    const item = this.get(id);
    const { wire } = item;
    const part = wire.type === "message" ? wire.content[contentIndex] : undefined;
    const isPartless = wire.type === "message" && wire.role === "assistant" && part === undefined && contentIndex > 0;
    if (isPartless)
      throw new RealtimeError("invalid_value", `Item '${id}' has no content at ${contentIndex}.`, {
        param: "content_index",
      });
    if (wire.type !== "message" || part?.type !== "output_audio" || item.sound.to === 0)
      throw new RealtimeError("unsupported_content_type", "Only model output audio messages can be truncated");
    const lengthMs = Math.floor(item.sound.to / WIRE_SAMPLES_PER_MS);
    if (endMs > lengthMs)
      throw new RealtimeError("invalid_value", `Audio content of ${lengthMs}ms is already shorter than ${endMs}ms`, {
        param: "audio_end_ms",
      });
    item.sound = storeOf(item.sound.slice(0, endMs * WIRE_SAMPLES_PER_MS));
    item.isTruncated = true;
    item.wire = { ...wire, content: wire.content.map((old) => (old === part ? { type: "output_audio" } : old)) };
  }

  #indexOf(place: Place): number {
    if (place === "end") return this.#items.length;
    if (place === "front") return 0;
    const before = this.#items.findIndex(({ wire }) => wire.id === place.after);
    if (before >= 0) return before + 1;
    throw new RealtimeError("item_not_found", `Previous item with ID '${place.after.slice(0, 80)}' not found.`, {
      param: "previous_item_id",
    });
  }

  /** Forgets the sound of old items; if that is not enough, there is no room. */
  #makeRoom(weight: number): void {
    let total = this.#items.reduce((sum, item) => sum + weightOf(item), weight);
    for (const item of this.#items) {
      if (total <= MAX_WEIGHT) return;
      total -= bytesOf(item.sound);
      item.sound.dropBefore(item.sound.to);
    }
    if (total > MAX_WEIGHT) throw new RealtimeError("conversation_full", "The conversation has no room for this item.");
  }
}

/** An item as `conversation.item.retrieved` tells it: with its sound. */
export function withSound({ wire, sound }: StoredItem): WireServerItem {
  if (wire.type !== "message" || bytesOf(sound) === 0) return wire;
  const isSound = ({ type }: WireContent): boolean => type === "input_audio" || type === "output_audio";
  const first = wire.content.findIndex(isSound);
  const content = wire.content.map((part, index) =>
    index === first && (part.type === "input_audio" || part.type === "output_audio")
      ? { ...part, audio: encodePcm24(sound.slice(0, sound.to)) }
      : part,
  );
  return { ...wire, content };
}

/** A store of these samples. */
export function storeOf(samples: Int16Array): SampleStore {
  const store = new SampleStore();
  store.push(samples);
  return store;
}

function bytesOf({ from, to }: SampleStore): number {
  return 2 * (to - from);
}

function weightOf({ wire, sound }: StoredItem): number {
  const texts = wire.type === "message" ? wire.content.map((part) => lengthOf(part)) : [JSON.stringify(wire).length];
  return texts.reduce((sum, length) => sum + length, bytesOf(sound));
}

function lengthOf(part: WireContent): number {
  switch (part.type) {
    case "input_text":
    case "output_text":
      return part.text.length;
    case "input_image":
      return part.image_url.length;
    default:
      return part.transcript?.length ?? 0;
  }
}
