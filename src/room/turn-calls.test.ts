import { expect, test } from "vitest";
import type { VoiceError } from "../errors.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { settled } from "../testing/settled.ts";
import { CatchUp } from "./catch-up.ts";
import { FakeRoom } from "./testing/fake-room.ts";
import { TurnCalls, turnCallNames, type TurnCallOptions } from "./turn-calls.ts";

function begun(options: TurnCallOptions = {}) {
  const room = new FakeRoom();
  const clock = new FakeClock();
  const warnings: VoiceError[] = [];
  const there = { isThere: true };
  const calls = new TurnCalls({
    names: turnCallNames(options),
    clock,
    target: () => (there.isThere ? { room, agentIdentity: "agent-1" } : undefined),
    onWarning: (error) => warnings.push(error),
  });
  const lines = (): string[] => room.calls.map(({ method, payload }) => `${method} ${payload}`);
  return { room, clock, warnings, there, calls, lines };
}

test("turns are told under their names, to the agent; `false` tells nothing", () => {
  const { calls, room, lines } = begun({ endTurn: "commit", interrupt: false });
  calls.tell("startTurn", { atMs: 1 });
  calls.tell("endTurn", { transcript: "hi" });
  calls.tell("interrupt", {});
  calls.tell("speech", { atMs: 2 });
  expect(lines()).toEqual(['start_turn {"atMs":1}', 'commit {"transcript":"hi"}']);
  expect(room.calls[0]?.destinationIdentity).toBe("agent-1");
});

test("a call that is to wait for sound waits, and is called off at the end", () => {
  const { calls, clock, lines } = begun();
  calls.tell("endTurn", {}, 300);
  clock.advance(299);
  expect(lines()).toEqual([]);
  clock.advance(1);
  calls.tell("endTurn", {}, 300);
  calls.forget();
  clock.advance(1_000);
  expect([lines(), clock.pending]).toEqual([["end_turn {}"], 0]);
});

test("what nobody can take yet waits, and is told in order", () => {
  const { calls, there, lines } = begun();
  there.isThere = false;
  calls.tell("startTurn", {});
  calls.tell("endTurn", {});
  expect(lines()).toEqual([]);
  there.isThere = true;
  calls.release();
  calls.release();
  expect(lines()).toEqual(["start_turn {}", "end_turn {}"]);
});

test("what was said before comes after the turn's beginning and before its end", () => {
  const { calls, there, clock, lines } = begun();
  there.isThere = false;
  for (const option of ["startTurn", "endTurn", "startTurn"] as const) calls.tell(option, {});
  there.isThere = true;
  calls.hold();
  calls.tell("speech", {});
  calls.tell("interrupt", {});
  expect(lines()).toEqual(["start_turn {}"]);
  calls.release(200);
  expect(lines()).toEqual(["start_turn {}"]);
  clock.advance(200);
  expect(lines()).toEqual(["start_turn {}", "end_turn {}", "interrupt {}"]);
});

test("what is forgotten is never told", () => {
  const { calls, there, lines } = begun();
  there.isThere = false;
  calls.tell("startTurn", {});
  calls.forget();
  there.isThere = true;
  calls.release();
  expect(lines()).toEqual([]);
});

test("a call that the agent does not know is warned of once, and made no more", async () => {
  const { calls, room, warnings, lines } = begun();
  room.onCall = () => Promise.reject(Object.assign(new Error("Method not supported"), { code: 1_400 }));
  calls.tell("endTurn", {});
  calls.tell("endTurn", {});
  await settled();
  calls.tell("endTurn", {});
  await settled();
  expect(lines()).toHaveLength(2);
  expect(warnings.map(({ code, gatewayCode }) => [code, gatewayCode])).toEqual([["not-supported", 1_400]]);
});

test("a program that has just come may not know its calls yet: they are made again, in order, for 5 s", async () => {
  const { calls, room, clock, warnings, there, lines } = begun();
  const refuse = () => Promise.reject(Object.assign(new Error("Method not supported"), { code: 1_400 }));
  room.onCall = refuse;
  there.isThere = false;
  for (const option of ["startTurn", "endTurn"] as const) calls.tell(option, {});
  there.isThere = true;
  calls.hold();
  calls.release();
  await settled();
  calls.tell("interrupt", {});
  room.calls.length = 0;
  room.onCall = () => Promise.resolve("");
  clock.advance(250);
  await settled();
  expect([lines(), warnings]).toEqual([["start_turn {}", "end_turn {}", "interrupt {}"], []]);
  room.onCall = refuse;
  for (let ms = 0; ms < 5_000; ms += 250) {
    if (ms === 0) calls.tell("endTurn", {});
    clock.advance(250);
    await settled();
  }
  expect([warnings.map(({ code }) => code), clock.pending]).toEqual([["not-supported"], 0]);
});

test("a text is said by a call that has a name, and not otherwise", async () => {
  await expect(begun().calls.say("Hello")).rejects.toMatchObject({ code: "not-supported" });
  const { calls, lines, there, room } = begun({ say: "say" });
  await calls.say("Hello");
  expect(lines()).toEqual(['say {"text":"Hello"}']);
  room.onCall = () => Promise.reject(new Error("busy"));
  await expect(calls.say("Hello")).rejects.toMatchObject({ code: "provider-failed" });
  there.isThere = false;
  await expect(calls.say("Hello")).rejects.toMatchObject({ code: "invalid-state" });
});

test("a name that is none is told of with its option", () => {
  expect(() => turnCallNames({ endTurn: "" })).toThrow(/^room\.calls\.endTurn must be/);
  expect(() => turnCallNames({ say: "x".repeat(65) })).toThrow(RangeError);
  expect(() => turnCallNames({ speech: 7 as never })).toThrow(/room\.calls\.speech/);
});

test("what is late is made up in pauses, and never in speech", () => {
  const catchUp = new CatchUp(160);
  const [quiet, loud] = [new Float32Array(1_536).fill(0.001), new Float32Array(1_536).fill(0.1)];
  const kept = [
    catchUp.keeps(quiet, 48_000, 160),
    catchUp.keeps(loud, 48_000, 5_000),
    catchUp.keeps(quiet, 48_000, 161),
  ];
  expect([kept, catchUp.skippedMs]).toEqual([[true, true, false], 32]);
});
