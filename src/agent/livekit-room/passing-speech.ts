import type { HearingEvent } from "../../gate/frame-decider.ts";

/** Knows where speech begins that passes the gate, which a button may hold shut and open in mid-speech. Pure. */
export class PassingSpeech {
  /** Where the speech began that goes on. */
  #spokenFrom: number | undefined;
  #openFrom: number | undefined;

  /** Takes what was heard; tells the sample at which such speech begins, if it does now. */
  hear(event: HearingEvent): number | undefined {
    switch (event.type) {
      case "speech-started":
        this.#spokenFrom = event.startSample;
        return this.#beginning();
      case "speech-ended":
        this.#spokenFrom = undefined;
        return undefined;
      case "segment-opened":
        this.#openFrom = event.startSample;
        return this.#beginning();
      case "segment-closed":
        this.#openFrom = undefined;
        return undefined;
      default: // the rest begins nothing
        return undefined;
    }
  }

  #beginning(): number | undefined {
    if (this.#spokenFrom === undefined || this.#openFrom === undefined) return undefined;
    return Math.max(this.#spokenFrom, this.#openFrom);
  }
}
