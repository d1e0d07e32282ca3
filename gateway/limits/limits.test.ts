import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createConnection } from "node:net";
import type { Socket } from "node:net";
import { afterAll, beforeAll, expect, it, test } from "vitest";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import { FrameClient } from "../testing/frame-client.ts";
import type { FrameClientOptions } from "../testing/frame-client.ts";
import { noise } from "../testing/signals.ts";
import { UpstreamServer } from "../testing/upstream-server.ts";
import { WireClient } from "../testing/wire-client.ts";

const PAGE = "https://app.example";
let upstream: UpstreamServer;
let gateway: Gateway;
beforeAll(async () => {
  upstream = await UpstreamServer.listen({ answer: (incoming) => void incoming.resume() });
  gateway = await createGateway({
    warm: 0,
    relay: upstream.relay,
    maxSockets: 6,
    maxSocketsPerOrigin: 3,
    maxSocketsPerToken: 2,
    maxRequests: 4,
    maxRequestsPerOrigin: 3,
    maxRequestsPerToken: 2,
  });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

interface Health {
  readonly sockets: number;
  readonly relay: { readonly requests: number };
}

async function health(): Promise<Health> {
  return (await (await fetch(`${gateway.url}/health`)).json()) as Health;
}

async function connect(token: string, origin?: string, isBrowser = true): Promise<FrameClient> {
  const headers = { ...(origin !== undefined && { origin }), ...(!isBrowser && { authorization: `Bearer ${token}` }) };
  const options: FrameClientOptions = { protocols: isBrowser ? ["vivavoce", `bearer.${token}`] : [], headers };
  return FrameClient.connect(gateway, "/v1/tts", options);
}

async function tokens(count: number): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, async () => (await gateway.issueToken()).token));
}

async function leave(clients: readonly FrameClient[]): Promise<void> {
  for (const { socket } of clients) socket.terminate();
  while ((await health()).sockets > 0);
}

it("two tokens of the same second are two: their holders do not share seats", async () => {
  const many = await tokens(20);
  expect(new Set(many).size).toBe(20);
});

test.each([
  ["token", 2, 4429],
  ["page", 3, 4429],
  ["gateway", 6, 4503],
] as const)(
  "a socket beyond the limit of its %s (%i) is refused in-band, or by HTTP for header clients",
  async (by, max, code) => {
    const [shared = "", ...own] = await tokens(max + 3);
    const next = (): string => (by === "token" ? shared : (own.pop() ?? ""));
    const origin = by === "page" ? PAGE : undefined;
    const inside: FrameClient[] = [];
    for (let count = 0; count < max; count++) inside.push(await connect(next(), origin));
    const refused = await connect(next(), origin);
    expect(await refused.failure()).toMatchObject({ code, closeCode: code });
    await expect(connect(next(), origin, false)).rejects.toThrow(code === 4429 ? "429" : "503");

    for (const [index, client] of inside.entries()) {
      client.send(`unharmed ${index}`);
      expect(await client.frames(1)).toEqual([`unharmed ${index}`]);
    }
    const [first] = inside.splice(0, 1);
    if (first !== undefined) first.socket.close();
    await first?.closed;
    while ((await health()).sockets === max);
    inside.push(await connect(next(), origin)); // the seat is free again
    await leave(inside);
  },
);

it("other pages and other tokens have seats of their own", async () => {
  const [one = "", two = "", three = ""] = await tokens(3);
  const inside = [
    await connect(one, PAGE),
    await connect(one, PAGE),
    await connect(two, PAGE),
    await connect(two, "https://other.example"),
    await connect(three),
  ];
  for (const client of inside) {
    client.send("here");
    await client.frames(1);
  }
  await leave(inside);
});

it("a storm of refused sockets leaves the accepted streams whole", async () => {
  const sent = noise(16_000, 20_000);
  const stream = await WireClient.open(gateway, "ledger");
  const token = (await gateway.issueToken()).token;
  const inside = [await connect(token), await connect(token)];
  stream.speak(sent.subarray(0, 8_000));
  const refused = await Promise.all(Array.from({ length: 50 }, () => connect(token)));
  for (const client of refused) expect(await client.failure()).toMatchObject({ code: 4429, closeCode: 4429 });
  stream.speak(sent.subarray(8_000));
  stream.send({ type: "session.finalize" });
  await stream.next("session.finalized");
  expect(gateway.ledgers.at(-1)?.pcm()).toEqual(sent);
  stream.socket.terminate();
  await leave(inside);
});

it("refused browsers that do not leave are told in-band up to a bound, then by HTTP", async () => {
  const key = randomBytes(16).toString("base64");
  const upgrade = `GET /v1/stt HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Protocol: vivavoce, bearer.nonsense\r\n\r\n`;
  const sockets: Socket[] = [];
  const knock = async (): Promise<string> => {
    const socket = createConnection(gateway.port, "127.0.0.1");
    sockets.push(socket);
    socket.write(upgrade);
    const [head] = (await once(socket, "data")) as [Buffer];
    return head.toString("latin1").slice(9, 12);
  };
  const answers: string[] = [];
  while (answers.at(-1) !== "401" && answers.length < 200) answers.push(await knock());
  expect(answers.filter((answer) => answer === "101")).toHaveLength(64);
  for (const socket of sockets) socket.destroy();
  const client = await connect((await tokens(1))[0] ?? "");
  client.send("still open to others");
  await client.frames(1);
  await leave([client]);
});

test.each([
  ["token", 2, 429],
  ["page", 3, 429],
  ["gateway", 4, 503],
] as const)("a request beyond the limit of its %s (%i in flight) gets HTTP %i", async (by, max, status) => {
  const [shared = "", ...own] = await tokens(max + 3);
  const ending = new AbortController();
  const ask = (): Promise<Response> => {
    const token = by === "token" ? shared : (own.pop() ?? "");
    const headers = { authorization: `Bearer ${token}`, ...(by === "page" && { origin: PAGE }) };
    const { signal } = ending;
    return fetch(`${gateway.url}/v1/chat/completions`, { method: "POST", body: "{}", headers, signal });
  };
  const inFlight = Array.from({ length: max }, () => expect(ask()).rejects.toThrow("aborted"));
  while ((await health()).relay.requests < max);
  const refused = await ask();
  expect(refused.status).toBe(status);
  expect(await refused.json()).toMatchObject({ error: { type: status === 429 ? "too-many" : "full" } });
  ending.abort();
  await Promise.all(inFlight);
  while ((await health()).relay.requests > 0);
});
