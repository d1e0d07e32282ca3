import type { SessionState } from "vivavoce";
import type { RoomStage } from "../room/room-health.ts";

/** What the agent is doing, for the page. */
export type AgentDoing = "listening" | "thinking" | "speaking" | "paused";

/** The same, or what stands between it and the person. */
export type AgentStanding = AgentDoing | Exclude<RoomStage, "there">;

/** What to say beside the big button in a conversation: to a person, and where a recording speaks. */
export const TALK_HINTS: Readonly<Record<SessionState["kind"], readonly [live: string, recorded: string]>> = {
  idle: ["Press Start, and ask it something.", "Press Start: the recording speaks."],
  starting: ["Allow the microphone, if asked.", "Fetching the recording…"],
  listening: ["Speak, and it answers.", "It answers the recording."],
  stopping: ["Waiting for the last words…", "Waiting for the last words…"],
  ended: ["", ""],
};

/** The same, while the agent does something, or is not there. */
export const AGENT_HINTS: Readonly<Record<Exclude<AgentStanding, "listening">, string>> = {
  thinking: "An answer is on its way.",
  speaking: "Speak up to interrupt it.",
  paused: "It gives way. Did you mean it?",
  joining: "What you say is kept for it.",
  waiting: "No agent yet: speak, it is kept.",
  reconnecting: "What you say is kept meanwhile.",
};
