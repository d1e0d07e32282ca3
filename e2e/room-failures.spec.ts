import { once } from "node:events";
import { expect, test } from "@playwright/test";
import { WebSocket } from "ws";
import { expectEnd, expectNothingLeft } from "./expect-end.ts";
import { freePort } from "./free-port.ts";
import { callLivekit, signRoomToken, type Signer } from "./livekit-rooms.ts";
import { RoomStage } from "./room-stage.ts";

let stage: RoomStage;
test.beforeAll(async () => void (stage = await RoomStage.open({ gateway: { warm: 0 } })));
test.afterEach(() => stage?.clear());
test.afterAll(() => stage?.[Symbol.asyncDispose]());

/** Starts with a real microphone, which must be given back. What fails at once fails the start as well. */
async function start(agent: Readonly<Record<string, unknown>> = {}): Promise<void> {
  await stage.start(agent, { speaks: false });
}

/** A token for the room of the test. */
function tokenOf(signer: Signer, until?: string, identity = "ada"): Promise<string> {
  return signRoomToken(signer, { identity, video: { roomJoin: true, room: stage.room } }, until);
}

/** Somebody who comes into the room and does nothing there. */
async function guest(identity: string): Promise<WebSocket> {
  const token = await tokenOf(stage.server, undefined, identity);
  const socket = new WebSocket(`${stage.server.url}/rtc?access_token=${token}&protocol=16`);
  await once(socket, "message");
  return socket;
}

for (const [name, sign] of [
  ["that somebody else signed", () => tokenOf({ ...stage.server, apiSecret: "another secret, which is not it" })],
  ["that has expired", () => tokenOf(stage.server, "-1m")],
  ["of a key that was revoked", () => tokenOf({ ...stage.server, apiKey: "revoked" })],
  ["that is none", () => Promise.resolve("nonsense")],
] as const) {
  test(`a token ${name} is refused, and not told to anybody`, async () => {
    const participantToken = await sign();
    await start({ token: { serverUrl: stage.server.url, participantToken } });
    const { error } = await expectEnd(stage.app, "token-rejected");
    expect(error!.message).not.toContain(participantToken);
  });
}

test("an endpoint that gives no tokens is told as such", async () => {
  await start({ token: "/nowhere" });
  const { error } = await expectEnd(stage.app, "token-failed");
  expect(error!.message).toContain("404");
});

test("a server that is not there is unreachable", async () => {
  const participantToken = await tokenOf(stage.server);
  await start({ token: { serverUrl: `ws://127.0.0.1:${await freePort()}`, participantToken } });
  await expectEnd(stage.app, "gateway-unreachable");
});

test("a room that is full lets nobody in", async () => {
  await callLivekit(stage.server, "RoomService/CreateRoom", { name: stage.room, max_participants: 1 });
  const first = await guest("first");
  await start();
  const { error } = await expectEnd(stage.app, "gateway-rejected");
  expect(error!.message).toContain("It may be full");
  first.close();
});

test("who is removed, or whose room is deleted, or whose name somebody else takes, is out", async () => {
  const server = stage.server;
  const out = {
    PARTICIPANT_REMOVED: () =>
      callLivekit(server, "RoomService/RemoveParticipant", { room: stage.room, identity: "ada" }),
    ROOM_DELETED: () => callLivekit(server, "RoomService/DeleteRoom", { room: stage.room }),
    DUPLICATE_IDENTITY: () => guest("ada"),
  };
  for (const [gatewayCode, remove] of Object.entries(out)) {
    stage.nextRoom();
    await stage.agent({ answers: false });
    await start({ participantIdentity: "ada" });
    await stage.app.page.waitForFunction(() => window.app.agent.room !== undefined);
    const removed = await remove();
    const { error } = await expectEnd(stage.app, "gateway-rejected");
    expect(error).toMatchObject({ gatewayCode });
    if (removed instanceof WebSocket) removed.close();
  }
});

test("an agent that never comes is told of, with how long was waited", async () => {
  await start({ agentTimeoutMs: 1_500, agentName: "cook" });
  const { error } = await expectEnd(stage.app, "gateway-timeout");
  expect(error!.message).toBe('The agent "cook" was not ready within 1500 ms: nobody came into the room');
});

test("an agent that leaves for good is told of", async () => {
  const agent = await stage.agent({ answers: false });
  await start({ agentTimeoutMs: 1_500 });
  await agent.next("listening");
  await agent.stop();
  const { error } = await expectEnd(stage.app, "gateway-lost");
  expect(error!.message).toContain("none came in its place");
});

test("a server that goes away for good is lost, once the tries to mend it are spent", async () => {
  await stage.agent({ answers: false });
  await start({ tries: 2 });
  await stage.app.page.waitForFunction(() => window.app.agent.room !== undefined);
  await stage.server.stop();
  await expectEnd(stage.app, "gateway-lost");
  const events = await stage.app.events();
  expect(events.filter(({ type }) => type === "agent-reconnecting")).toHaveLength(1);
  await stage.server.restart();
});

test("who stops while the room is being joined leaves nothing behind", async () => {
  await stage.agent({ answers: false });
  await start();
  await stage.app.stop();
  const events = await stage.app.ended();
  expect(events.at(-1)).toMatchObject({ type: "ended", reason: "stopped" });
  await expectNothingLeft(stage.app);
});
