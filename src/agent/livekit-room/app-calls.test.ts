import { expect, test } from "vitest";
import { FakeRoom } from "../../room/testing/fake-room.ts";
import { AppCalls } from "./app-calls.ts";

const asked = (payload: string) => ({ callerIdentity: "agent-1", payload });

test("calls carry JSON both ways, and what is none is a text", async () => {
  const [calls, room] = [new AppCalls(), new FakeRoom()];
  room.onCall = ({ payload }) => Promise.resolve(payload === '{"day":1}' ? '["soup"]' : "soup of the day");
  expect(await calls.call(room, "agent-1", "menu", { day: 1 })).toEqual(["soup"]);
  expect(await calls.call(room, "agent-1", "menu", null)).toBe("soup of the day");
  room.onCall = () => Promise.resolve("");
  expect(await calls.call(room, "agent-1", "menu", null)).toBeNull();
  room.onCall = () => Promise.reject(Object.assign(new Error("no"), { code: 1_400 }));
  await expect(calls.call(room, "agent-1", "menu", null)).rejects.toMatchObject({ code: "not-supported" });
});

test("calls are answered in every room, until they are not", async () => {
  const [calls, first, second] = [new AppCalls(), new FakeRoom(), new FakeRoom()];
  const stop = calls.answer("where", (payload, caller) => ({ payload, caller }));
  calls.enter(first);
  calls.enter(undefined);
  calls.enter(second);
  for (const room of [first, second]) {
    expect(await room.handlers.get("where")?.(asked("[1]"))).toBe('{"payload":[1],"caller":"agent-1"}');
  }
  expect(() => calls.answer("where", () => 1)).toThrow(/answered already/);
  stop();
  stop();
  expect(second.handlers.size).toBe(0);
  calls.answer("where", () => Promise.resolve(2));
  expect(await second.handlers.get("where")?.(asked("not json"))).toBe("2");
});
