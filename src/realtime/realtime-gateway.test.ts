import { existsSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createGateway, type Gateway } from "../../gateway/gateway.ts";
import { MODEL_FOLDER, RECORDINGS_FOLDER } from "../../gateway/pocketsphinx/installation.ts";
import { Polyphase } from "../../gateway/speech/polyphase.ts";
import { loadRecording } from "../../gateway/testing/wire-client.ts";
import { fromPcm16 } from "../audio/pcm16.ts";
import { RealtimeClient } from "./realtime-client.ts";
import type { RealtimeEvent } from "./realtime-event.ts";
import { textMessage } from "./realtime-item.ts";
import type { RealtimeClientOptions } from "./realtime-options.ts";

const hasRecognizer = existsSync(MODEL_FOLDER) && existsSync(RECORDINGS_FOLDER);
const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function openGateway(warm = 0): Promise<Gateway> {
  const gateway = await createGateway({ warm, maxStreams: 4 });
  ends.push(() => gateway.close());
  return gateway;
}

/** A real client on a real socket, and what it has told. */
class Talk {
  readonly told: RealtimeEvent[] = [];
  readonly client: RealtimeClient;
  #wake: () => void = () => undefined;
  #read = 0;

  constructor(gateway: Gateway, options: Partial<RealtimeClientOptions> = {}) {
    this.client = new RealtimeClient({
      token: () => gateway.issueToken(),
      baseUrl: `${gateway.url}/v1/realtime`,
      webSocket: (url, protocols) => new WebSocket(url, protocols),
      connection: { retryIntervalMs: 50 },
      onEvent: (event) => {
        this.told.push(event);
        this.#wake();
      },
      ...options,
    });
    ends.push(() => this.client.close());
  }

