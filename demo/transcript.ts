import type { VoiceEvent, VoiceEventOf } from "vivavoce";
import { element } from "./page.ts";

/** The list of final texts, and below it the one that may still change. */
export class Transcript {
  readonly #finals = element("finals", HTMLOListElement);
  readonly #interim = element("interim", HTMLParagraphElement);
  readonly #empty = element("transcript-empty", HTMLParagraphElement);

  /** Takes the next event of a session. */
  hear(event: VoiceEvent): void {
    if (event.type === "state" && event.state.kind === "starting") this.#clear();
    if (event.type === "ended") this.#interim.replaceChildren();
    if (event.type === "transcript") this.#show(event);
    if (event.type === "transcripts-superseded") this.#withdraw(event);
  }

  #clear(): void {
    this.#finals.replaceChildren();
    this.#interim.replaceChildren();
    this.#empty.hidden = false;
  }

  #withdraw({ transcriptIds }: VoiceEventOf<"transcripts-superseded">): void {
    for (const id of transcriptIds) this.#finals.querySelector(`[data-transcript="${id}"]`)?.remove();
  }

  #show(event: VoiceEventOf<"transcript">): void {
    this.#interim.replaceChildren();
    if (event.text === "") return;
    this.#empty.hidden = true;
    if (event.isFinal) {
      const item = document.createElement("li");
      item.dataset["transcript"] = String(event.transcriptId);
      item.append(...parts(event));
      this.#finals.append(item);
    } else {
      this.#interim.append(...parts(event));
    }
    const box = this.#finals.parentElement;
    box?.scrollTo({ top: box.scrollHeight });
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
