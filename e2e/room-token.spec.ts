import { once } from "node:events";
import { expect, test } from "@playwright/test";
import { WebSocket } from "ws";
import { createGateway, type Gateway } from "../gateway/index.ts";
import { callLivekit } from "./livekit-rooms.ts";
import type { LivekitServer } from "./livekit-server.ts";
import { livekitServer } from "./room-stage.ts";

let server: LivekitServer;
let gateway: Gateway;
test.beforeAll(async () => {
  server = await livekitServer();
  gateway = await createGateway({ warm: 0, livekit: server });
});
test.afterAll(async () => {
  await gateway?.close();
  await server?.stop();
});

test("LiveKit's server lets in who has a token of the gateway, and calls the agents that the page asked for", async () => {
  const response = await fetch(`${gateway.url}/livekit/token`, {
    method: "POST",
    headers: { origin: gateway.url },
    body: JSON.stringify({
      room_name: "kitchen",
      participant_identity: "ada",
      participant_name: "Ada",
      participant_attributes: { table: "4" },
      room_config: { agents: [{ agent_name: "cook", metadata: "soup" }] },
    }),
  });
  const { server_url, participant_token } = (await response.json()) as Record<string, string>;
  expect(server_url).toBe(server.url);
  const socket = new WebSocket(`${server_url}/rtc?access_token=${participant_token}&protocol=16`);
  await once(socket, "message");

  const { participants } = await callLivekit<{ participants: unknown[] }>(server, "RoomService/ListParticipants", {
    room: "kitchen",
  });
  expect(participants).toMatchObject([{ identity: "ada", name: "Ada", attributes: { table: "4" } }]);
  const dispatches = await callLivekit(server, "AgentDispatchService/ListDispatch", { room: "kitchen" });
  expect(dispatches).toMatchObject({ agent_dispatches: [{ agent_name: "cook", metadata: "soup" }] });
  socket.close();
});

test("LiveKit's server turns away a token that somebody else signed", async () => {
  const stranger = await createGateway({
    warm: 0,
    livekit: { ...server, apiSecret: "another secret, which is not it" },
  });
  const response = await fetch(`${stranger.url}/livekit/token`, { method: "POST", headers: { origin: stranger.url } });
  const { participant_token } = (await response.json()) as Record<string, string>;
  const socket = new WebSocket(`${server.url}/rtc?access_token=${participant_token}&protocol=16`);
  const [error] = (await once(socket, "error")) as [Error];
  expect(error.message).toContain("401");
  await stranger.close();
});