  /** The next event of this type, after those that were asked for before. */
  async next<Type extends RealtimeEvent["type"]>(type: Type): Promise<Extract<RealtimeEvent, { type: Type }>> {
    for (;;) {
      while (this.#read < this.told.length) {
        const event = this.told[this.#read++];
        if (event?.type === type) return event as Extract<RealtimeEvent, { type: Type }>;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** How many milliseconds of audio came. */
  get audioMs(): number {
    return this.told.reduce((sum, event) => sum + (event.type === "output-audio" ? event.samples.length / 24 : 0), 0);
  }
}

test("a text is answered aloud, a tool is called, and its result is told", { timeout: 30_000 }, async () => {
  const parameters = { type: "object", properties: { location: { type: "string" } } } as const;
  const talk = new Talk(await openGateway(), {
    session: { turnDetection: null },
    tools: [{ name: "get_weather", description: "Tells the weather.", parameters }],
  });
  await talk.client.connect();
  const item = await talk.client.createItem(textMessage("user", "What is the weather in Berlin?"));
  expect(item).toMatchObject({ type: "message", role: "user" });
  const responseId = await talk.client.createResponse();
  const call = await talk.next("function-call");
  expect(call).toMatchObject({ name: "get_weather", arguments: { location: "Berlin" }, responseId });
  talk.client.sendToolResult(call.callId, "sunny");
  expect(await talk.next("response-done")).toMatchObject({ responseId, status: "completed" });
  const answer = await talk.next("response-done");
  expect(answer).toMatchObject({ status: "completed" });
  const [text] = talk.told.flatMap((event) => (event.type === "output-text-done" ? [event.text] : []));
  expect(text).toMatch(/sunny/);
  expect(talk.audioMs).toBeGreaterThan(500);
  expect(answer.times.firstAudioMs).toBeLessThanOrEqual(answer.times.totalMs);

  const [message] = answer.items;
  const id = message?.id ?? "";
  await talk.client.truncateItem(id, 0, 200);
  expect(await talk.client.retrieveItem(id)).toMatchObject({ id, role: "assistant" });
  await talk.client.deleteItem(id);
  await expect(talk.client.retrieveItem(id)).rejects.toMatchObject({ gatewayCode: "item_retrieve_invalid_item_id" });
  await expect(talk.client.updateSettings({ transcription: { model: "gpt-4o-transcribe" } })).resolves.toBeUndefined();
  expect(talk.told.filter(({ type }) => type === "warning")).toEqual([]);
});

test.skipIf(!hasRecognizer)("what is said is heard, in capture time, and answered", { timeout: 120_000 }, async () => {
  const talk = new Talk(await openGateway(1), {
    session: { turnDetection: { type: "server_vad", silenceDurationMs: 500 }, transcription: {} },
  });
  await talk.client.connect();
  const upwards = new Polyphase(16_000, 24_000);
  const silence = new Int16Array(16_000);
  const said = loadRecording("goforward.raw");
  let at = 160_000; // the capture clock began 10 s ago
  for (const sound of [silence, said, silence, silence]) {
    const samples = fromPcm16(upwards.push(sound));
    for (let from = 0; from < samples.length; from += 1_200) {
      talk.client.appendAudio(samples.subarray(from, from + 1_200), at);
      at += 800;
    }
  }
  const started = await talk.next("speech-started");
  const stopped = await talk.next("speech-stopped");
  expect(started.startSample).toBeGreaterThan(160_000 + 8_000);
  expect(started.startSample).toBeLessThan(176_000 + 16_000);
  expect(stopped.endSample).toBeLessThan(176_000 + said.length + 20_000);
  expect(await talk.next("audio-committed")).toMatchObject({ itemId: started.itemId });
  const done = await talk.next("response-done");
  expect(done).toMatchObject({ status: "completed" });
  const final = talk.told.find((event) => event.type === "input-transcript" && event.isFinal);
  expect(final).toMatchObject({ itemId: started.itemId, text: "go forward ten meters" });
});

test("a refused secret is fetched anew, and then it works", { timeout: 30_000 }, async () => {
  const gateway = await openGateway();
  const reasons: string[] = [];
  const talk = new Talk(gateway, {
    token: async ({ reason }) => {
      reasons.push(reason);
      return reason === "rejected" ? (await gateway.issueToken()).token : "ek_nonsense";
    },
  });
  await talk.client.connect();
  expect(reasons).toEqual(["connect", "rejected"]);
  expect(talk.told.map(({ type }) => type)).toEqual(["connecting", "reconnecting", "connecting", "session-ready"]);
});

test.each(["close-mid-answer", "drop-mid-answer"])(
  "%s: the answer fails, the session goes on",
  { timeout: 30_000 },
  async (script) => {
    const talk = new Talk(await openGateway(), {
      model: `script/${script}`,
      context: () => [textMessage("user", "hi")],
    });
    await talk.client.connect();
    void talk.client.createResponse();
    expect(await talk.next("response-done")).toMatchObject({ status: "failed", error: { code: "gateway-lost" } });
    expect(await talk.next("session-ready")).toMatchObject({ isReconnect: true });
    expect(talk.client.health).toMatchObject({ connection: "ready", sessions: 2 });
  },
);

test.each(["unknown-events", "rubbish-audio"])(
  "%s: what makes no sense is skipped and told, and the rest is heard",
  { timeout: 30_000 },
  async (script) => {
    const talk = new Talk(await openGateway(), { model: `script/${script}` });
    await talk.client.connect();
    await talk.client.createItem(textMessage("user", "say hello"));
    void talk.client.createResponse();
    for (let deltas = 0; deltas < 5; deltas++) await talk.next("output-audio");
    talk.client.cancelResponse();
    expect(await talk.next("response-done")).toMatchObject({ status: "cancelled" });
    const warnings = talk.told.flatMap((event) => (event.type === "warning" ? [event.error.code] : []));
    expect(new Set(warnings)).toEqual(new Set(["protocol-violated"]));
  },
);

test("a session that expires is followed by another", { timeout: 30_000 }, async () => {
  const talk = new Talk(await openGateway(), { model: "script/expires" });
  await talk.client.connect();
  await talk.client.createItem(textMessage("user", "say hello"));
  void talk.client.createResponse();
  expect(await talk.next("reconnecting")).toMatchObject({
    error: { code: "gateway-lost", gatewayCode: "session_expired" },
  });
  expect(await talk.next("session-ready")).toMatchObject({ isReconnect: true });
});

test("an interrupted answer is cancelled, and the next one waits for its end", { timeout: 30_000 }, async () => {
  const talk = new Talk(await openGateway(), { model: "script/slow" });
  await talk.client.connect();
  await talk.client.createItem(textMessage("user", "tell me a story"));
  void talk.client.createResponse();
  const audio = await talk.next("output-audio");
  talk.client.cancelResponse();
  void talk.client.truncateItem(audio.itemId, audio.contentIndex, 40);
  await talk.client.createItem(textMessage("user", "say hello"));
  const next = talk.client.createResponse({ outputModality: "text" });
  expect(await talk.next("response-done")).toMatchObject({ responseId: audio.responseId, status: "cancelled" });
  await expect(next).resolves.not.toBe(audio.responseId);
  talk.client.cancelResponse();
  expect(talk.told.filter(({ type }) => type === "warning")).toEqual([]);
});
