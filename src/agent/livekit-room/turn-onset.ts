import type { HearingEvent } from "../../gate/frame-decider.ts";

/** Knows where the person's turn begins: at their first speech that passes the gate, which a button may hold shut. Pure. */
export class TurnOnset {
  /** Where the speech began that goes on. */
  #spokenFrom: number | undefined;
  #isOpen = false;
  #hasBegun = false;

  /** Takes what was heard; tells the sample at which a turn begins, if one does now. */
  hear(event: HearingEvent): number | undefined {
    switch (event.type) {
      case "speech-started":
        this.#spokenFrom = event.startSample;
        return this.#begin();
      case "speech-ended":
        this.#spokenFrom = undefined;
        return undefined;
      case "segment-opened":
        this.#isOpen = true;
        return this.#begin();
      case "segment-closed":
        this.#isOpen = false;
        return undefined;
      default: // the rest begins no turn
        return undefined;
    }
  }

  /** The turn is over, or forgotten. */
  end(): void {
    this.#hasBegun = false;
  }

  #begin(): number | undefined {
    if (!this.#isOpen || this.#hasBegun || this.#spokenFrom === undefined) return undefined;
    this.#hasBegun = true;
    return this.#spokenFrom;
  }
}
