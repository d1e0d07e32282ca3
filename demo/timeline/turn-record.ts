import type { VoiceEvent, VoiceEventOf } from "vivavoce";

/** A silence after speech: while it lasts, it is not yet clear whether the person has finished. Times are of the capture clock. */
export interface TurnSilence {
  /** Where the speech ended. */
  readonly startMs: number;
  /** Absent while it lasts. */
  readonly endMs?: number;
  /** What it came to: the turn was over, the person went on, or there was nothing to wait for. */
  readonly outcome?: "turn" | "resumed" | "nothing";
  /** How long it has to last for the turn to be over; absent until that is decided. */
  readonly delayMs?: number;
  /** What a detector thinks: that the person has finished, in 0..1. */
  readonly probability?: number;
}

/** The end of a turn. */
export interface TurnMark {
  readonly atMs: number;
  /** From the end of speech to here; absent if it was not measured. */
  readonly delayMs?: number;
}

/** The silences and the turns that came of them. Pure. */
export class TurnRecord {
  readonly silences: TurnSilence[] = [];
  readonly marks: TurnMark[] = [];

  /** Takes the next event of a session. */
  hear(event: VoiceEvent): void {
    switch (event.type) {
      case "speech-ended":
        return void this.silences.push({ startMs: event.endMs });
      case "turn-pending":
        return this.#decide(event);
      case "speech-started":
        return this.#end(event.startMs, "resumed");
      case "turn-resumed":
        return this.#end(event.atMs, "resumed");
      case "segment-settled": // no text came of it, so no turn will
        if (this.silences.at(-1)?.delayMs === undefined) this.#end(event.atMs, "nothing");
        return;
      case "turn":
        return this.#turn(event);
      case "ended":
        return this.#end(event.atMs, "nothing");
      default: // the rest is not about turns
    }
  }

  /** Forgets what was over before a moment. */
  forgetBefore(ms: number): void {
    while (this.silences[0] && (this.silences[0].endMs ?? Infinity) < ms) this.silences.shift();
    while (this.marks[0] && this.marks[0].atMs < ms) this.marks.shift();
  }

  #decide({ delayMs, endsAtMs, probability }: VoiceEventOf<"turn-pending">): void {
    const { startMs = endsAtMs - delayMs, outcome } = this.silences.at(-1) ?? {};
    const decided = { startMs, delayMs, ...(probability === undefined ? {} : { probability }) };
    // A text may come after it was thought that none would.
    const isNew = outcome === "turn" || outcome === "resumed";
    this.silences.splice(
      isNew ? this.silences.length : -1,
      1,
      isNew ? { ...decided, startMs: endsAtMs - delayMs } : decided,
    );
  }

  #turn({ atMs, metrics }: VoiceEventOf<"turn">): void {
    const { endOfTurnDelayMs: delayMs } = metrics;
    this.marks.push({ atMs, ...(delayMs === undefined ? {} : { delayMs }) });
    this.#end(atMs, "turn");
  }

  #end(endMs: number, outcome: NonNullable<TurnSilence["outcome"]>): void {
    const last = this.silences.at(-1);
    if (!last || last.endMs !== undefined) return;
    this.silences.splice(-1, 1, { ...last, endMs: Math.max(endMs, last.startMs), outcome });
  }
}
