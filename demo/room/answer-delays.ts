import type { VoiceEvent } from "vivavoce";
import { durationsOf, type Durations } from "../figures/durations.ts";

/** How long answers take in a room, where no agent measures them: from the last word of a turn to the agent's voice. Pure. */
export class AnswerDelays {
  readonly #delaysMs: number[] = [];
  #spokenUntilMs: number | undefined;
  /** Absent while no answer to speech is due. */
  #askedMs: number | undefined;

  /** The last and the median; absent before the first answer. */
  get durations(): Durations | undefined {
    return durationsOf(this.#delaysMs);
  }

  /** Takes the next event of a session. */
  hear(event: VoiceEvent): void {
    switch (event.type) {
      case "speech-started":
        this.#spokenUntilMs = this.#askedMs = undefined;
        return;
      case "speech-ended":
        this.#spokenUntilMs = event.endMs;
        return;
      case "turn": // ended by a button, it may be over before the detector knows that the speech is
        this.#askedMs = this.#spokenUntilMs ?? event.atMs;
        return;
      case "agent-speech-started":
        if (this.#askedMs !== undefined) this.#delaysMs.push(Math.max(0, event.startMs - this.#askedMs));
        this.#askedMs = undefined;
        return;
      default: // the rest asks and answers nothing
    }
  }
}
