import type { VoiceEvent } from "vivavoce";
import type { Log } from "../log.ts";
import type { Mode } from "../mode-switch.ts";
import { explanationOf } from "../notice.ts";
import { AnswerBlock } from "./answer-block.ts";
import { ToolRow } from "./tool-row.ts";

/** The agent's side of the conversation, between the person's turns. */
export class Answers {
  readonly #log: Log;
  readonly #blocks = new Map<string, AnswerBlock>();
  readonly #tools = new Map<string, ToolRow>();
  /** What sounds, or sounded last. */
  #latest: AnswerBlock | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Takes the next event of a session. */
  hear(event: VoiceEvent): void {
    switch (event.type) {
      case "state":
        return event.state.kind === "starting" ? this.#clear() : undefined;
      case "agent-transcript":
        this.#block(event.itemId).text = event.text;
        return this.#follow();
      case "agent-speech-started":
        this.#latest = this.#block(event.itemId);
        this.#latest.start(event.startMs);
        return this.#follow();
      case "agent-caption":
        this.#block(event.itemId).heardText = event.text;
        return this.#follow();
      case "interruption":
        if (event.kind === "pause" && this.#latest?.item.dataset["state"] === "speaking") this.#latest.isPaused = true;
        return;
      case "agent-resumed":
        if (this.#latest?.item.dataset["state"] === "paused") this.#latest.isPaused = false;
        return;
      case "agent-speech-ended":
        return this.#blocks.get(event.itemId)?.end(event.heardText, event.isInterrupted, event.heardMs);
      case "agent-metrics":
        this.#blocks.get(event.metrics.itemId)?.tell(event.metrics);
        return this.#follow();
      case "tool-call": {
        const row = new ToolRow(event);
        this.#tools.set(event.callId, row);
        return this.#log.append(row.item);
      }
      case "tool-result":
        this.#tools.get(event.callId)?.end(event);
        return this.#follow();
      default: // the rest is not the agent's
    }
  }

  /** Tells in its place what went wrong; the conversation goes on. */
  warn(error: unknown, mode: Mode): void {
    const item = document.createElement("li");
    item.className = "problem";
    item.dataset["testid"] = "problem";
    item.append(...explanationOf(error, mode));
    this.#log.append(item);
  }

  #clear(): void {
    this.#blocks.clear();
    this.#tools.clear();
    this.#latest = undefined;
  }

  #block(itemId: string): AnswerBlock {
    const known = this.#blocks.get(itemId);
    if (known) return known;
    const block = new AnswerBlock();
    this.#blocks.set(itemId, block);
    this.#log.append(block.item);
    return block;
  }

  /** What is told at this moment stays in sight, also where the answer is longer than the box. */
  #follow(): void {
    this.#log.follow(this.#latest?.isTold ? undefined : this.#latest?.ear);
  }
}
