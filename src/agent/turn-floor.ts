import type { AgentSpeech } from "../turns/interruption-rules.ts";
import type { AgentHost } from "./agent-host.ts";
import type { FloorKeeper } from "./agent-voice.ts";

/** Lets the session's turn taking keep account of what the agent is doing. */
export class TurnFloor implements FloorKeeper {
  readonly #host: Pick<AgentHost, "turns">;

  constructor(host: Pick<AgentHost, "turns">) {
    this.#host = host;
  }

  thinking(speech: AgentSpeech): void {
    this.#host.turns()?.agent.thinking(speech);
  }

  started(speech: AgentSpeech): void {
    this.#host.turns()?.agent.started(speech);
  }

  ended(): void {
    this.#host.turns()?.agent.ended();
  }
}
