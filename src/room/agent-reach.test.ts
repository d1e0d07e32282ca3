import { expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { settled } from "../testing/settled.ts";
import { AgentReach } from "./agent-reach.ts";
import { FakeRoom } from "./testing/fake-room.ts";

function begun(): { room: FakeRoom; clock: FakeClock; reach: AgentReach; readonly told: number } {
  const [room, clock] = [new FakeRoom(), new FakeClock()];
  let told = 0;
  const reach = new AgentReach(clock, () => void (told += 1));
  return {
    room,
    clock,
    reach,
    get told() {
      return told;
    },
  };
}

const silent = (): Promise<string> => new Promise(() => undefined);
const refused = (code?: number) => (): Promise<string> => Promise.reject(Object.assign(new Error("no"), { code }));

test("an agent that does not know the call is reached, and told of once", async () => {
  const rig = begun();
  rig.room.onReach = refused(1_400);
  rig.reach.seek(rig.room, "agent-1");
  expect(rig.reach.isReached).toBe(false);
  await settled();
  expect([rig.reach.isReached, rig.told, rig.clock.pending]).toEqual([true, 1, 0]);
});

test("who does not answer is asked again, in growing steps", async () => {
  const rig = begun();
  const answers: (() => Promise<string>)[] = [silent, refused(1_501), refused(), refused(1_503)];
  let asked = 0;
  rig.room.onReach = () => {
    asked += 1;
    return answers.shift()?.() ?? Promise.resolve("");
  };
  rig.reach.seek(rig.room, "agent-1");
  for (const [delayMs, count] of [
    [99, 1],
    [1, 2],
    [200, 3],
    [300, 4],
  ] as const) {
    rig.clock.advance(delayMs);
    await settled();
    expect([asked, rig.reach.isReached]).toEqual([count, false]);
  }
  rig.clock.advance(300);
  await settled();
  expect([rig.reach.isReached, rig.told, rig.clock.pending]).toEqual([true, 1, 0]);
});

test("an agent that answers no calls at all is taken as it is after 10 s", async () => {
  const rig = begun();
  rig.room.onReach = silent;
  rig.reach.seek(rig.room, "agent-1");
  rig.clock.advance(9_000);
  expect(rig.reach.isReached).toBe(false);
  rig.clock.advance(2_000);
  expect([rig.reach.isReached, rig.told, rig.clock.pending]).toEqual([true, 1, 0]);
});

test("the answer of an agent that has gone says nothing of the next", async () => {
  const rig = begun();
  let answer: (text: string) => void = () => undefined;
  rig.room.onReach = () => new Promise((resolve) => (answer = resolve));
  rig.reach.seek(rig.room, "agent-1");
  const ofTheFirst = answer;
  rig.reach.stop();
  rig.reach.seek(rig.room, "agent-2");
  ofTheFirst("");
  await settled();
  expect([rig.reach.isReached, rig.told]).toEqual([false, 0]);
  answer("");
  await settled();
  expect([rig.reach.isReached, rig.told]).toEqual([true, 1]);
});
