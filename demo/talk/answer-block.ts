import type { AgentMetrics } from "vivavoce/agent";
import { clockOf } from "../clock-text.ts";
import { figuresOf, partText } from "./answer-words.ts";

/** One answer on the page: the words that were heard, and those that were made, but not heard, or not yet. */
export class AnswerBlock {
  readonly item = document.createElement("li");
  /** Stands between what was heard and what was not. */
  readonly ear = document.createElement("span");
  readonly #time = document.createElement("time");
  readonly #heard = document.createElement("span");
  readonly #note = document.createElement("p");
  #unheard: HTMLElement = document.createElement("span");
  #text = "";
  #heardText = "";

  constructor() {
    this.item.className = "answer";
    this.item.dataset["testid"] = "answer";
    this.#note.className = "turn-note";
    this.#heard.className = "heard-words";
    this.#heard.dataset["testid"] = "caption";
    this.#unheard.className = "unheard-words";
    const words = document.createElement("p");
    words.className = "answer-words";
    words.ariaLive = "off"; // it is heard already: nobody should read it over the voice, word by word
    const text = document.createElement("span");
    text.append(this.#heard, this.ear, this.#unheard);
    words.append(this.#time, text);
    this.item.append(words, this.#note);
  }

  /** Whether nothing more of it will be heard. */
  get isTold(): boolean {
    const { state } = this.item.dataset;
    return state === "told" || state === "cut";
  }

  /** All that is known of what it says. */
  set text(text: string) {
    this.#text = text;
    this.#show();
  }

  /** As much of it as was heard by now. */
  set heardText(text: string) {
    this.#heardText = text;
    this.#show();
  }

  /** It gives way, or goes on. */
  set isPaused(isPaused: boolean) {
    this.item.dataset["state"] = isPaused ? "paused" : "speaking";
  }

  /** Its first sound, on the capture clock. */
  start(startMs: number): void {
    this.item.dataset["state"] = "speaking";
    const seconds = startMs / 1000;
    this.#time.textContent = clockOf(seconds);
    this.#time.dateTime = `PT${seconds.toFixed(3)}S`;
  }

  /** It was told, or cut off after `heardMs`: what was not heard is struck. */
  end(heardText: string, isInterrupted: boolean, heardMs: number): void {
    this.item.dataset["state"] = isInterrupted ? "cut" : "told";
    if (isInterrupted) {
      this.#note.textContent = `Cut off after ${(heardMs / 1000).toFixed(1)} s`;
      const struck = document.createElement("del");
      struck.className = "unheard-words";
      this.#unheard.replaceWith(struck);
      this.#unheard = struck;
    }
    this.heardText = heardText;
  }

  /** How quick it was. */
  tell(metrics: AgentMetrics): void {
    this.#note.textContent = figuresOf(metrics);
  }

  #show(): void {
    const { heard, unheard } = partText(this.#text, this.#heardText);
    // A selection in the words that stay would be lost if they were written anew.
    if (this.#heard.textContent !== heard) this.#heard.textContent = heard;
    if (this.#unheard.textContent !== unheard) this.#unheard.textContent = unheard;
  }
}
