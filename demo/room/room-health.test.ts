import { expect, test } from "vitest";
import { wordingOf, stageOf, type RoomHealth } from "./room-health.ts";

const ALONE: RoomHealth = { state: "joined", isLive: false, heldMs: 1_240, lagMs: 0, skippedMs: 0 };
const THERE: RoomHealth = { ...ALONE, agentIdentity: "agent", agentState: "listening", isLive: true, heldMs: 0 };

test.each<[string, RoomHealth, string]>([
  ["before anything is asked", { ...ALONE, state: "idle" }, "joining"],
  ["while the room is joined", { ...ALONE, state: "connecting" }, "joining"],
  ["alone in it", ALONE, "waiting"],
  ["with an agent that begins", { ...THERE, agentState: "initializing" }, "waiting"],
  ["with an agent that does not hear yet", { ...THERE, isLive: false }, "waiting"],
  ["with an agent that tells no state", { ...ALONE, agentIdentity: "agent", isLive: true }, "there"],
  ["with an agent", THERE, "there"],
  ["while the connection is mended", { ...THERE, state: "mending", isLive: false }, "reconnecting"],
])("%s, the page says so", (_when, health, stage) => {
  expect(stageOf(health)).toBe(stage);
});

test("who is there and what becomes of the voice is told, and nothing before and after", () => {
  expect(wordingOf({ ...ALONE, state: "idle" })).toEqual({ connection: "not joined", agent: "–", voice: "–" });
  expect(wordingOf(ALONE)).toEqual({ connection: "joined", agent: "nobody yet", voice: "is kept: 1.2 s" });
  expect(wordingOf(THERE)).toEqual({ connection: "joined", agent: "agent, listening", voice: "goes to the agent" });
  expect(wordingOf({ ...THERE, state: "closed" })).toEqual({ connection: "left", agent: "–", voice: "–" });
});
