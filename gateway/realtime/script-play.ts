import type { WireServerEvent } from "../../src/realtime/wire.ts";
import type { ScriptFrames, RealtimeScript } from "./script.ts";

/** What is done in an event's place. */
export type PlayAction = { readonly send: string } | { readonly close: number } | { readonly drop: true };

/** One session's performance of a script. */
export class ScriptPlay {
  readonly #script: RealtimeScript;
  readonly #counts = new Map<string, number>();

  constructor(script: RealtimeScript) {
    this.#script = script;
  }

  /** What to do where nothing but `event` was to be sent. */
  actionsFor(event: WireServerEvent): PlayAction[] {
    const count = (this.#counts.get(event.type) ?? 0) + 1;
    this.#counts.set(event.type, count);
    const steps = (this.#script.steps ?? []).filter(({ at, nth }) => at === event.type && (nth ?? count) === count);
    const framesOf = (make: ScriptFrames): PlayAction[] =>
      make(event).map((frame) => ({ send: typeof frame === "string" ? frame : JSON.stringify(frame) }));
    return [
      ...steps.flatMap((step) => ("before" in step ? framesOf(step.before) : [])),
      ...(steps.some((step) => "swallow" in step) ? [] : [{ send: JSON.stringify(event) }]),
      ...steps.flatMap((step) => ("after" in step ? framesOf(step.after) : [])),
      ...steps.flatMap((step): PlayAction[] => {
        if ("close" in step) return [{ close: step.close }];
        return "drop" in step ? [{ drop: true }] : [];
      }),
    ];
  }
}
