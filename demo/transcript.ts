import type { VoiceEvent, VoiceEventOf } from "vivavoce";
import { clockOf } from "./clock-text.ts";
import { follow } from "./log-scroll.ts";
import { element } from "./page.ts";

/** What was said, turn by turn: the final texts of each, and below them the one that may still change. */
export class Transcript {
  readonly #turns = element("turns", HTMLOListElement);
  readonly #interim = element("interim", HTMLParagraphElement);
  readonly #empty = element("transcript-empty", HTMLDivElement);
  #turn: TurnBlock | undefined;
  /** Turns whose words only the agent hears, and may tell later. */
  #untold: TurnBlock[] = [];
  readonly #told = new Map<string, TurnBlock>();
  /** Whether the agent hears for itself, and there is no recogniser. */
  hearsNoWords = false;

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
      case "user-transcript":
        return this.#tell(event);
      default: // the rest is not said in words
    }
  }

  /** Takes a text that was written, not said. */
  write(text: string): void {
    const block = new TurnBlock();
    block.say(text);
    block.end("Written");
    this.#append(block);
  }

  #clear(): void {
    this.#untold = [];
    this.#told.clear();
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
    else this.#interim.append(...partsOf(event.text, event.startMs));
    this.#scroll();
  }

  #end({ transcript, metrics }: VoiceEventOf<"turn">): void {
    if (transcript === "" && !this.hearsNoWords) return;
    if (transcript === "") {
      const untold = this.#open();
      untold.say("…");
      this.#untold.push(untold);
    }
    // A turn that could wait no longer is of what may still have changed.
    if (!this.#turn) this.#open().say(transcript);
    const delayMs = metrics.endOfTurnDelayMs;
    this.#turn?.end(delayMs === undefined ? "Turn over" : `Turn over ${Math.round(delayMs)} ms after the last word`);
    this.#turn = undefined;
    this.#interim.replaceChildren();
    this.#scroll();
  }

  #open(): TurnBlock {
    if (this.#turn) return this.#turn;
    const turn = new TurnBlock();
    this.#append(turn);
    this.#turn = turn;
    return turn;
  }

  /** The agent tells what it has heard: of the oldest turn of which it had told nothing. */
  #tell({ itemId, text, startMs }: VoiceEventOf<"user-transcript">): void {
    let block = this.#told.get(itemId) ?? this.#untold.shift();
    if (!block) {
      block = new TurnBlock();
      this.#append(block);
      block.end("");
    }
    this.#told.set(itemId, block);
    block.say(text === "" ? "(nothing that it understood)" : text, startMs);
    this.#scroll();
  }

  #append(block: TurnBlock): void {
    this.#empty.hidden = true;
    this.#turns.append(block.item);
    this.#scroll();
  }

  #scroll(): void {
    follow(this.#turns.parentElement);
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

function partsOf(text: string, startMs: number | undefined): [HTMLTimeElement, HTMLSpanElement] {
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
