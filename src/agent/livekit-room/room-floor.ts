import { samplesToMs } from "../../audio/units.ts";
import type { RoomAgentState } from "../../room/agent-attributes.ts";
import type { AgentHost } from "../agent-host.ts";

/** A live voice cannot go on where it stopped. */
const SPEECH = { isInterruptible: true, canPause: false };

/** Lets the session keep account of what the agent says that it is doing: turn taking, where there is some. */
export class RoomFloor {
  readonly #host: Pick<AgentHost, "emit" | "now" | "turns" | "surroundings">;
  #state: RoomAgentState = "initializing";

  constructor(host: Pick<AgentHost, "emit" | "now" | "turns" | "surroundings">) {
    this.#host = host;
  }

  /** The agent does something else now. */
  become(to: RoomAgentState): void {
    const from = this.#state;
    if (from === to) return;
    this.#state = to;
    const { emit, now, turns, surroundings } = this.#host;
    if (!surroundings.turns) return emit({ type: "agent-state", from, to, sinceMs: samplesToMs(now()) });
    const agent = turns()?.agent;
    if (to === "thinking") agent?.thinking(SPEECH);
    else if (to === "speaking") agent?.started(SPEECH);
    else agent?.ended();
  }
}
