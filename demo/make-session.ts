import { silero, VoiceSession, type AudioSource } from "vivavoce";
import { livekitInference } from "vivavoce/stt/livekit";
import { turnTaking, type TurnTaking } from "vivavoce/turns";
import { textCues } from "vivavoce/turns/text-cues";
import type { Settings } from "./settings.ts";
import type { Answerer } from "./talk/agents.ts";
import { fetchToken } from "./token.ts";

/**
 * A session as the settings want it, with somebody who answers, or without.
 *
 * @throws RangeError or TypeError if a setting cannot be used.
 */
export function makeSession(settings: Settings, source: AudioSource, answerer: Answerer | undefined): VoiceSession {
  const { policy, closeAfterMs, vad, model } = settings;
  const { agent, hearsForItself = false, preRollMs } = answerer ?? {};
  return new VoiceSession({
    source,
    vad: silero({ model: vad }),
    gate: { policy, closeAfterMs, ...(preRollMs === undefined ? {} : { preRollMs }) },
    turns: turnsOf(settings, hearsForItself),
    ...(hearsForItself ? {} : { stt: livekitInference({ url: "/v1", model, token: fetchToken }) }),
    ...(agent ? { agent } : {}),
    finalLimitMs: 10_000, // the recogniser may share a small computer with the page
  });
}

/** Where the agent hears for itself there are no words on the page by which it could judge. */
function turnsOf({ turnEnding, minDelayMs, maxDelayMs }: Settings, hasNoWords: boolean): TurnTaking {
  if (turnEnding === "manual") return turnTaking({ detection: "manual" });
  if (turnEnding === "vad" || hasNoWords) return turnTaking({ detection: "vad", endpointing: { minDelayMs } });
  return turnTaking({ detection: textCues({ language: "en" }), endpointing: { minDelayMs, maxDelayMs } });
}
