import { AGENT_STATE } from "./topics.ts";
import type { Attributes } from "./room-port.ts";

/** What an agent says that it is doing. */
export type RoomAgentState = "initializing" | "idle" | "listening" | "thinking" | "speaking";

const STATES: readonly string[] = ["initializing", "idle", "listening", "thinking", "speaking"];

/** What the attributes say of the agent's state: absent where they say nothing, or what nobody knows. */
export interface StateAttribute {
  readonly state?: RoomAgentState;
  /** What is said instead of a state. */
  readonly unknown?: string;
}

/** Reads an agent's state. Pure. */
export function stateOf(attributes: Attributes): StateAttribute {
  const value = attributes[AGENT_STATE];
  if (value === undefined || value === "") return {};
  return STATES.includes(value) ? { state: value as RoomAgentState } : { unknown: value };
}
