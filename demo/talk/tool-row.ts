import type { VoiceEventOf } from "vivavoce";
import { callText } from "./answer-words.ts";

/** One call of a tool on the page: what was asked, what came back, and how long it took. */
export class ToolRow {
  readonly item = document.createElement("li");
  readonly #result = document.createElement("samp");
  readonly #time = document.createElement("span");

  constructor({ name, arguments: given }: VoiceEventOf<"tool-call">) {
    this.item.className = "tool";
    this.item.dataset["testid"] = "tool";
    this.item.dataset["state"] = "running";
    const call = document.createElement("code");
    call.textContent = callText(name, given);
    this.#result.textContent = "…";
    this.#time.className = "note";
    this.item.append(call, this.#result, this.#time);
  }

  /** It has answered, or failed. */
  end({ output, durationMs, error }: VoiceEventOf<"tool-result">): void {
    this.item.dataset["state"] = error ? "failed" : "done";
    this.#result.textContent = error ? error.message : output;
    this.#time.textContent = `${Math.round(durationMs)} ms`;
  }
}
