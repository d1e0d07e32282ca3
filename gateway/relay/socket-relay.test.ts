import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { jwtVerify } from "jose";
import { afterEach, expect, it, test } from "vitest";
import { WebSocket } from "ws";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import type { GatewayOptions } from "../options.ts";
import { FrameClient } from "../testing/frame-client.ts";
import { UpstreamServer } from "../testing/upstream-server.ts";
import type { UpstreamServerOptions } from "../testing/upstream-server.ts";
import { MAX_PENDING_BYTES } from "./frame-lane.ts";
import type { RelayOptions } from "./relay-options.ts";

const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of running.splice(0).toReversed()) await server.close();
});

async function relayTo(relay: RelayOptions, options: GatewayOptions = {}): Promise<Gateway> {
  const gateway = await createGateway({ warm: 0, relay, ...options });
  running.push(gateway);
  return gateway;
}

async function start(behaviour: UpstreamServerOptions = {}, patience: Partial<RelayOptions> = {}) {
  const upstream = await UpstreamServer.listen(behaviour);
  running.push(upstream);
  return { upstream, gateway: await relayTo({ ...upstream.relay, ...patience }) };
}

test.each(["/v1/stt?model=acme/one:en", "/v1/tts?model=a%2Fb&x=1", "/v1/bargein", "/v1/eot"])(
  "%s leads upstream with its query, and every frame comes through as it was sent, text as text, binary as binary",
  async (path) => {
    const { upstream, gateway } = await start();
    const client = await FrameClient.connect(gateway, path);
    const frames = [
      '{"type":"session.create"}',
      randomBytes(1_608),
      "",
      Buffer.alloc(0),
      "ünïcode ✓",
      randomBytes(70_000),
    ];
    for (const frame of frames) client.send(frame);
    expect(await client.frames(frames.length)).toEqual(frames);
    expect(upstream.visits.map(({ url }) => url)).toEqual([path]);
  },
);

it("the upstream gets a token and a session of its own for each connection, and nothing of the client's credentials", async () => {
  const { upstream, gateway } = await start();
  const { token } = await gateway.issueToken();
  const headers = {
    authorization: `Bearer ${token}`,
    cookie: `session=${token}`,
    origin: "https://app.example",
    "x-livekit-inference-provider": "acme",
    "x-livekit-inference-priority": "low",
    "x-livekit-worker-token": token,
  };
  const clients = [
    await FrameClient.connect(gateway, "/v1/tts", { protocols: [], headers }),
    await FrameClient.connect(gateway, "/v1/tts", { headers: { "x-livekit-session-id": "inference_mine" } }),
  ];
  for (const client of clients) {
    client.send("hello");
    expect(await client.frames(1)).toEqual(["hello"]);
  }
  expect(JSON.stringify(upstream.visits)).not.toContain(token);
  const [first, second] = upstream.visits;
  expect(first?.headers).toMatchObject({
    "x-livekit-inference-provider": "acme",
    "x-livekit-inference-priority": "low",
  });
  expect(Object.keys(second?.headers ?? {}).toSorted()).toEqual([
    "authorization",
    "connection",
    "host",
    "sec-websocket-key",
    "sec-websocket-version",
    "upgrade",
    "user-agent",
    "x-livekit-session-id",
  ]);
  const sessions = [first, second].map((visit) => visit?.headers["x-livekit-session-id"]);
  for (const session of sessions) expect(session).toMatch(/^inference_[0-9a-f]{12}$/);
  expect(new Set(sessions).size).toBe(2);

  const secret = new TextEncoder().encode(UpstreamServer.API_SECRET);
  const jwt = second?.headers.authorization?.replace("Bearer ", "") ?? "";
  const { payload, protectedHeader } = await jwtVerify(jwt, secret);
  expect(protectedHeader).toEqual({ alg: "HS256", typ: "JWT" });
  const { nbf = 0, exp, ...claims } = payload;
  expect(claims).toEqual({ inference: { perform: true }, sub: "agent", iss: UpstreamServer.API_KEY });
  expect(exp).toBe(nbf + 600);
});

it("what is sent before the upstream is open waits, in order", async () => {
  let letIn = (): void => undefined;
  const asked = new Promise<void>((resolve) => (letIn = resolve));
  const upstream = await UpstreamServer.listen({ delay: asked });
  running.push(upstream);
  const gateway = await relayTo(upstream.relay);
  const client = await FrameClient.connect(gateway, "/v1/bargein");
  const frames = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? `frame ${index}` : Buffer.from([index])));
  for (const frame of frames) client.send(frame);
  await upstream.visit();
  letIn();
  expect(await client.frames(100)).toEqual(frames);
});

