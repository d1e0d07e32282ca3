import { cascade, type Agent } from "vivavoce/agent";
import { livekitLlm, livekitTts } from "vivavoce/agent/livekit";
import { openaiRealtime } from "vivavoce/realtime";
import type { RoomDoor } from "../room/room-door.ts";
import { fetchSecret, fetchToken } from "../token.ts";
import { TOOLS } from "./tools.ts";

/** Who answers: a language model and a voice, a model that hears and speaks, or an agent in a room. */
export type AgentKind = "cascade" | "realtime" | "room";

const INSTRUCTIONS = "You answer on a page that shows a voice SDK at work. Answer in one or two short sentences.";

/** An agent, and what a session has to know of it. */
export interface Answerer {
  readonly agent: Agent;
  /** Whether it needs no recogniser on the page. */
  readonly hearsForItself: boolean;
  /** How much of the sound before speech is sent along; as much as usual if absent. */
  readonly preRollMs?: number;
}

/** An agent of the page's own server; one in a room is behind a door that must be open. */
export function makeAnswerer(kind: AgentKind, door: RoomDoor): Answerer {
  if (kind === "cascade") return { agent: makeCascade(), hearsForItself: false };
  if (kind === "realtime") return { agent: makeRealtime(), hearsForItself: true };
  // What is sent at once arrives late: a room carries sound no faster than it is heard.
  return { agent: door.makeAgent(), hearsForItself: true, preRollMs: 200 };
}

function makeCascade(): Agent {
  return cascade({
    respond: livekitLlm({ model: "rules/answers", token: fetchToken, instructions: INSTRUCTIONS }),
    speak: livekitTts({ model: "espeak-ng/en-us", token: fetchToken }),
    tools: TOOLS,
  });
}

function makeRealtime(): Agent {
  return openaiRealtime({
    token: fetchSecret,
    baseUrl: "/v1/realtime",
    instructions: INSTRUCTIONS,
    session: { transcription: { model: "whisper-1" } },
    tools: TOOLS,
  });
}
