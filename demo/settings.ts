import type { GatePolicy, SileroModel } from "vivavoce";
import { element } from "./page.ts";

/** Who decides that a turn is over. */
export type TurnEnding = "vad" | "text-cues" | "manual";

/** What the person may set for the next start. */
export interface Settings {
  readonly policy: GatePolicy;
  readonly closeAfterMs: number;
  readonly vad: SileroModel;
  /** Name of the recogniser's model. */
  readonly model: string;
  readonly turnEnding: TurnEnding;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
}

/** The settings as they stand in the form; the library checks them. */
export function readSettings(): Settings {
  const turnEnding = element("turn-ending", HTMLSelectElement).value as TurnEnding;
  return {
    policy: turnEnding === "manual" ? "manual" : (element("policy", HTMLSelectElement).value as GatePolicy),
    closeAfterMs: element("close-after", HTMLInputElement).valueAsNumber,
    vad: element("vad", HTMLSelectElement).value as SileroModel,
    model: element("model", HTMLInputElement).value.trim(),
    turnEnding,
    minDelayMs: element("min-delay", HTMLInputElement).valueAsNumber,
    maxDelayMs: element("max-delay", HTMLInputElement).valueAsNumber,
  };
}

/** Calls back, now and whenever it changes, with who decides that a turn is over. */
export function watchTurnEnding(onChange: (ending: TurnEnding) => void): void {
  const select = element("turn-ending", HTMLSelectElement);
  const tell = (): void => {
    const ending = select.value as TurnEnding;
    // Where the person holds a button, nothing else decides what is sent, nor how long is waited.
    for (const id of ["policy", "close-after", "min-delay", "max-delay"]) {
      const field = document.getElementById(id);
      if (field instanceof HTMLSelectElement || field instanceof HTMLInputElement) {
        field.disabled = ending === "manual" || (id === "max-delay" && ending === "vad");
      }
    }
    onChange(ending);
  };
  select.addEventListener("change", tell);
  tell();
}

/** Greys out what an agent that hears for itself has no use for: the recogniser, and cues in its words. */
export function showUseOfWords(hasWords: boolean): void {
  element("model", HTMLInputElement).disabled = !hasWords;
  const select = element("turn-ending", HTMLSelectElement);
  for (const option of select.options) option.disabled = option.value === "text-cues" && !hasWords;
  if (hasWords || select.value !== "text-cues") return;
  select.value = "vad";
  select.dispatchEvent(new Event("change"));
}

/** Locks the settings while a session runs. */
export function lockSettings(isLocked: boolean): void {
  const fieldset = element("settings", HTMLFormElement).querySelector("fieldset");
  if (fieldset) fieldset.disabled = isLocked;
}
