import { expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { settled } from "../testing/settled.ts";
import { errorOfDisconnection, errorOfRoom } from "./room-error.ts";
import { RoomLink } from "./room-link.ts";
import { FakeRoom } from "./testing/fake-room.ts";

const TICKET = { serverUrl: "wss://rooms.example", participantToken: "jwt" };

/** A link, and all that it says, a line each. */
class Rig {
  readonly room = new FakeRoom();
  readonly clock = new FakeClock();
  readonly told: string[] = [];
  readonly link: RoomLink;
  tickets = 0;

  constructor(
    wishes: { readonly canRenew?: boolean; readonly agentIdentity?: string; readonly agentName?: string } = {},
  ) {
    const { canRenew = true, agentIdentity, agentName } = wishes;
    const office = {
      canRenew,
      ticket: () => Promise.resolve({ ...TICKET, participantToken: `jwt${++this.tickets}` }),
    };
    const say = (line: string): void => void this.told.push(line);
    this.link = new RoomLink(
      {
        office,
        openRoom: this.room.open,
        clock: this.clock,
        watch: { agentIdentity, agentName, timeoutMs: 20_000 },
        connectTimeoutMs: 15_000,
        sendsBytes: true,
      },
      {
        onJoined: () => say("joined"),
        onLive: ({ agentIdentity: agent, trackId, isFirst, isReached, isInTime }) => {
          const how = isInTime ? "" : isReached ? ", late" : ", not reached";
          say(`live ${agent} ${trackId}${isFirst ? " first" : ""}${how}`);
        },
        onReached: () => say("reached"),
        onState: (state) => say(`state ${state}`),
        onSound: ({ id }) => say(`sound ${id}`),
        onSoundEnded: ({ id }) => say(`sound-ended ${id}`),
        onEvent: ({ type }) => say(type),
        onReconnecting: ({ code }) => say(`reconnecting ${code}`),
        onReconnected: () => say("reconnected"),
        onWarning: ({ code }) => say(`warning ${code}`),
        onClosed: (error) => say(`closed ${error ? `${error.code}: ${error.message}` : ""}`.trim()),
      },
    );
  }

  async join(): Promise<void> {
    void this.link.connect(Promise.resolve({ id: "microphone", kind: "audio" }));
    await settled();
  }
}

async function joined(wishes = {}): Promise<Rig> {
  const rig = new Rig(wishes);
  await rig.join();
  return rig;
}

async function live(): Promise<Rig> {
  const rig = await joined();
  rig.room.agent("listening");
  rig.room.tell({ type: "heard", trackId: "TR_1" });
  await settled();
  rig.told.length = 0;
  return rig;
}

test("joins with a ticket, publishes the microphone, and goes live when the agent hears it", async () => {
  const { room, told, clock, link } = await joined();
  expect(room.tickets).toEqual(["wss://rooms.example jwt1"]);
  expect(room.published).toEqual([{ id: "microphone", kind: "audio" }]);
  room.agent("initializing");
  expect(link.isLive).toBe(false);
  await settled();
  room.tell({ type: "heard", trackId: "TR_1" });
  room.agent("listening");
  expect(told).toEqual(["joined", "state initializing", "reached", "live agent-1 TR_1 first", "state listening"]);
  link.close();
  expect([told.at(-1), room.closings, clock.pending]).toEqual(["closed", 1, 0]);
});

test("an agent whose subscription nobody tells of is live after a moment", async () => {
  const { room, told, clock } = await joined();
  room.agent("listening");
  await settled();
  clock.advance(1_499);
  expect(told).not.toContain("live agent-1 TR_1 first");
  clock.advance(1);
  expect(told.at(-1)).toBe("live agent-1 TR_1 first");
});

test("an agent that is alone and subscribed before it was ready is live at once", async () => {
  const { room, told } = await joined();
  room.tell({ type: "heard", trackId: "TR_1" });
  room.agent();
  await settled();
  expect(told).toEqual(["joined", "reached", "live agent-1 TR_1 first"]);
});

test("somebody else who hears it first is not the agent", async () => {
  const { room, told, clock } = await joined();
  const guest = { identity: "visitor", isAgent: false, isActive: true, attributes: {} };
  room.tell({ type: "guest", guest });
  room.tell({ type: "heard", trackId: "TR_1" });
  expect(told).toEqual(["joined"]);
  room.agent();
  await settled();
  expect(told).toEqual(["joined", "reached"]);
  clock.advance(1_500);
  expect(told.slice(1)).toEqual(["reached", "live agent-1 TR_1 first"]);
});

test("the agent's sound is played, an avatar's on its behalf too, whenever it comes; nobody else's is", async () => {
  const { room, told } = await joined();
  const sound = (id: string) => ({ id, kind: "audio" });
  const own = sound("own");
  room.tell({ type: "sound", identity: "agent-1", sound: own });
  room.tell({ type: "sound", identity: "visitor", sound: sound("visitor's") });
  room.tell({ type: "sound", identity: "avatar", sound: sound("avatar's") });
  room.agent();
  room.agent(undefined, "avatar", { "lk.publish_on_behalf": "agent-1" });
  room.tell({ type: "sound-ended", identity: "agent-1", sound: own });
  expect(told.filter((line) => line.startsWith("sound"))).toEqual(["sound own", "sound avatar's", "sound-ended own"]);
});

test.each([
  ["nobody came", {}, () => undefined, /"cook" was not ready within 20000 ms: nobody came into the room/],
  [
    "nobody who came is one",
    {},
    (room: FakeRoom) =>
      room.tell({ type: "guest", guest: { identity: "v", isAgent: false, isActive: true, attributes: {} } }),
    /among 1 in the room none is an agent/,
  ],
  ["another one came", { agentIdentity: "cook-7" }, (room: FakeRoom) => room.agent("listening"), /among 1 in the room/],
  ["it never got ready", {}, (room: FakeRoom) => room.agent("initializing"), /there, and still initializing/],
])("an agent that never comes is a timeout with its reason: %s", async (_, wishes, happens, reason) => {
  const { room, told, clock } = await joined({ agentName: "cook", ...wishes });
  happens(room);
  clock.advance(20_000);
  expect(told.at(-1)).toMatch(/^closed gateway-timeout/);
  expect(told.at(-1)).toMatch(reason);
  expect(told.filter((line) => line.startsWith("closed"))).toHaveLength(1);
  expect([room.closings, clock.pending]).toEqual([1, 0]);
});

test("a refused token is fetched anew, once", async () => {
  const rig = new Rig();
  const refusal = Object.assign(new Error("invalid token"), { reason: 0, status: 401 });
  rig.room.refusals.push(refusal);
  await rig.join();
  expect([rig.told, rig.tickets]).toEqual([["joined"], 2]);
  const again = new Rig();
  again.room.refusals.push(refusal, refusal);
  await again.join();
  expect(again.told).toEqual([expect.stringContaining("closed token-rejected")]);
  const fixed = new Rig({ canRenew: false });
  fixed.room.refusals.push(refusal);
  await fixed.join();
  expect([fixed.tickets, fixed.told.length, fixed.clock.pending]).toEqual([1, 1, 0]);
});

test("a room that is not joined in time is a timeout", async () => {
  const rig = new Rig();
  rig.room.refusals.push(undefined);
  rig.room.connect = () => new Promise(() => undefined);
  await rig.join();
  rig.clock.advance(15_000);
  await settled();
  expect(rig.told).toEqual([expect.stringContaining("closed gateway-timeout")]);
  expect(rig.room.closings).toBe(1);
});

test("a connection that is mended is told once, and sound is held until then", async () => {
  const { room, told, link } = await live();
  room.tell({ type: "reconnecting" });
  room.tell({ type: "reconnecting" });
  expect(link.isLive).toBe(false);
  room.tell({ type: "reconnected" });
  await settled();
  expect(told).toEqual(["reconnecting gateway-lost", "reconnected", "reached", "live agent-1 TR_1"]);
});

test("a full reconnect publishes anew: the agent waits for early speech again", async () => {
  const { room, told } = await live();
  room.tell({ type: "reconnecting" });
  room.tell({ type: "guest-left", identity: "agent-1" });
  room.agent("listening");
  room.tell({ type: "published", trackId: "TR_2" });
  room.tell({ type: "reconnected" });
  room.tell({ type: "heard", trackId: "TR_2" });
  await settled();
  expect(told).toEqual([
    "reconnecting gateway-lost",
    "state listening",
    "reconnected",
    "reached",
    "live agent-1 TR_2 first",
  ]);
});

test("an agent that is there, and does not answer yet, hears nothing: what is sent now would be lost", async () => {
  const { room, told, clock, link } = await joined();
  room.onReach = () => Promise.reject(new Error("out of reach"));
  room.agent("listening");
  room.tell({ type: "heard", trackId: "TR_1" });
  await settled();
  clock.advance(1_000);
  expect([link.isLive, link.isReached]).toEqual([false, false]);
  room.onReach = () => Promise.resolve("");
  clock.advance(300);
  await settled();
  expect(told.slice(-2)).toEqual(["reached", "live agent-1 TR_1 first"]);
});

test("one that answers late has given up waiting for what was said early: a track of another name makes it wait again", async () => {
  const { room, told, clock, link } = await joined();
  room.onReach = () => Promise.reject(new Error("out of reach"));
  room.agent("listening");
  room.tell({ type: "heard", trackId: "TR_1" });
  clock.advance(2_000);
  expect(link.isLive).toBe(false);
  room.onReach = () => Promise.resolve("");
  clock.advance(300);
  await settled();
  expect([told.at(-1), link.isLive, room.published.length]).toEqual(["reached", false, 2]);
  room.tell({ type: "heard", trackId: "TR_2" });
  expect(told.slice(-2)).toEqual(["reached", "live agent-1 TR_2 first"]);
});

test("a microphone that cannot be published anew ends it: nobody would hear the person", async () => {
  const { room, told, clock } = await joined();
  room.onReach = () => Promise.reject(new Error("out of reach"));
  room.republish = () => Promise.reject(new Error("not now"));
  room.agent("listening");
  room.tell({ type: "heard", trackId: "TR_1" });
  clock.advance(2_000);
  room.onReach = () => Promise.resolve("");
  clock.advance(300);
  await settled();
  expect(told.at(-1)).toBe("closed gateway-lost: The microphone could not be published anew");
  expect([room.closings, clock.pending]).toEqual([1, 0]);
});

test("one that does not answer hears what follows, and waits no more for what was said early", async () => {
  const { room, told, clock, link } = await joined();
  room.onReach = () => Promise.reject(new Error("out of reach"));
  room.agent("listening");
  room.tell({ type: "heard", trackId: "TR_1" });
  clock.advance(5_000);
  expect([told.at(-1), link.isReached]).toEqual(["live agent-1 TR_1 first, not reached", false]);
});

test("an agent that leaves is waited for, and one that stays away ends it", async () => {
  const { room, told, clock, link } = await live();
  room.tell({ type: "guest-left", identity: "agent-1" });
  expect(link.isLive).toBe(false);
  clock.advance(10_000);
  room.agent("listening", "agent-2");
  room.tell({ type: "heard", trackId: "TR_1" });
  await settled();
  expect(told).toEqual([
    "reconnecting gateway-lost",
    "reconnected",
    "state listening",
    "reached",
    "live agent-2 TR_1 first",
  ]);
  clock.advance(60_000);
  room.tell({ type: "guest-left", identity: "agent-2" });
  clock.advance(20_000);
  expect(told.at(-1)).toMatch(/closed gateway-lost: The agent left/);
});

test("after the end nothing is told", async () => {
  const { room, told, link } = await live();
  room.tell({ type: "disconnected", reason: 5 });
  room.agent("speaking");
  room.tell({ type: "disconnected", reason: 3 });
  link.close();
  expect(told).toEqual(["closed gateway-rejected: The room was deleted"]);
});

test("closed while it is joining, it ends once and leaves", async () => {
  const rig = new Rig();
  void rig.link.connect(Promise.resolve({ id: "microphone", kind: "audio" }));
  rig.link.close();
  await settled();
  expect([rig.told, rig.room.published, rig.clock.pending]).toEqual([["closed"], [], 0]);
});

test("a state that nobody knows is told of once, and changes nothing", async () => {
  const { room, told, link } = await live();
  room.agent("dancing");
  room.agent("dancing");
  expect([told, link.agentState]).toEqual([["warning protocol-violated"], "listening"]);
});

test.each([
  [{ reason: 0, status: 401, message: "expired" }, "token-rejected"],
  [{ reason: 0, status: 403, message: "no permissions" }, "token-rejected"],
  [{ reason: 0, status: 404, message: "requested room does not exist" }, "gateway-rejected"],
  [{ reason: 4, message: "Received leave request" }, "gateway-rejected"],
  [{ reason: 6, message: "the socket was refused, though the token is good" }, "gateway-rejected"],
  [{ reason: 5, message: "timed out" }, "gateway-timeout"],
  [{ reason: 1, message: "fetch failed" }, "gateway-unreachable"],
  ["anything", "gateway-unreachable"],
  [undefined, "gateway-unreachable"],
])("an error of entering is mapped: %j → %s", (cause, code) => {
  expect(errorOfRoom(cause)).toMatchObject({ code, cause });
});

test("an error's message never quotes a token", () => {
  const { message } = errorOfRoom({
    reason: 0,
    status: 401,
    message: "invalid token: eyJhbGci.eyJuYW1l.s_-1, expired",
  });
  expect(message).toBe("The room could not be entered: invalid token: (token), expired");
});

test.each([
  [2, "gateway-rejected", "DUPLICATE_IDENTITY"],
  [3, "gateway-lost", "SERVER_SHUTDOWN"],
  [4, "gateway-rejected", "PARTICIPANT_REMOVED"],
  [5, "gateway-rejected", "ROOM_DELETED"],
  [14, "gateway-lost", 14],
  [undefined, "gateway-lost", undefined],
])("an end of the room is mapped: %j → %s", (reason, code, gatewayCode) => {
  expect(errorOfDisconnection(reason)).toMatchObject({ code, gatewayCode });
});
