import type { WireContent, WireServerItem } from "../../src/realtime/wire.ts";
import type { StoredItem } from "./conversation.ts";
import type { ServerEvent } from "./event-sender.ts";
import { newId } from "./ids.ts";
import { encodePcm24 } from "./pcm24.ts";
import { SampleStore } from "./sample-store.ts";
import type { Modality } from "./session-config.ts";

/** Where an answer's items go. */
export interface OutputSink {
  /** Sends an event; resolves when the network has taken it. */
  emit(event: ServerEvent): Promise<void>;
  /** Tells of an item that begins, and puts it into the conversation if the answer belongs there. */
  addItem(item: StoredItem): void;
  /** Tells that it is done. */
  finishItem(item: StoredItem): void;
}

/** How an item of an answer ends. */
export type ItemStatus = "completed" | "incomplete";

/** The message that an answer consists of: written, or spoken with a transcript. */
export class MessageOutput {
  /** As the conversation has it. */
  readonly item: StoredItem;
  readonly #sink: OutputSink;
  readonly #isSpoken: boolean;
  readonly #place: { response_id: string; item_id: string; output_index: number; content_index: number };
  #text = "";

  constructor(sink: OutputSink, responseId: string, outputIndex: number, modality: Modality) {
    const id = newId("item");
    this.#sink = sink;
    this.#isSpoken = modality === "audio";
    this.#place = { response_id: responseId, item_id: id, output_index: outputIndex, content_index: 0 };
    this.item = { wire: message(id, "in_progress", []), sound: new SampleStore() };
    sink.addItem(this.item);
    const part = this.#isSpoken ? { type: "audio" as const, transcript: "" } : { type: "text" as const, text: "" };
    void sink.emit({ type: "response.content_part.added", ...this.#place, part });
    if (this.#isSpoken) this.item.wire = message(id, "in_progress", [{ type: "output_audio" }]);
  }

  /** Says more, in words. */
  write(delta: string): void {
    if (delta === "") return;
    this.#text += delta;
    const type = this.#isSpoken ? "response.output_audio_transcript.delta" : "response.output_text.delta";
    void this.#sink.emit({ type, ...this.#place, delta });
  }

  /** Says more, in sound at 24 kHz. Resolves when the network has taken it. */
  sound(samples: Int16Array): Promise<void> {
    this.item.sound.push(samples);
    return this.#sink.emit({ type: "response.output_audio.delta", ...this.#place, delta: encodePcm24(samples) });
  }

  /** Ends the message. */
  finish(status: ItemStatus): void {
    const [text, place] = [this.#text, this.#place];
    const tell = (event: ServerEvent): void => void this.#sink.emit(event);
    if (this.#isSpoken) {
      tell({ type: "response.output_audio.done", ...place });
      tell({ type: "response.output_audio_transcript.done", ...place, transcript: text });
      tell({ type: "response.content_part.done", ...place, part: { type: "audio", transcript: text } });
    } else {
      tell({ type: "response.output_text.done", ...place, text });
      tell({ type: "response.content_part.done", ...place, part: { type: "text", text } });
    }
    this.item.wire = message(place.item_id, status, [this.#content()]);
    this.#sink.finishItem(this.item);
  }

  #content(): WireContent {
    if (!this.#isSpoken) return { type: "output_text", text: this.#text };
    return { type: "output_audio", ...(this.item.isTruncated !== true && { transcript: this.#text }) };
  }
}

function message(id: string, status: "in_progress" | ItemStatus, content: readonly WireContent[]): WireServerItem {
  return { id, object: "realtime.item", type: "message", status, role: "assistant", content };
}
