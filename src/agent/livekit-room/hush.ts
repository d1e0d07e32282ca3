import type { Clock } from "../../net/clock.ts";
import type { RoomSpeaker } from "./room-devices.ts";

/** An agent that was interrupted and has not fallen silent by then does not mean to. */
const LIMIT_MS = 5_000;

/** Silences a live voice at once, until it begins anew: its last words are still on their way when it is told to stop. */
export class Hush {
  readonly #speaker: RoomSpeaker;
  readonly #clock: Clock;
  #callOff: (() => void) | undefined;

  constructor(speaker: RoomSpeaker, clock: Clock) {
    this.#speaker = speaker;
    this.#clock = clock;
  }

  /** Falls silent. */
  begin(): void {
    this.#callOff?.();
    void this.#speaker.clear();
    this.#callOff = this.#clock.schedule(LIMIT_MS, () => this.end());
  }

  /** It may be heard again. */
  end(): void {
    if (!this.#callOff) return;
    this.close();
    this.#speaker.resume();
  }

  /** Nothing follows. */
  close(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }
}
