import { samplesToMs } from "../audio/units.ts";
import { AgentState, type AgentActivity, type AgentStateKind } from "../turns/agent-state.ts";
import type { AgentHost } from "./agent-host.ts";
import type { FloorKeeper } from "./agent-voice.ts";

/** Keeps account of what the agent is doing in a session without turns, and tells it. */
export class LoneFloor implements FloorKeeper {
  readonly #host: Pick<AgentHost, "emit" | "now">;
  readonly #state: AgentState;

  constructor(host: Pick<AgentHost, "emit" | "now">) {
    this.#host = host;
    this.#state = new AgentState(host.now());
    this.#does("started");
  }

  /** What it is doing. */
  get kind(): AgentStateKind {
    return this.#state.state.kind;
  }

  thinking(): void {
    this.#does("reply-started");
  }

  started(): void {
    if (this.kind !== "thinking" && this.kind !== "speaking") this.#does("reply-started");
    this.#does("audio-started");
  }

  ended(): void {
    this.#does("reply-ended");
  }

  #does(type: AgentActivity["type"]): void {
    const change = this.#state.handle({ type }, this.#host.now());
    if (!change) return;
    const { oldState: from, newState: to, sinceSample } = change;
    this.#host.emit({ type: "agent-state", from, to, sinceMs: samplesToMs(sinceSample) });
  }
}
