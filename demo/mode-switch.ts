import { element } from "./page.ts";

const MODES = ["write", "talk", "room"] as const;

/** What the page does: it writes down what it hears, answers, or lets an agent in a LiveKit room answer. */
export type Mode = (typeof MODES)[number];

/** The switch between the modes. A link with `#talk` or `#room` begins with that one. */
export class ModeSwitch {
  readonly #fieldset = element("mode", HTMLFieldSetElement);
  #mode: Mode = "write";
  /** Called when the mode has changed. */
  onChange: () => void = () => undefined;

  constructor() {
    this.#choose(location.hash.slice(1));
    this.#fieldset.addEventListener("change", ({ target }) => {
      if (target instanceof HTMLInputElement) this.#choose(target.value);
    });
    window.addEventListener("hashchange", () => {
      if (!this.#fieldset.disabled) this.#choose(location.hash.slice(1));
    });
  }

  /** The mode. */
  get mode(): Mode {
    return this.#mode;
  }

  /** Holds it while a session runs. */
  set isLocked(isLocked: boolean) {
    this.#fieldset.disabled = isLocked;
  }

  #choose(name: string): void {
    const mode = MODES.find((known) => known === name) ?? "write";
    this.#mode = mode;
    document.body.dataset["mode"] = mode;
    for (const input of this.#fieldset.querySelectorAll("input")) input.checked = input.value === mode;
    history.replaceState(null, "", mode === "write" ? location.pathname : `#${mode}`);
    this.onChange();
  }
}
