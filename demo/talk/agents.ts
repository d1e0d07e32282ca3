import { cascade, type Agent } from "vivavoce/agent";
import { livekitLlm, livekitTts } from "vivavoce/agent/livekit";
import { openaiRealtime } from "vivavoce/realtime";
import { fetchSecret, fetchToken } from "../token.ts";
import { TOOLS } from "./tools.ts";

/** Who answers: a language model and a voice, or a model that hears and speaks. */
export type AgentKind = "cascade" | "realtime";

const INSTRUCTIONS = "You answer on a page that shows a voice SDK at work. Answer in one or two short sentences.";

/** An agent of the page's own server. */
export function makeAgent(kind: AgentKind): Agent {
  if (kind === "realtime") {
    return openaiRealtime({
      token: fetchSecret,
      baseUrl: "/v1/realtime",
      instructions: INSTRUCTIONS,
      session: { transcription: { model: "whisper-1" } },
      tools: TOOLS,
    });
  }
  return cascade({
    respond: livekitLlm({ model: "rules/answers", token: fetchToken, instructions: INSTRUCTIONS }),
    speak: livekitTts({ model: "espeak-ng/en-us", token: fetchToken }),
    tools: TOOLS,
  });
}
