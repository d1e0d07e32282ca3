import { explain } from "./errors.ts";
import type { Mode } from "./mode-switch.ts";
import { element } from "./page.ts";

/** The place for what went wrong. */
export class Notice {
  readonly #place = element("error", HTMLElement);

  /** What the page does: it decides what can have failed. */
  mode: Mode = "write";

  /** Says it in plain words, with the library's own below. */
  show(error: unknown): void {
    this.#place.replaceChildren(...explanationOf(error, this.mode));
    this.#place.hidden = false;
  }

  /** Takes it away. */
  clear(): void {
    this.#place.hidden = true;
    this.#place.replaceChildren();
  }
}

/** An error as the page shows it: what happened, what to do, and the library's own words in small print. */
export function explanationOf(error: unknown, mode: Mode): readonly HTMLElement[] {
  const { what, remedy, detail } = explain(error, mode);
  const title = document.createElement("strong");
  title.textContent = what;
  const advice = document.createElement("span");
  // What stands between `…` is typed.
  advice.append(...remedy.split("`").map((text, index) => (index % 2 === 0 ? text : typed(text))));
  const small = document.createElement("small");
  small.textContent = detail;
  return [title, advice, small];
}

function typed(text: string): HTMLElement {
  const code = document.createElement("code");
  code.textContent = text;
  return code;
}
