import type { TurnSettings } from "./turn-settings.ts";

/** Who decides; a detector judges on top of the VAD. */
export type DetectionKind = "vad" | "stt" | "manual" | "realtime" | "detector";

/** Who decides by these settings; without any, the VAD if there is one. */
export function detectionKind({ detection }: TurnSettings, hasVad: boolean): DetectionKind {
  if (detection === undefined) return hasVad ? "vad" : "stt";
  return typeof detection === "string" ? detection : "detector";
}