test.each([
  [1000, "done"],
  [1001, ""],
  [1011, "broken"],
  [4242, "a code of the upstream's own"],
])("the upstream's close %i %j reaches the client, and the client's reaches the upstream", async (code, reason) => {
  const { gateway } = await start({ serve: (socket) => socket.on("message", () => socket.close(code, reason)) });
  const client = await FrameClient.connect(gateway, "/v1/tts");
  client.send("enough");
  expect(await client.closed).toEqual({ code, reason });

  const left = new Promise((resolve) => {
    void start({
      serve: (socket) => {
        socket.on("close", (leftCode, leftReason) => resolve({ code: leftCode, reason: leftReason.toString() }));
        socket.send("welcome");
      },
    }).then(async (other) => {
      const leaving = await FrameClient.connect(other.gateway, "/v1/tts");
      await leaving.frames(1);
      leaving.socket.close(code, reason);
    });
  });
  expect(await left).toEqual({ code, reason });
});

it("a close frame without a code stays one, and a client that vanishes is 1001 to the upstream", async () => {
  const codes: number[] = [];
  let gone = (): void => undefined;
  const left = new Promise<void>((resolve) => (gone = resolve));
  const { gateway } = await start({
    serve: (socket) => {
      socket.on("message", () => socket.close());
      socket.on("close", (code) => {
        codes.push(code);
        if (codes.length === 3) gone();
      });
      socket.send("welcome");
    },
  });
  const [told, silent, vanishing] = [
    await FrameClient.connect(gateway, "/v1/tts"),
    await FrameClient.connect(gateway, "/v1/tts"),
    await FrameClient.connect(gateway, "/v1/tts"),
  ];
  for (const client of [told, silent, vanishing]) await client.frames(1);
  told.send("enough");
  expect((await told.closed).code).toBe(1005);
  silent.socket.close();
  await silent.closed;
  vanishing.socket.terminate();
  await left;
  expect(codes).toEqual([1005, 1005, 1001]);
});

test.each([
  [401, 4403],
  [403, 4403],
  [404, 4403],
  [302, 4403],
  [408, 4529],
  [429, 4529],
  [500, 4529],
  [503, 4529],
])("an upstream that refuses with HTTP %i is told in-band as %i, without a word of its own", async (status, code) => {
  const refuse = `HTTP/1.1 ${status} No\r\nWWW-Authenticate: upstream-key\r\nContent-Length: 12\r\n\r\nupstream-key`;
  const { gateway } = await start({ refuse: (socket) => socket.end(refuse) });
  const client = await FrameClient.connect(gateway, "/v1/tts");
  const message = `The upstream refused (HTTP ${status})`;
  expect(await client.failure()).toEqual({ code, message, closeCode: code });
  expect(client.received).toHaveLength(1);
});

it("an upstream that is not there is told in-band, without its address", async () => {
  const upstream = await UpstreamServer.listen();
  const { relay } = upstream;
  await upstream.close();
  const client = await FrameClient.connect(await relayTo(relay), "/v1/stt?model=acme/one");
  const message = "The upstream could not be reached (ECONNREFUSED)";
  expect(await client.failure()).toEqual({ code: 4502, message, closeCode: 4502 });
});

