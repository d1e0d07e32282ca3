import type { SessionState } from "vivavoce";

/** What the agent is doing, for the page. */
export type AgentDoing = "listening" | "thinking" | "speaking" | "paused";

/** What to say beside the big button in a conversation: to a person, and where a recording speaks. */
export const TALK_HINTS: Readonly<Record<SessionState["kind"], readonly [live: string, recorded: string]>> = {
  idle: ["Press Start, and ask for the time or the weather.", "Press Start: the recording speaks first."],
  starting: ["Allow the microphone, if you are asked.", "Fetching the recording…"],
  listening: ["Speak. It answers when you have finished.", "It answers when the recording has finished."],
  stopping: ["Waiting for the last words…", "Waiting for the last words…"],
  ended: ["", ""],
};

/** The same, while the agent does something. */
export const AGENT_HINTS: Readonly<Record<Exclude<AgentDoing, "listening">, string>> = {
  thinking: "An answer is on its way.",
  speaking: "Speak up to interrupt it.",
  paused: "It gives way, until it is clear what you meant.",
};
