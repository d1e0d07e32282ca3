import type { VoiceEvent } from "vivavoce";
import { expect, test } from "vitest";
import { AgentSign } from "./agent-sign.ts";

function becomes(to: "listening" | "thinking" | "speaking"): VoiceEvent {
  return { type: "agent-state", atMs: 0, from: "listening", to, sinceMs: 0 };
}

const PAUSED: VoiceEvent = { type: "interruption", atMs: 0, kind: "pause", cause: "speech" };
const STOPPED: VoiceEvent = { ...PAUSED, kind: "stop" };
const RESUMED: VoiceEvent = { type: "agent-resumed", atMs: 0, cause: "silence" };
const RAN: VoiceEvent = { type: "state", atMs: 0, state: { kind: "listening", sinceMs: 0 } };

test.each<[string, readonly VoiceEvent[], string]>([
  ["at first", [RAN], "listening"],
  ["while an answer is made", [RAN, becomes("thinking")], "thinking"],
  ["while it gives way", [becomes("speaking"), PAUSED, becomes("listening")], "paused"],
  ["when it goes on", [becomes("speaking"), PAUSED, becomes("listening"), RESUMED, becomes("speaking")], "speaking"],
  ["when the pause became an end", [becomes("speaking"), PAUSED, becomes("listening"), STOPPED], "listening"],
  ["in the next session", [becomes("speaking"), PAUSED, RAN], "listening"],
])("%s it is shown as what it does", (_when, events, doing) => {
  const sign = new AgentSign();
  for (const event of events) sign.hear(event);
  expect(sign.doing).toBe(doing);
});
