import type { VoiceEvent, VoiceEventOf } from "vivavoce";
import type { Log } from "./log.ts";
import { element } from "./page.ts";
import { partsOf, TurnBlock } from "./turn-block.ts";

/** What was said, turn by turn: the final texts of each, and below them the one that may still change. */
export class Transcript {
  readonly #log: Log;
  readonly #interim = element("interim", HTMLParagraphElement);
  #turn: TurnBlock | undefined;
  /** Turns whose words only the agent hears, and may tell later. */
  #untold: TurnBlock[] = [];
  readonly #told = new Map<string, TurnBlock>();
  /** Whether the agent hears for itself, and there is no recogniser. */
  hearsNoWords = false;

  constructor(log: Log) {
    this.#log = log;
  }

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

  #clear(): void {
    this.#untold = [];
    this.#told.clear();
    this.#log.clear();
    this.#interim.replaceChildren();
    this.#turn = undefined;
  }

  #withdraw({ transcriptIds }: VoiceEventOf<"transcripts-superseded">): void {
    for (const id of transcriptIds) this.#log.find(`[data-transcript="${id}"]`)?.remove();
  }

  #show(event: VoiceEventOf<"transcript">): void {
    this.#interim.replaceChildren();
    if (event.text === "") return;
    if (event.isFinal) this.#open().add(event);
    else this.#interim.append(...partsOf(event.text, event.startMs));
    this.#log.follow();
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
    this.#log.follow();
  }

  #open(): TurnBlock {
    if (this.#turn) return this.#turn;
    const turn = new TurnBlock();
    this.#log.append(turn.item);
    this.#turn = turn;
    return turn;
  }

  /** The agent tells what it has heard: of the oldest turn of which it had told nothing. */
  #tell({ itemId, text, startMs }: VoiceEventOf<"user-transcript">): void {
    let block = this.#told.get(itemId) ?? this.#untold.shift();
    if (!block) {
      block = new TurnBlock();
      this.#log.append(block.item);
      block.end("");
    }
    this.#told.set(itemId, block);
    block.say(text === "" ? "(nothing that it understood)" : text, startMs);
    this.#log.follow();
  }
}