it("an upstream that never answers is given up after the connect timeout", async () => {
  const mute = createServer();
  const sockets: Socket[] = [];
  mute.on("connection", (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
  running.push({ close: () => new Promise((resolve) => mute.close(() => resolve())) });
  const url = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`;
  const gateway = await relayTo({ url, apiKey: "key", apiSecret: "secret", connectTimeoutMs: 50 });
  const client = await FrameClient.connect(gateway, "/v1/eot");
  client.send("anybody?");
  expect(await client.failure()).toMatchObject({ code: 4504, closeCode: 4504 });
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.resume().once("close", resolve))));
});

it("an upstream that dies in mid-stream is told in-band, after all that it had said", async () => {
  const { gateway } = await start({ serve: (socket) => socket.send("first words", () => socket.terminate()) });
  const client = await FrameClient.connect(gateway, "/v1/tts");
  expect(await client.failure()).toEqual({
    code: 4505,
    message: "The connection to the upstream broke",
    closeCode: 4505,
  });
  expect(client.received[0]).toBe("first words");
});

it("a pair whose both sides say nothing ends with 2007", async () => {
  const upstream = await UpstreamServer.listen();
  running.push(upstream);
  const gateway = await relayTo(upstream.relay, { idleLimitMs: 50 });
  const clients = [await FrameClient.connect(gateway, "/v1/tts"), await FrameClient.connect(gateway, "/v1/stt")];
  for (const client of clients) expect(await client.failure()).toMatchObject({ code: 2007, closeCode: 1000 });
});

it("a pair of which one side speaks goes on, also one that its first message led upstream", async () => {
  const upstream = await UpstreamServer.listen({ serve: () => undefined });
  running.push(upstream);
  const idleLimitMs = 1_000;
  const gateway = await relayTo(upstream.relay, { idleLimitMs });
  const client = await FrameClient.connect(gateway, "/v1/stt");
  const beginMs = performance.now();
  while (performance.now() - beginMs < 1.1 * idleLimitMs) {
    client.send("still there");
    await pendingBytes(gateway);
  }
  expect([client.socket.readyState, client.received]).toEqual([WebSocket.OPEN, []]);
});

async function pendingBytes(gateway: Gateway): Promise<number> {
  const { relay } = (await (await fetch(`${gateway.url}/health`)).json()) as { relay: { pendingBytes: number } };
  return relay.pendingBytes;
}

/** What may be on its way: the limit, and what had been read from the socket when the limit was reached. */
const MOST_PENDING_BYTES = MAX_PENDING_BYTES + 2 * 65_536;

test.each(["upstream", "client"] as const)(
  "a slow %s holds the other side back, and in the end has everything",
  async (slow) => {
    const total = 48;
    const payload = randomBytes(262_144);
    const received: Buffer[] = [];
    let upstreamSocket: WebSocket | undefined;
    const { gateway } = await start({
      serve: (socket) => {
        upstreamSocket = socket;
        socket.on("message", (frame: Buffer) => received.push(frame));
        if (slow === "upstream") socket.pause();
        socket.send("welcome");
      },
    });
    const client = await FrameClient.connect(gateway, "/v1/tts");
    await client.frames(1);
    const [fast, slowSocket] = slow === "upstream" ? [client.socket, upstreamSocket] : [upstreamSocket, client.socket];
    slowSocket?.pause();
    for (let frame = 0; frame < total; frame++) fast?.send(payload);
    while ((await pendingBytes(gateway)) <= MAX_PENDING_BYTES);
    for (let look = 0; look < 100; look++) {
      expect(await pendingBytes(gateway)).toBeLessThanOrEqual(MOST_PENDING_BYTES + payload.length);
    }
    expect(fast?.bufferedAmount).toBeGreaterThan((total / 4) * payload.length);
    slowSocket?.resume();
    if (slow === "client") await client.frames(total + 1);
    else while (received.length < total) await pendingBytes(gateway);
    const arrived = slow === "client" ? client.received.slice(1) : received;
    expect(arrived.every((frame) => payload.equals(frame as Buffer))).toBe(true);
  },
);

it("an upstream that stops reading is given up after the stall limit", async () => {
  const { gateway } = await start({ serve: (socket) => socket.pause() }, { stallLimitMs: 50 });
  const client = await FrameClient.connect(gateway, "/v1/tts");
  const payload = Buffer.alloc(1_048_576);
  for (let frame = 0; frame < 16; frame++) client.send(payload);
  expect(await client.failure()).toMatchObject({
    code: 4504,
    closeCode: 4504,
    message: "The upstream has stopped reading",
  });
});

it("a client that stops reading is cut off after the stall limit, and the upstream hears 1001", async () => {
  const payload = Buffer.alloc(1_048_576);
  const left = new Promise<number>((resolve) => {
    void start(
      {
        serve: (socket) => {
          socket.on("close", resolve);
          socket.on("message", () => Array.from({ length: 16 }, () => socket.send(payload)));
        },
      },
      { stallLimitMs: 50 },
    ).then(async ({ gateway }) => {
      const client = await FrameClient.connect(gateway, "/v1/tts");
      client.send("speak");
      client.socket.pause();
    });
  });
  expect(await left).toBe(1001);
});

test.each([
  "/v1/tts/",
  "/v1//tts",
  "//v1/tts",
  "/v1/../v1/tts",
  "/v1/%74ts",
  "/v1/tts%2f..%2feot",
  "/v2/tts",
  "/v1/chat/completions",
  "/",
  "/v1/toString",
])("the path %s leads nowhere", async (path) => {
  const { upstream, gateway } = await start();
  const { token } = await gateway.issueToken();
  const { port } = gateway;
  const answer = await new Promise<string>((resolve, reject) => {
    const request = new WebSocket(`ws://127.0.0.1:${port}/`, ["vivavoce", `bearer.${token}`], {
      finishRequest: (outgoing) => {
        outgoing.path = path; // as it is: a URL would be tidied up
        outgoing.end();
      },
    });
    request.on("open", () => reject(new Error("open")));
    request.on("error", ({ message }) => resolve(message));
  });
  expect(answer).toContain("404");
  expect(upstream.visits).toEqual([]);
});

it("without a relay there is only what models of this gateway do", async () => {
  const gateway = await createGateway({ warm: 0 });
  running.push(gateway);
  for (const path of ["/v1/bargein", "/v1/eot"])
    await expect(FrameClient.connect(gateway, path)).rejects.toThrow("404");
  const client = await FrameClient.connect(gateway, "/v1/stt?model=acme/one");
  client.send('{"type":"session.create","settings":{"sample_rate":"16000","encoding":"pcm_s16le"}}');
  expect(await client.failure()).toMatchObject({ code: 4404 });
});
