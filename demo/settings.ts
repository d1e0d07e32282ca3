import type { GatePolicy, SileroModel } from "vivavoce";
import { element } from "./page.ts";

/** What the person may set for the next start. */
export interface Settings {
  readonly policy: GatePolicy;
  readonly closeAfterMs: number;
  readonly vad: SileroModel;
  /** Name of the recogniser's model. */
  readonly model: string;
}

/** The settings as they stand in the form; the library checks them. */
export function readSettings(): Settings {
  return {
    policy: element("policy", HTMLSelectElement).value as GatePolicy,
    closeAfterMs: element("close-after", HTMLInputElement).valueAsNumber,
    vad: element("vad", HTMLSelectElement).value as SileroModel,
    model: element("model", HTMLInputElement).value.trim(),
  };
}

/** Locks the settings while a session runs. */
export function lockSettings(isLocked: boolean): void {
  const fieldset = element("settings", HTMLFormElement).querySelector("fieldset");
  if (fieldset) fieldset.disabled = isLocked;
}
