import { follow } from "./log-scroll.ts";
import { element } from "./page.ts";

/** What was said and done, oldest first, in the box that both sides of a conversation share. */
export class Log {
  readonly #items = element("turns", HTMLOListElement);
  readonly #empty = element("transcript-empty", HTMLDivElement);

  /** Adds to its end. */
  append(item: HTMLLIElement): void {
    this.#items.append(item);
    this.follow();
  }

  /** Keeps its end in sight, or `mark`. */
  follow(mark?: HTMLElement): void {
    this.#empty.hidden = true;
    follow(this.#items.parentElement, mark);
  }

  /** Begins anew. */
  clear(): void {
    this.#items.replaceChildren();
    this.#empty.hidden = false;
  }

  /** The items that a selector finds. */
  find(selector: string): Element | null {
    return this.#items.querySelector(selector);
  }
}
