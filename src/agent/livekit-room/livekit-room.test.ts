import { expect, test } from "vitest";
import { turnTaking } from "../../turns/turn-taking.ts";
import { livekitRoom, type LivekitRoomAgent } from "./livekit-room.ts";
import type { LivekitRoomOptions } from "./livekit-room-options.ts";

const made = (options: Partial<LivekitRoomOptions> = {}): LivekitRoomAgent =>
  livekitRoom({ token: "/livekit/token", ...options });
const surroundings = { hasVad: true, hasStt: false, turns: undefined };

test.each<[Partial<Record<keyof LivekitRoomOptions, unknown>>, RegExp]>([
  [{ token: undefined }, /^room\.token must be/],
  [{ token: 7 }, /^room\.token must be/],
  [{ publish: "never" }, /^room\.publish must be "gated" or "always", got "never"/],
  [{ earlySpeech: "late" }, /^room\.earlySpeech must be "stream" or "track", got "late"/],
  [{ agentTimeoutMs: 0 }, /^room\.agentTimeoutMs must be in \[1000, 600000\] ms, got 0/],
  [{ connectTimeoutMs: Number.NaN }, /^room\.connectTimeoutMs must be/],
  [{ playback: { volume: 2 } }, /^room\.playback\.volume must be/],
  [{ calls: { endTurn: "" } }, /^room\.calls\.endTurn must be/],
])("a wrong option is told of at once, by its name: %j", (options, message) => {
  expect(() => made(options as Partial<LivekitRoomOptions>)).toThrow(message);
});

test("a room hears at 48 kHz, and a gate may close, unless everything is published", () => {
  expect(made().demands(surroundings)).toEqual({ hearsAtHz: 48_000, endsTurns: false });
  const { settings } = turnTaking();
  expect(made().demands({ ...surroundings, turns: settings })).toEqual({ hearsAtHz: 48_000, endsTurns: false });
  expect(made({ publish: "always" }).demands(surroundings)).toEqual({ hearsAtHz: 48_000, endsTurns: true });
});

test("while nothing runs there is no room and nobody to call, and calls may be answered already", async () => {
  const agent = made();
  expect(agent.room).toBeUndefined();
  await expect(agent.call("menu")).rejects.toMatchObject({ code: "invalid-state" });
  agent.answer("where", () => null)();
});
