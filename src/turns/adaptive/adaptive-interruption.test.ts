import { getEventListeners } from "node:events";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { VoiceError } from "../../errors.ts";
import type { TokenRequest } from "../../net/token.ts";
import { FakeClock } from "../../testing/fake-clock.ts";
import { closeWith, type Reply } from "../../testing/scripted-message.ts";
import { ScriptedServer } from "../../testing/scripted-server.ts";
import type { ScriptedSocket } from "../../testing/scripted-socket.ts";
import { settled } from "../../testing/settled.ts";
import type { OverlapStream, OverlapVerdict } from "../overlap-detector.ts";
import { adaptiveInterruption, type AdaptiveInterruptionOptions } from "./adaptive-interruption.ts";

const CREATED = { type: "session.created", default_threshold: 0.42 };

interface Scene {
  readonly clock: FakeClock;
  readonly server: ScriptedServer;
  readonly stream: OverlapStream;
  readonly verdicts: OverlapVerdict[];
  readonly failures: VoiceError[];
  readonly asked: TokenRequest[];
  readonly controller: AbortController;
}

const accept = (socket: ScriptedSocket): void => {
  socket.accept();
  socket.expect("session.create").reply(CREATED);
};

async function scene(
  arrange: (socket: ScriptedSocket, index: number) => void = accept,
  options: Partial<AdaptiveInterruptionOptions> = {},
): Promise<Scene> {
  const clock = new FakeClock();
  const server = new ScriptedServer(arrange);
  const verdicts: OverlapVerdict[] = [];
  const failures: VoiceError[] = [];
  const asked: TokenRequest[] = [];
  const controller = new AbortController();
  const detector = adaptiveInterruption({
    url: "http://gateway.test/v1/",
    token: (request) => Promise.resolve(`jwt${asked.push(request)}`),
    webSocket: server.openSocket,
    clock,
    ...options,
  });
  const stream = detector.stream({
    onVerdict: (verdict) => verdicts.push(verdict),
    onFailed: (error) => failures.push(error),
    now: () => 99_000,
    signal: controller.signal,
  });
  await settled();
  return { clock, server, stream, verdicts, failures, asked, controller };
}

/** The person speaks over the agent for a moment. */
function overlap(stream: OverlapStream): void {
  stream.agentHeard(true, 16_000);
  stream.push(16_000, new Float32Array(16_000));
  stream.userStarted(31_000);
  stream.push(32_000, new Float32Array(1_600).fill(0.5));
}

function nameOf(socket: ScriptedSocket): number {
  const message = socket.sent.at(-1);
  if (!(message instanceof Uint8Array)) throw new Error("No window was sent");
  return Number(new DataView(message.buffer).getBigUint64(0, true));
}

test("connects at once, with a token of its own, tells the session, asks, and gives the verdict", async () => {
  const { server, stream, verdicts, failures, clock, asked } = await scene();
  const { socket } = server;
  expect([socket.url, socket.protocols]).toEqual(["ws://gateway.test/v1/bargein", ["vivavoce", "bearer.jwt1"]]);
  expect(asked).toMatchObject([{ attempt: 1, reason: "connect" }]);
  clock.advance(5);
  overlap(stream);
  expect(socket.types).toEqual(["session.create", "binary"]);
  const window = socket.sent[1] as Uint8Array;
  expect([window.length, nameOf(socket)]).toEqual([8 + 2 * (16_000 + 1_600), 5_000]);
  clock.advance(40);
  socket.say({ type: "inference_done", created_at: 5_000, probabilities: [0.1, 0.2] });
  socket.say({ type: "bargein_detected", created_at: 5_000, prediction_duration: 0.01, probabilities: [0.8, 0.7] });
  expect(verdicts).toEqual([
    {
      isInterruption: true,
      isInconclusive: false,
      overlapStartSample: 31_000,
      atSample: 99_000,
      probability: 0.7,
      roundTripMs: 40,
      predictionMs: 10,
      requests: 1,
    },
  ]);
  stream.close();
  expect(socket.types.at(-1)).toBe("session.close");
  expect([socket.closeCode, failures, clock.pending]).toEqual([1000, [], 0]);
});

test("a token may name another gateway", async () => {
  const { server } = await scene(accept, { token: () => Promise.resolve({ token: "t", url: "wss://other.test/v1" }) });
  expect(server.socket.url).toBe("wss://other.test/v1/bargein");
});

