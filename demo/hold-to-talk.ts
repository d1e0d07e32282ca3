import { element } from "./page.ts";

/** What holding the button does. */
export interface HoldActions {
  readonly press: () => void;
  readonly release: () => void;
}

/** The button that is held to talk: by mouse, finger, pen or key; the space bar works from all over the page. */
export class HoldToTalk {
  readonly #button = element("hold", HTMLButtonElement);
  readonly #label = element("hold-label", HTMLSpanElement);
  readonly #actions: HoldActions;
  #isHeld = false;

  constructor(actions: HoldActions) {
    this.#actions = actions;
    this.#followPointer();
    this.#followKeys();
    // What reads the page aloud clicks without pressing: then one click begins, and the next one ends.
    this.#button.addEventListener("click", ({ detail }) => detail === 0 && this.#hold(!this.#isHeld));
    window.addEventListener("blur", () => this.#hold(false));
  }

  /** Shows or hides it. */
  set isShown(isShown: boolean) {
    this.#button.hidden = !isShown;
  }

  /** Whether somebody listens. */
  set isReady(isReady: boolean) {
    this.#button.disabled = !isReady;
    if (!isReady) this.#show(false); // the session has taken the last words already
    // Else the space bar would press the button that was pressed last: Stop.
    else if (!this.#button.hidden) this.#button.focus({ preventScroll: true });
  }

  #followPointer(): void {
    this.#button.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !event.isPrimary) return;
      this.#button.setPointerCapture(event.pointerId);
      this.#hold(true);
    });
    for (const type of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
      this.#button.addEventListener(type, () => this.#hold(false));
    }
    this.#button.addEventListener("contextmenu", (event) => event.preventDefault()); // a long touch is no wish for a menu
  }

  #followKeys(): void {
    document.addEventListener("keydown", (event) => {
      if (!this.#isForMe(event)) return;
      event.preventDefault();
      if (!event.repeat) this.#hold(true);
    });
    document.addEventListener("keyup", (event) => {
      if (!this.#isForMe(event)) return;
      event.preventDefault();
      this.#hold(false);
    });
  }

  #isForMe({ key, target }: KeyboardEvent): boolean {
    if (this.#button.hidden || this.#button.disabled) return false;
    if (target === this.#button) return key === " " || key === "Enter";
    const isTaken = target instanceof Element && target.closest("input, select, textarea, button, summary") !== null;
    return key === " " && !isTaken;
  }

  #hold(isHeld: boolean): void {
    if (isHeld === this.#isHeld || this.#button.disabled) return;
    this.#show(isHeld);
    if (isHeld) this.#actions.press();
    else this.#actions.release();
  }

  #show(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#button.ariaPressed = String(isHeld);
    this.#label.textContent = isHeld ? "Let go to finish" : "Hold to talk";
  }
}
