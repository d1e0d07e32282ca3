import type { VoiceEvent, VoiceEventOf } from "vivavoce";
import { durationText } from "../figures/show-figure.ts";
import type { Log } from "../log.ts";
import { element } from "../page.ts";
import { partsOf, TurnBlock } from "../turn-block.ts";

/** What the person said, as the room tells it: the agent recognises, and sends each text anew until it is final. */
export class RoomWords {
  readonly #log: Log;
  /** Stands for words that are still on their way. */
  readonly #waiting = element("interim", HTMLParagraphElement);
  readonly #blocks = new Map<string, TurnBlock>();
  /** The text that may still change. */
  #open: TurnBlock | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Takes the next event of a session. */
  hear(event: VoiceEvent): void {
    switch (event.type) {
      case "state":
        return event.state.kind === "starting" ? this.#clear() : undefined;
      case "turn-pending":
        return this.#open?.note(`Over after ${Math.round(event.delayMs)} ms of silence`);
      case "turn-resumed":
        return this.#open?.note("");
      case "turn":
        if (this.#open) return this.#open.note("Turn over");
        this.#waiting.replaceChildren(...partsOf("…", undefined));
        return this.#log.follow();
      case "user-transcript":
        return this.#tell(event);
      case "agent-speech-started":
      case "ended":
        return this.#waiting.replaceChildren();
      default: // the rest is not said in words
    }
  }

  #clear(): void {
    this.#blocks.clear();
    this.#open = undefined;
    this.#log.clear();
    this.#waiting.replaceChildren();
  }

  #tell({ itemId, text, isFinal, startMs, endMs, atMs }: VoiceEventOf<"user-transcript">): void {
    this.#waiting.replaceChildren();
    const block = this.#blocks.get(itemId) ?? new TurnBlock();
    if (!this.#blocks.has(itemId)) this.#log.append(block.item);
    this.#blocks.set(itemId, block);
    this.#open = isFinal ? undefined : block;
    block.say(text, startMs);
    if (isFinal) block.end(`Back from the room after ${durationText(Math.max(0, atMs - endMs))}`);
    this.#log.follow();
  }
}
