import { explain } from "./errors.ts";
import { element } from "./page.ts";

/** The place for what went wrong. */
export class Notice {
  readonly #place = element("error", HTMLElement);

  /** Whether it is of a conversation, where more than the recogniser can fail. */
  isTalk = false;

  /** Says it in plain words, with the library's own below. */
  show(error: unknown): void {
    this.#place.replaceChildren(...explanationOf(error, this.isTalk));
    this.#place.hidden = false;
  }

  /** Takes it away. */
  clear(): void {
    this.#place.hidden = true;
    this.#place.replaceChildren();
  }
}

/** An error as the page shows it: what happened, what to do, and the library's own words in small print. */
export function explanationOf(error: unknown, isTalk: boolean): readonly HTMLElement[] {
  const { what, remedy, detail } = explain(error, isTalk);
  const title = document.createElement("strong");
  title.textContent = what;
  const advice = document.createElement("span");
  advice.textContent = remedy;
  const small = document.createElement("small");
  small.textContent = detail;
  return [title, advice, small];
}
