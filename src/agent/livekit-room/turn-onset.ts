import type { HearingEvent } from "../../gate/frame-decider.ts";
import { PassingSpeech } from "./passing-speech.ts";

/** Knows where the person's turn begins: with their first speech that passes the gate. Pure. */
export class TurnOnset {
  readonly #passing = new PassingSpeech();
  #hasBegun = false;

  /** Takes what was heard; tells the sample at which a turn begins, if one does now. */
  hear(event: HearingEvent): number | undefined {
    const beginning = this.#passing.hear(event);
    if (beginning === undefined || this.#hasBegun) return undefined;
    this.#hasBegun = true;
    return beginning;
  }

  /** The turn is over, or forgotten. */
  end(): void {
    this.#hasBegun = false;
  }
}
