import type { VoiceEventOf } from "vivavoce";
import { clockOf } from "./clock-text.ts";

/** One turn of the person's on the page. */
export class TurnBlock {
  readonly item = document.createElement("li");
  readonly #texts = document.createElement("ol");
  readonly #note = document.createElement("p");

  constructor() {
    this.item.className = "turn";
    this.#texts.className = "texts";
    this.#note.className = "turn-note";
    this.#note.ariaHidden = "true"; // it changes too often to be read aloud
    this.item.append(this.#texts, this.#note);
  }

  /** A turn that was written, not said. */
  static written(text: string): TurnBlock {
    const block = new TurnBlock();
    block.say(text);
    block.end("Written");
    return block;
  }

  /** Adds a final text. */
  add(event: VoiceEventOf<"transcript">): void {
    const item = document.createElement("li");
    item.dataset["transcript"] = String(event.transcriptId);
    item.append(...partsOf(event.text, event.startMs));
    this.#texts.append(item);
  }

  /** Takes a text of which no more is known than its words, and perhaps its beginning, in place of what there was. */
  say(text: string, startMs?: number): void {
    const item = document.createElement("li");
    item.append(...partsOf(text, startMs));
    this.#texts.replaceChildren(item);
  }

  /** Says how the decision stands. */
  note(text: string): void {
    this.#note.textContent = text;
  }

  /** The turn is over. */
  end(note: string): void {
    this.item.dataset["over"] = "";
    this.#note.ariaHidden = null;
    this.note(note);
  }
}

/** A text, and when it was said. */
export function partsOf(text: string, startMs: number | undefined): [HTMLTimeElement, HTMLSpanElement] {
  const time = document.createElement("time");
  if (startMs !== undefined) {
    const seconds = startMs / 1000;
    time.textContent = clockOf(seconds);
    time.dateTime = `PT${seconds.toFixed(3)}S`;
  }
  const said = document.createElement("span");
  said.textContent = text;
  return [time, said];
}
