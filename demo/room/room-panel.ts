import type { VoiceEvent, VoiceSession } from "vivavoce";
import { showDurations, showFigure } from "../figures/show-figure.ts";
import { element } from "../page.ts";
import { AnswerDelays } from "./answer-delays.ts";
import { stageOf, wordingOf, type RoomHealth, type RoomStage } from "./room-health.ts";

/** A quarter of a second is as often as one can read. */
const LOOK_MS = 250;
const NOWHERE: RoomHealth = { state: "idle", isLive: false, heldMs: 0, lagMs: 0, skippedMs: 0 };

/** The room on the page: who is there, what becomes of the voice, and how long it takes. */
export class RoomPanel {
  readonly #connection = element("room-connection", HTMLElement);
  readonly #agent = element("room-agent", HTMLElement);
  readonly #voice = element("room-voice", HTMLElement);
  #delays = new AnswerDelays();

  /** Shows the name of the room. */
  set name(name: string) {
    element("room-name", HTMLElement).textContent = name;
  }

  /** Takes the next event of a session. */
  hear(event: VoiceEvent): void {
    if (event.type === "state" && event.state.kind === "starting") this.#delays = new AnswerDelays();
    this.#delays.hear(event);
  }

  /** Shows how the room of a session stands until that ends, also while no event comes; `onStage` is told each time. */
  watch(session: VoiceSession, onStage: (stage: RoomStage) => void): void {
    const look = (): void => {
      const health = (session.health.agent ?? NOWHERE) as unknown as RoomHealth;
      this.#show(health);
      onStage(stageOf(health));
    };
    const timer = setInterval(look, LOOK_MS);
    session.on("ended", () => {
      clearInterval(timer);
      this.#show(NOWHERE);
    });
    look();
  }

  #show(health: RoomHealth): void {
    const { connection, agent, voice } = wordingOf(health);
    write(this.#connection, connection);
    write(this.#agent, agent);
    write(this.#voice, voice);
    this.#connection.dataset["state"] = health.state;
    showDurations("roomAnswer", this.#delays.durations);
    showFigure("late", `${Math.round(health.lagMs)} ms`);
    showFigure("skipped", `${Math.round(health.skippedMs)} ms`);
    showFigure("held", `${(health.heldMs / 1000).toFixed(1)} s`);
  }
}

function write(place: HTMLElement, text: string): void {
  if (place.textContent !== text) place.textContent = text;
}