test("a threshold that is set is sent, and then the gateway needs none", async () => {
  const { server, failures } = await scene(
    (socket) => {
      socket.accept();
      socket.expect("session.create").reply({ type: "session.created" });
    },
    { threshold: 0.7, minOverlapMs: 100 },
  );
  expect(server.socket.sent[0]).toMatchObject({ settings: { threshold: 0.7, min_frames: 4 } });
  expect(failures).toEqual([]);
});

describe("a failure is told once, nothing is tried again, and nothing is left behind:", () => {
  const says =
    (...replies: readonly Reply[]) =>
    (socket: ScriptedSocket): void => {
      socket.accept();
      socket.expect("session.create").reply(...replies);
    };
  test.each<[string, string, (socket: ScriptedSocket) => void, Partial<AdaptiveInterruptionOptions>]>([
    ["no socket can be opened", "gateway-unreachable", (socket) => queueMicrotask(() => socket.drop()), {}],
    ["nothing opens in time", "gateway-timeout", () => undefined, {}],
    ["the token is late", "gateway-timeout", accept, { token: () => new Promise(() => undefined) }],
    ["there is no token", "token-failed", accept, { token: () => Promise.reject(new Error("503")) }],
    [
      "the gateway is asked too often",
      "gateway-unavailable",
      says({ type: "error", code: 429, message: "slow down" }),
      {},
    ],
    ["the token is refused", "token-rejected", says({ type: "error", code: 4401, message: "no" }, closeWith(4401)), {}],
    ["the token is refused by a close", "token-rejected", says(closeWith(4401)), {}],
    ["the gateway says no", "gateway-rejected", says({ type: "error", code: 400, message: "no" }), {}],
    ["the gateway knows no threshold", "gateway-rejected", says({ type: "session.created" }), {}],
    ["it closes before it answers", "gateway-lost", says(closeWith(1000)), {}],
    [
      "it closes in the same breath as it opens",
      "gateway-lost",
      (socket) => queueMicrotask(() => (socket.open(), socket.drop(1011))),
      {},
    ],
  ])("%s (%s)", async (_what, code, arrange, options) => {
    const { clock, failures, server, stream, controller, verdicts } = await scene(arrange, options);
    clock.advance(10_000);
    await settled();
    expect(failures.map((error) => error.code)).toEqual([code]);
    overlap(stream);
    stream.userEnded(40_000);
    stream.agentHeard(false, 50_000);
    stream.agentHeard(true, 60_000);
    await settled();
    for (const socket of server.sockets) {
      expect(socket.readyState).toBeGreaterThanOrEqual(2);
      socket.drop(1006);
    }
    expect([failures.length, server.sockets.length <= 1, verdicts, clock.pending]).toEqual([1, true, [], 0]);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  test("the model is late (gateway-timeout)", async () => {
    const { clock, failures, stream, server, verdicts } = await scene();
    overlap(stream);
    clock.advance(701);
    stream.push(33_600, new Float32Array(1_600));
    stream.userEnded(40_000);
    expect(failures).toMatchObject([{ code: "gateway-timeout" }]);
    expect([verdicts, server.socket.closeCode, server.socket.types.at(-1)]).toEqual([[], 1000, "session.close"]);
  });

  test("the connection breaks while something is asked (gateway-lost)", async () => {
    const { failures, stream, server } = await scene();
    overlap(stream);
    server.socket.drop(1006);
    expect(failures).toMatchObject([{ code: "gateway-lost" }]);
  });
});

test("a connection that closes while nobody overlaps comes back when the agent speaks, with a fresh token", async () => {
  const { failures, stream, server, asked } = await scene();
  server.socket.say({ type: "session.closed" }, closeWith(1000));
  await settled();
  expect(server.sockets).toHaveLength(1);
  stream.agentHeard(true, 16_000);
  await settled();
  expect(asked).toMatchObject([{ reason: "connect" }, { reason: "reconnect", attempt: 2 }]);
  overlap(stream);
  expect([server.sockets.length, server.socket.types, failures]).toEqual([2, ["session.create", "binary"], []]);
});

test("what does not leave the socket is not added to", async () => {
  const { stream, server } = await scene();
  server.socket.stall();
  overlap(stream);
  stream.push(33_600, new Float32Array(3_200));
  expect(server.socket.types).toEqual(["session.create", "binary"]);
  server.socket.drain();
  stream.push(36_800, new Float32Array(1_600));
  expect(server.socket.types).toEqual(["session.create", "binary", "binary"]);
});

test("no window is sent before the socket is open", async () => {
  const { stream, server, failures } = await scene(() => undefined);
  overlap(stream);
  server.socket.open();
  await settled();
  stream.push(33_600, new Float32Array(1_600));
  expect([server.socket.types, failures]).toEqual([["session.create", "binary"], []]);
});

test.each([
  ["before it began", 0],
  ["while connecting", 1],
  ["while open", 2],
])("aborting %s closes everything, silently", async (_when, stage) => {
  const clock = new FakeClock();
  const server = new ScriptedServer((socket) => (stage === 2 ? accept(socket) : undefined));
  const controller = new AbortController();
  if (stage === 0) controller.abort();
  const failures: VoiceError[] = [];
  adaptiveInterruption({
    token: () => Promise.resolve("t"),
    url: "ws://g.test",
    webSocket: server.openSocket,
    clock,
  }).stream({
    onVerdict: () => undefined,
    onFailed: (error) => failures.push(error),
    now: () => 0,
    signal: controller.signal,
  });
  await settled();
  controller.abort();
  await settled();
  expect(server.sockets.map(({ readyState }) => readyState)).toEqual(stage === 0 ? [] : [2]);
  expect([failures, clock.pending, getEventListeners(controller.signal, "abort")]).toEqual([[], 0, []]);
});

test.each<[Partial<AdaptiveInterruptionOptions>, string]>([
  [{ token: "secret" as never }, "adaptiveInterruption.token must be a function that fetches a token"],
  [{ url: "ftp://x" }, 'adaptiveInterruption.url must be an http or ws URL, absolute or of this page, got "ftp://x"'],
  [{ threshold: 1.1 }, "adaptiveInterruption.threshold must be in [0, 1], got 1.1"],
  [{ threshold: Number.NaN }, "adaptiveInterruption.threshold must be in [0, 1], got NaN"],
  [{ minOverlapMs: 0 }, "adaptiveInterruption.minOverlapMs must be in [25, 3000], got 0"],
  [{ connectTimeoutMs: 0 }, "adaptiveInterruption.connectTimeoutMs must be in [1, 600000], got 0"],
  [{ answerTimeoutMs: -1 }, "adaptiveInterruption.answerTimeoutMs must be in [1, 60000], got -1"],
])("options that make no sense fail at once: %j", (options, message) => {
  expect(() => adaptiveInterruption({ token: () => Promise.resolve("t"), ...options })).toThrow(message);
});

test("whatever a gateway says, nothing is thrown, one verdict comes for an overlap, and one failure at most", async () => {
  const anything = fc.jsonValue({ maxDepth: 2 });
  const message = fc.record(
    {
      type: fc.constantFrom("session.created", "session.closed", "bargein_detected", "inference_done", "error", "x"),
      created_at: fc.oneof(fc.nat(10), anything),
      default_threshold: fc.oneof(fc.constant(0.5), anything),
      probabilities: fc.oneof(fc.array(fc.double({ min: 0, max: 1 })), anything),
      prediction_duration: fc.oneof(fc.constant(0.1), anything),
      code: anything,
    },
    { requiredKeys: ["type"] },
  );
  const said = fc.oneof(
    message.map((value) => JSON.stringify(value)),
    fc.tuple(message, fc.nat(60)).map(([value, cut]) => JSON.stringify(value).slice(0, cut)),
    fc.string(),
    fc.uint8Array(),
  );
  const step = fc.oneof(said, fc.constantFrom("heard", "unheard", "start", "end", "audio", "later", "drop"));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { clock, failures, server, stream, verdicts } = await scene();
      let overlaps = 0;
      for (const [index, what] of steps.entries()) {
        const at = 1_600 * index;
        if (what === "heard") stream.agentHeard(true, at);
        else if (what === "unheard") stream.agentHeard(false, at);
        else if (what === "start") stream.userStarted(at);
        else if (what === "end") stream.userEnded(at);
        else if (what === "audio") stream.push(at, new Float32Array(1_600));
        else if (what === "later") clock.advance(300);
        else if (what === "drop") server.socket.drop(1006);
        else if (server.socket.readyState === 1) server.socket.say(what);
        if (what === "heard" || what === "start") overlaps++;
        await Promise.resolve();
      }
      await settled();
      stream.close();
      expect(failures.length).toBeLessThanOrEqual(1);
      expect(verdicts.length).toBeLessThanOrEqual(overlaps);
      expect(clock.pending).toBe(0);
      for (const socket of server.sockets) expect(socket.readyState).toBeGreaterThanOrEqual(2);
    }),
    { numRuns: 200 },
  );
});
