import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { afterAll, beforeAll, expect, it, test } from "vitest";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import { MODEL_FOLDER, RECORDINGS_FOLDER } from "../pocketsphinx/installation.ts";
import { FrameClient } from "../testing/frame-client.ts";
import { noise } from "../testing/signals.ts";
import { loadRecording, WireClient } from "../testing/wire-client.ts";

const isInstalled = existsSync(MODEL_FOLDER) && existsSync(RECORDINGS_FOLDER);
const KEYS = { apiKey: "upstream", apiSecret: "the upstream's secret, which no client ever sees" };

let upstream: Gateway;
let gateway: Gateway;
beforeAll(async () => {
  upstream = await createGateway({
    ...KEYS,
    warm: isInstalled ? 1 : 0,
    modelAliases: {
      "acme/ledger": "ledger",
      "acme/plain": "script/plain",
      "acme/fails": "script/fails",
      "acme/dies": "script/dies-mid-sentence",
      "acme/idle": "script/idle-close",
      "acme/ears": "pocketsphinx",
    },
  });
  gateway = await createGateway({
    warm: 0,
    modelAliases: { "mine/ledger": "ledger" },
    relay: { url: `${upstream.url}/v1`, ...KEYS },
  });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

it("the upstream receives the very bytes that were sent, in the very messages", async () => {
  const sent = noise(50_123, 20_000);
  const client = await WireClient.open(gateway, "acme/ledger:en");
  client.speak(sent);
  client.send({ type: "session.finalize" });
  await client.next("session.finalized");
  const sha256 = createHash("sha256").update(new Uint8Array(sent.buffer)).digest("hex");
  expect(await client.next("final_transcript")).toMatchObject({ extra: { receivedSamples: 50_123, sha256 } });
  const ledger = upstream.ledgers.at(-1);
  expect(ledger?.sha256()).toBe(sha256);
  expect(ledger?.chunkSamples).toEqual([...Array.from({ length: 62 }, () => 800), 523]);
  client.send({ type: "session.close" });
  expect(await client.closed).toBe(1000);
});

/** What a client sees that says a second of audio, asks for the text, and leaves. */
async function visit(where: Gateway, model: string): Promise<unknown[]> {
  const client = await WireClient.open(where, model);
  client.speak(new Int16Array(16_000));
  client.send({ type: "session.finalize" });
  client.send({ type: "session.close" });
  const code = await client.closed;
  return [...client.received, code];
}

test.each(["acme/plain", "acme/fails"])(
  "a session with %s is the same through the relay as without it",
  async (model) => {
    expect(await visit(gateway, model)).toEqual(await visit(upstream, model));
  },
);

it("the upstream's own errors and closes arrive as they are, its death as 4505", async () => {
  const idle = await WireClient.open(gateway, "acme/idle");
  expect(await idle.next("error")).toMatchObject({ code: 2007 });
  expect(await idle.closed).toBe(1000);
  const unknown = await WireClient.connect(gateway, { model: "acme/unheard-of" });
  unknown.create();
  expect(await unknown.next("error")).toMatchObject({ code: 4404 });
  expect(await unknown.closed).toBe(4404);
  const [...messages] = await visit(gateway, "acme/dies");
  expect(messages.slice(-2)).toMatchObject([{ type: "error", code: 4505 }, 4505]);
});

test.each(["ledger", "mine/ledger", "mine/ledger:en", "script/plain"])(
  "%s is served here and never leaves",
  async (model) => {
    const client = await WireClient.open(gateway, model);
    const { relay } = (await (await fetch(`${gateway.url}/health`)).json()) as { relay: { sockets: number } };
    expect(relay.sockets).toBe(0);
    client.socket.terminate();
    await client.closed;
  },
);

it("without a model in the query, the first message decides; it is not lost on the way", async () => {
  const session = { type: "session.create", settings: { sample_rate: "16000", encoding: "pcm_s16le", extra: {} } };
  const answerTo = async (first: unknown): Promise<{ readonly type: string; readonly code?: number }> => {
    const client = await FrameClient.connect(gateway, "/v1/stt");
    client.send(typeof first === "string" ? first : JSON.stringify(first));
    const [answer] = await client.frames(1);
    client.socket.terminate();
    return JSON.parse(String(answer)) as { type: string; code?: number };
  };
  const [here, there] = [gateway.ledgers.length, upstream.ledgers.length];
  expect(await answerTo({ ...session, model: "mine/ledger" })).toEqual({ type: "session.created" });
  expect([gateway.ledgers.length, upstream.ledgers.length]).toEqual([here + 1, there]);
  expect(await answerTo({ ...session, model: "acme/ledger" })).toEqual({ type: "session.created" });
  expect([gateway.ledgers.length, upstream.ledgers.length]).toEqual([here + 1, there + 1]);
  // What is no session.create, or names no model, is for the upstream to judge.
  for (const first of ["not json", "[]", "null", { ...session, model: 5 }])
    expect(await answerTo(first)).toMatchObject({ type: "error", code: 4400 });
  expect(await answerTo(session)).toMatchObject({ type: "error", code: 4404 });
});

test.skipIf(!isInstalled)("real speech is heard through the relay, word for word as without it", async () => {
  const client = await WireClient.open(gateway, "acme/ears");
  client.speak(loadRecording("goforward.raw"));
  client.send({ type: "session.finalize" });
  await client.next("session.finalized");
  expect(client.finals()).toEqual(["go forward ten meters"]);
  client.send({ type: "session.close" });
  expect(await client.closed).toBe(1000);
});
