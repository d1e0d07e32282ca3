import type { VoiceEvent, VoiceEventOf } from "vivavoce";
import { element } from "./page.ts";

/** What was said, turn by turn: the final texts of each, and below them the one that may still change. */
export class Transcript {
  readonly #turns = element("turns", HTMLOListElement);
  readonly #interim = element("interim", HTMLParagraphElement);
  readonly #empty = element("transcript-empty", HTMLParagraphElement);
  #turn: TurnBlock | undefined;

  /** Takes the next event of a session. */
  hear(event: VoiceEvent): void {
    switch (event.type) {
      case "state":
        if (event.state.kind === "starting") this.#clear();
        return;
      case "ended":
        this.#turn?.note("");
        return this.#interim.replaceChildren();
      case "transcript":
        return this.#show(event);
      case "transcripts-superseded":
        return this.#withdraw(event);
      case "turn-pending":
        return this.#turn?.note(`Over after ${Math.round(event.delayMs)} ms of silence`);
      case "turn-resumed":
        return this.#turn?.note("");
      case "turn":
        return this.#end(event);
      default: // the rest is not said in words
    }
  }

  #clear(): void {
    this.#turns.replaceChildren();
    this.#interim.replaceChildren();
    this.#turn = undefined;
    this.#empty.hidden = false;
  }

  #withdraw({ transcriptIds }: VoiceEventOf<"transcripts-superseded">): void {
    for (const id of transcriptIds) this.#turns.querySelector(`[data-transcript="${id}"]`)?.remove();
  }

  #show(event: VoiceEventOf<"transcript">): void {
    this.#interim.replaceChildren();
    if (event.text === "") return;
    this.#empty.hidden = true;
    if (event.isFinal) this.#open().add(event);
    else this.#interim.append(...parts(event));
    this.#scroll();
  }

  #end({ transcript, metrics }: VoiceEventOf<"turn">): void {
    if (transcript === "") return;
    // A turn that could wait no longer is of what may still have changed.
    if (!this.#turn) this.#open().say(transcript);
    this.#empty.hidden = true;
    this.#turn?.end(metrics.endOfTurnDelayMs);
    this.#turn = undefined;
    this.#interim.replaceChildren();
    this.#scroll();
  }

  #open(): TurnBlock {
    if (this.#turn) return this.#turn;
    const turn = new TurnBlock();
    this.#turns.append(turn.item);
    this.#turn = turn;
    return turn;
  }

  #scroll(): void {
    const box = this.#turns.parentElement;
    box?.scrollTo({ top: box.scrollHeight });
  }
}

/** One turn on the page. */
class TurnBlock {
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

  /** Adds a final text. */
  add(event: VoiceEventOf<"transcript">): void {
    const item = document.createElement("li");
    item.dataset["transcript"] = String(event.transcriptId);
    item.append(...parts(event));
    this.#texts.append(item);
  }

  /** Adds a text of which only the words are known. */
  say(text: string): void {
    const item = document.createElement("li");
    const said = document.createElement("span");
    said.textContent = text;
    item.append(document.createElement("time"), said);
    this.#texts.append(item);
  }

  /** Says how the decision stands. */
  note(text: string): void {
    this.#note.textContent = text;
  }

  /** The turn is over. */
  end(delayMs: number | undefined): void {
    this.item.dataset["over"] = "";
    this.#note.ariaHidden = null;
    this.note(delayMs === undefined ? "Turn over" : `Turn over ${Math.round(delayMs)} ms after the last word`);
  }
}

function parts({ text, startMs }: VoiceEventOf<"transcript">): [HTMLTimeElement, HTMLSpanElement] {
  const time = document.createElement("time");
  const seconds = startMs / 1000;
  time.textContent = clockOf(seconds);
  time.dateTime = `PT${seconds.toFixed(3)}S`;
  const said = document.createElement("span");
  said.textContent = text;
  return [time, said];
}

/** `83.42` is `1:23.4`. */
function clockOf(seconds: number): string {
  const tenths = Math.floor(seconds * 10);
  const minutes = Math.floor(tenths / 600);
  return `${minutes}:${((tenths % 600) / 10).toFixed(1).padStart(4, "0")}`;
}
