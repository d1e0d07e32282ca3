import { element } from "../page.ts";

/** What the page does: it writes down what it hears, or it answers. */
export type Mode = "write" | "talk";

/** The switch between the modes. A link with `#talk` begins with the second one. */
export class ModeSwitch {
  readonly #fieldset = element("mode", HTMLFieldSetElement);
  /** Called when the mode has changed. */
  onChange: () => void = () => undefined;

  constructor() {
    this.#choose(location.hash === "#talk" ? "talk" : "write");
    this.#fieldset.addEventListener("change", ({ target }) => {
      if (target instanceof HTMLInputElement) this.#choose(target.value as Mode);
    });
    window.addEventListener("hashchange", () => {
      if (!this.#fieldset.disabled) this.#choose(location.hash === "#talk" ? "talk" : "write");
    });
  }

  /** The mode. */
  get mode(): Mode {
    return document.body.dataset["mode"] === "talk" ? "talk" : "write";
  }

  /** Holds it while a session runs. */
  set isLocked(isLocked: boolean) {
    this.#fieldset.disabled = isLocked;
  }

  #choose(mode: Mode): void {
    document.body.dataset["mode"] = mode;
    for (const input of this.#fieldset.querySelectorAll("input")) input.checked = input.value === mode;
    history.replaceState(null, "", mode === "talk" ? "#talk" : location.pathname);
    this.onChange();
  }
}
