import type { VoiceEvent } from "vivavoce";
import type { AgentDoing } from "./talk-hints.ts";

/** What the agent is doing, as its events tell it. A paused answer is `paused` until it goes on or is given up. Pure. */
export class AgentSign {
  #state: "listening" | "thinking" | "speaking" = "listening";
  #isPaused = false;

  /** What it is doing now. */
  get doing(): AgentDoing {
    return this.#isPaused ? "paused" : this.#state;
  }

  /** Takes the next event of a session. */
  hear(event: VoiceEvent): void {
    switch (event.type) {
      case "state":
        this.#state = "listening";
        this.#isPaused = false;
        return;
      case "agent-state":
        this.#state = event.to === "thinking" || event.to === "speaking" ? event.to : "listening";
        if (this.#state !== "listening") this.#isPaused = false;
        return;
      case "interruption":
        this.#isPaused = event.kind === "pause";
        return;
      case "agent-resumed":
      case "agent-speech-ended":
        this.#isPaused = false;
        return;
      default: // the rest does not change what it does
    }
  }
}
