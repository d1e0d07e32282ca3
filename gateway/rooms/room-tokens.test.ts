import { jwtVerify } from "jose";
import { afterAll, beforeAll, expect, it, test } from "vitest";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import { livekitFromEnvironment } from "./room-options.ts";

const PAGE = "https://app.example";
const LIVEKIT = { url: "ws://127.0.0.1:7880", apiKey: "devkey", apiSecret: "a secret for tests, which nobody guesses" };
let gateway: Gateway;
beforeAll(async () => {
  gateway = await createGateway({ warm: 0, allowedOrigins: [PAGE], livekit: LIVEKIT });
});
afterAll(() => gateway.close());

function post(body: unknown, headers: Readonly<Record<string, string>> = { origin: PAGE }): Promise<Response> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return fetch(`${gateway.url}/livekit/token`, { method: "POST", body: text, headers });
}

/** What LiveKit reads in the token that the gateway gives for this request. */
async function claimsOf(body: unknown): Promise<Readonly<Record<string, unknown>>> {
  const answer = await post(body);
  expect(answer.status).toBe(201);
  const { participant_token } = (await answer.json()) as { participant_token: string };
  const { payload } = await jwtVerify(participant_token, Buffer.from(LIVEKIT.apiSecret), { issuer: LIVEKIT.apiKey });
  return payload;
}

it("an allowed page gets a token for its room, and is told where the room is; nobody keeps either", async () => {
  const answer = await post({ room_name: "kitchen" });
  expect(answer.status).toBe(201);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("access-control-allow-origin")).toBe(PAGE);
  expect(await answer.json()).toEqual({ server_url: LIVEKIT.url, participant_token: expect.any(String) });
});

it("the token carries the guest and the agents in LiveKit's words, joins one room, and ends within ten minutes", async () => {
  const claims = await claimsOf({
    room_name: "kitchen",
    participant_identity: "ada",
    participant_name: "Ada",
    participant_metadata: "hungry",
    participant_attributes: { table: "4" },
    room_config: { agents: [{ agent_name: "cook", metadata: '{"dish":"soup"}' }, { deployment: "blue" }] },
  });
  expect(claims).toMatchObject({
    sub: "ada",
    name: "Ada",
    metadata: "hungry",
    attributes: { table: "4" },
    video: { roomJoin: true, room: "kitchen" },
    roomConfig: {
      agents: [
        { agentName: "cook", metadata: '{"dish":"soup"}' },
        { agentName: "", deployment: "blue" },
      ],
    },
  });
  expect(Object.keys(claims["video"] as object)).toEqual(["roomJoin", "room"]);
  expect((claims["exp"] as number) - Date.now() / 1000).toBeLessThanOrEqual(600);
});

test.each([[""], ["{}"], [{ room_name: "", participant_identity: "", participant_name: "" }]])(
  "who says nothing (%j) is somebody new in a room of their own, with no agent",
  async (body) => {
    const [one, two] = await Promise.all([claimsOf(body), claimsOf(body)]);
    expect(one["sub"]).toMatch(/^guest-/);
    expect(one["sub"]).not.toBe(two["sub"]);
    expect(one["video"]).not.toEqual(two["video"]);
    expect(one).not.toHaveProperty("roomConfig");
    expect(one).not.toHaveProperty("name");
  },
);

test.each<[string, Readonly<Record<string, string>>, number]>([
  ["a page of this server", { "sec-fetch-site": "same-origin" }, 201],
  ["a page elsewhere", { origin: "https://evil.example" }, 403],
  ["who hides where it comes from", {}, 403],
])("%s (%o) gets %i", async (_, headers, status) => {
  expect((await post("", headers)).status).toBe(status);
});

test.each<[unknown, number, string]>([
  ["{", 400, "must be JSON"],
  [[], 400, "must be a JSON object"],
  [{ room_name: 7 }, 400, "room_name must be a string, got 7"],
  [{ room_name: "x".repeat(257) }, 400, "room_name may have 256 characters, got 257"],
  [{ participant_identity: "x".repeat(257) }, 400, "participant_identity may have 256 characters"],
  [{ participant_attributes: { table: 4 } }, 400, "participant_attributes.table must be a string, got 4"],
  [{ roomName: "kitchen" }, 400, "roomName is nothing that can be asked for here"],
  [{ room_config: "cook" }, 400, "room_config must be an object"],
  [{ room_config: { egress: {} } }, 400, "room_config.egress is nothing that can be asked for here"],
  [{ room_config: { agents: {} } }, 400, "room_config.agents must be an array"],
  [{ room_config: { agents: ["cook"] } }, 400, "room_config.agents[0] must be an object"],
  [{ room_config: { agents: [{ agent_name: 1 }] } }, 400, "room_config.agents[0].agent_name must be a string"],
  [{ room_config: { agents: [{ name: "cook" }] } }, 400, "room_config.agents[0].name is nothing"],
  [{ participant_metadata: "x".repeat(8_192) }, 413, "8192 bytes"],
])("%j is refused with %i", async (body, status, message) => {
  const refused = await post(body);
  expect(refused.status).toBe(status);
  expect(await refused.json()).toMatchObject({ error: { message: expect.stringContaining(message) } });
});

it("a gateway without a LiveKit server gives no such tokens", async () => {
  const other = await createGateway({ warm: 0 });
  const answer = await fetch(`${other.url}/livekit/token`, { method: "POST", headers: { origin: other.url } });
  expect(answer.status).toBe(404);
  await other.close();
});

it("the command line reads the server of the environment, and names what is missing", () => {
  const environment = { LIVEKIT_URL: LIVEKIT.url, LIVEKIT_API_KEY: "key", LIVEKIT_API_SECRET: "secret" };
  expect(livekitFromEnvironment(environment)).toEqual({ url: LIVEKIT.url, apiKey: "key", apiSecret: "secret" });
  for (const name of Object.keys(environment)) {
    expect(() => livekitFromEnvironment({ ...environment, [name]: "" })).toThrow(`needs ${name} in the environment`);
  }
});
