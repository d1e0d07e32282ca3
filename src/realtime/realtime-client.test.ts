import { afterEach, expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { ScriptedServer } from "../testing/scripted-server.ts";
import type { ScriptedSocket } from "../testing/scripted-socket.ts";
import { settled } from "../testing/settled.ts";
import { RealtimeClient } from "./realtime-client.ts";
import type { RealtimeEvent } from "./realtime-event.ts";
import { textMessage } from "./realtime-item.ts";
import type { RealtimeClientOptions } from "./realtime-options.ts";

type Json = Readonly<Record<string, unknown>>;

/** A client, its server, and what each of them said. */
class Rig {
  readonly clock = new FakeClock();
  readonly server = new ScriptedServer((socket) => socket.accept());
  readonly events: RealtimeEvent[] = [];
  readonly raw: Json[] = [];
  readonly tokens: unknown[] = [];
  readonly client: RealtimeClient;

  constructor(options: Partial<RealtimeClientOptions> = {}) {
    this.client = new RealtimeClient({
      token: ({ attempt, reason }) => {
        this.tokens.push([attempt, reason]);
        return Promise.resolve(`ek_${this.tokens.length}`);
      },
      model: "m",
      baseUrl: "wss://realtime.test/v1/realtime",
      onEvent: (event) => this.events.push(event),
      onServerEvent: (event) => this.raw.push(event),
      webSocket: this.server.openSocket,
      clock: this.clock,
      ...options,
    });
  }

  get socket(): ScriptedSocket {
    return this.server.socket;
  }

  /** What the client sent on the newest connection since this was last asked, without event ids. */
  sent(): Json[] {
    return this.socket.sent.splice(0).map((message) => {
      const { event_id: _, ...rest } = message as Json;
      return rest;
    });
  }

  sentTypes(): unknown[] {
    return this.sent().map(({ type }) => type);
  }

  told(...types: RealtimeEvent["type"][]): RealtimeEvent[] {
    const told = this.events.splice(0);
    return types.length === 0 ? told : told.filter(({ type }) => types.includes(type));
  }

  toldTypes(): string[] {
    return this.told().map(({ type }) => type);
  }

  /** The server says something. */
  say(...messages: Json[]): void {
    for (const message of messages) this.socket.say({ event_id: "event_1", ...message });
  }

  /** From the socket's opening to the session's settings. */
  async greet(session: Json = {}): Promise<void> {
    await settled();
    this.say(
      { type: "session.created", session: { id: "sess_1", ...session } },
      { type: "session.updated", session: {} },
    );
    await settled();
  }

  /** A client that is ready, with nothing left to read. */
  static async ready(options: Partial<RealtimeClientOptions> = {}): Promise<Rig> {
    const rig = new Rig(options);
    rigs.push(rig);
    void rig.client.connect();
    await rig.greet();
    rig.sent();
    rig.told();
    return rig;
  }
}

const rigs: Rig[] = [];

afterEach(() => {
  for (const rig of rigs.splice(0)) {
    rig.client.close();
    expect(rig.clock.pending).toBe(0);
  }
});

const created = (id: string, fields: Json = {}): Json => ({
  type: "response.created",
  response: { id, status: "in_progress", output: [], conversation_id: "conv_1", ...fields },
});
const done = (id: string, status = "completed", fields: Json = {}): Json => ({
  type: "response.done",
  response: { id, status, output: [], conversation_id: "conv_1", ...fields },
});
const failure = (code: string | null, event_id?: unknown, message = `It is ${code}`): Json => ({
  type: "error",
  error: { type: "invalid_request_error", code, message, ...(event_id === undefined ? {} : { event_id }) },
});
const call = (responseId: string, callId: string, json: string): Json[] => [
  {
    type: "response.output_item.added",
    response_id: responseId,
    output_index: 0,
    item: { id: `fc_${callId}`, type: "function_call", call_id: callId, name: "weather", arguments: "" },
  },
  {
    type: "response.function_call_arguments.done",
    response_id: responseId,
    item_id: `fc_${callId}`,
    output_index: 0,
    call_id: callId,
    name: "weather",
    arguments: json,
  },
];
const idOf = (message: unknown): unknown => (message as Json)["event_id"];

test("a session begins: a fresh secret as subprotocol, session.created, settings, messages, session.updated, the rest", async () => {
  const rig = new Rig({
    session: { instructions: "Be long.", turnDetection: null, tools: [{ name: "a" }] },
    instructions: "Be brief.",
    tools: [{ name: "weather", description: "Tells it.", parameters: { type: "object" }, execute: () => 1 } as never],
    context: () => [textMessage("user", "hi", "item_hi")],
  });
  const connected = rig.client.connect();
  void rig.client.createResponse();
  rig.client.appendAudio(new Float32Array(240), 0);
  await settled();
  expect([rig.socket.url, rig.socket.protocols]).toEqual([
    "wss://realtime.test/v1/realtime?model=m",
    ["realtime", "openai-insecure-api-key.ek_1"],
  ]);
  expect(rig.sent()).toEqual([]);
  rig.say({ type: "session.created", session: { id: "sess_1" } });
  const format = { type: "audio/pcm", rate: 24_000 };
  expect(rig.sent()).toEqual([
    {
      type: "session.update",
      session: {
        type: "realtime",
        instructions: "Be brief.",
        tools: [{ type: "function", name: "weather", description: "Tells it.", parameters: { type: "object" } }],
        audio: { input: { format, turn_detection: null }, output: { format } },
      },
    },
    {
      type: "conversation.item.create",
      item: { type: "message", id: "item_hi", role: "user", content: [{ type: "input_text", text: "hi" }] },
    },
  ]);
  rig.say({ type: "session.updated", session: {} });
  await connected;
  expect(rig.sentTypes()).toEqual(["input_audio_buffer.append", "response.create"]);
  expect(rig.toldTypes()).toEqual(["connecting", "session-ready", "response-requested"]);
  expect(rig.tokens).toEqual([[1, "connect"]]);
  rig.client.close();
  expect(rig.clock.pending).toBe(0);
});

test("nothing is sent that was not set, and null only where it means off", async () => {
  const rig = new Rig();
  void rig.client.connect();
  await settled();
  rig.say({ type: "session.created", session: {} });
  expect(JSON.stringify(rig.sent())).not.toContain("null");
  rig.say({ type: "session.updated", session: {} });
  void rig.client.updateSettings({ turnDetection: null });
  void rig.client.updateSettings({ noiseReduction: null, transcription: null });
  void rig.client.updateSettings({ voice: "marin", speed: 1.1, maxOutputTokens: "inf", outputModality: "text" });
  expect(rig.sent()).toEqual([
    { type: "session.update", session: { type: "realtime", audio: { input: { turn_detection: null } } } },
    {
      type: "session.update",
      session: { type: "realtime", audio: { input: { noise_reduction: null, transcription: null } } },
    },
    {
      type: "session.update",
      session: {
        type: "realtime",
        output_modalities: ["text"],
        max_output_tokens: "inf",
        audio: { output: { voice: "marin", speed: 1.1 } },
      },
    },
  ]);
  rig.client.close();
});

test("settings change live, the conversation's own go first, and refused changes are taken back", async () => {
  const rig = await Rig.ready({ session: { instructions: "A" } });
  const taken = rig.client.setInstructions("B");
  const refused = rig.client.updateSettings({ voice: "nobody" });
  const [, second] = rig.socket.sent;
  rig.say({ type: "session.updated", session: {} }, failure("invalid_value", idOf(second)));
  await expect(taken).resolves.toBeUndefined();
  await expect(refused).rejects.toMatchObject({ code: "gateway-rejected", gatewayCode: "invalid_value" });
  expect(rig.client.settings).toEqual({ instructions: "B" });
  void rig.client.updateSettings({ instructions: "C" }); // the conversation's own still goes first
  expect(rig.client.settings).toEqual({ instructions: "B" });
  void rig.client.setInstructions(undefined);
  void rig.client.setTools([{ name: "x" }]);
  void rig.client.setTools(undefined);
  const updates = rig.sent().map(({ session }) => session);
  expect(updates.slice(2)).toEqual([
    { type: "realtime" },
    { type: "realtime", instructions: "C" },
    { type: "realtime", tools: [{ type: "function", name: "x" }] },
    { type: "realtime", tools: [] },
  ]);
  expect(rig.told("warning")).toMatchObject([{ error: { gatewayCode: "invalid_value" } }]);
});

test("settings refused at the beginning end it: the promises of the app do not hold", async () => {
  const rig = new Rig({ session: { voice: "nobody" } });
  const connected = rig.client.connect();
  await settled();
  rig.say({ type: "session.created", session: {} });
  rig.say(failure("invalid_value", idOf(rig.socket.sent[0])));
  await expect(connected).rejects.toMatchObject({ gatewayCode: "invalid_value" });
  expect(rig.told("closed", "reconnecting")).toMatchObject([{ type: "closed", error: { code: "gateway-rejected" } }]);
});

test("speech is placed in capture time, whatever was paused", async () => {
  const rig = await Rig.ready();
  rig.client.appendAudio(new Float32Array(24_000), 16_000);
  rig.client.pauseAudio();
  rig.client.appendAudio(new Float32Array(24_000), 32_000);
  rig.client.resumeAudio();
  rig.client.appendAudio(new Float32Array(24_000), 48_000);
  expect(rig.sentTypes()).toEqual(["input_audio_buffer.append", "input_audio_buffer.append"]);
  rig.say(
    { type: "input_audio_buffer.speech_started", audio_start_ms: 500, item_id: "i" },
    { type: "input_audio_buffer.speech_stopped", audio_end_ms: 1_250, item_id: "i" },
    { type: "input_audio_buffer.committed", previous_item_id: null, item_id: "i" },
  );
  expect(rig.told()).toEqual([
    { type: "speech-started", itemId: "i", startSample: 24_000 },
    { type: "speech-stopped", itemId: "i", endSample: 52_000 },
    { type: "audio-committed", itemId: "i" },
  ]);
});

test("audio that is no item yet is sent again on a new connection, with the commit that waited", async () => {
  const rig = await Rig.ready({ session: { turnDetection: null } });
  rig.client.appendAudio(new Float32Array(2_400).fill(0.1), 0);
  const first = rig.client.commitAudio();
  rig.say({ type: "input_audio_buffer.committed", item_id: "a" });
  await expect(first).resolves.toBe("a");
  rig.client.appendAudio(new Float32Array(2_400).fill(0.2), 1_600);
  const second = rig.client.commitAudio();
  void rig.client.createResponse();
  const before = rig.sent();
  rig.socket.drop();
  expect(rig.told("reconnecting", "warning")).toMatchObject([
    { type: "reconnecting", error: { code: "gateway-lost" } },
  ]);
  rig.client.appendAudio(new Float32Array(2_400).fill(0.3), 3_200);
  rig.clock.advance(200);
  await rig.greet();
  const after = rig.sent().slice(1);
  expect(after.map(({ type }) => type)).toEqual([
    "input_audio_buffer.append",
    "input_audio_buffer.commit",
    "input_audio_buffer.append",
    "response.create",
  ]);
  expect(after[0]).toEqual(before[2]);
  rig.say({ type: "input_audio_buffer.committed", item_id: "b" });
  await expect(second).resolves.toBe("b");
  expect(rig.tokens).toEqual([
    [1, "connect"],
    [2, "reconnect"],
  ]);
  expect(rig.socket.protocols[1]).toBe("openai-insecure-api-key.ek_2");
});

test("30 s wait at most, the oldest is given up, and told", async () => {
  const rig = new Rig();
  for (let second = 0; second < 32; second++) rig.client.appendAudio(new Float32Array(24_000), second * 16_000);
  expect(rig.told()).toEqual([
    { type: "audio-lost", startSample: 0, endSample: 16_000 },
    { type: "audio-lost", startSample: 16_000, endSample: 32_000 },
  ]);
  expect(rig.client.health.waitingMs).toBe(30_000);
  rig.client.close();
});

test("speech of more than 30 s is heard while the connection holds; what cannot be sent again is told when it breaks", async () => {
  const rig = await Rig.ready({ session: { turnDetection: null } });
  for (let second = 0; second < 33; second++) rig.client.appendAudio(new Float32Array(24_000), second * 16_000);
  expect([rig.sent().length, rig.told().length]).toEqual([33, 0]);
  rig.socket.drop();
  expect(rig.told("audio-lost")).toEqual([{ type: "audio-lost", startSample: 0, endSample: 48_000 }]);
  rig.clock.advance(200);
  await rig.greet();
  expect(rig.sent().slice(1)).toHaveLength(30);
});

test("while nobody speaks, by the server's own detection, only the last 2 s are sent again", async () => {
  const rig = await Rig.ready();
  for (let second = 0; second < 10; second++) rig.client.appendAudio(new Float32Array(24_000), second * 16_000);
  rig.say({ type: "input_audio_buffer.speech_started", audio_start_ms: 9_500, item_id: "i" });
  for (let second = 10; second < 15; second++) rig.client.appendAudio(new Float32Array(24_000), second * 16_000);
  rig.socket.drop();
  rig.clock.advance(200);
  await rig.greet();
  expect(rig.sent().slice(1)).toHaveLength(2 + 5);
  rig.say({ type: "input_audio_buffer.speech_started", audio_start_ms: 1_500, item_id: "j" });
  expect(rig.told("speech-started")).toMatchObject([{}, { itemId: "j", startSample: 9.5 * 16_000 }]);
});

test("a slow network holds audio back, but not what somebody waits for", async () => {
  const rig = await Rig.ready({ session: { turnDetection: null } });
  rig.socket.stall();
  for (let second = 0; second < 10; second++) rig.client.appendAudio(new Float32Array(24_000), second * 16_000);
  const sentSeconds = rig.sent().length;
  expect(sentSeconds).toBeGreaterThan(2);
  expect(rig.client.health.waitingMs).toBe(10_000 - sentSeconds * 1_000);
  void rig.client.commitAudio();
  void rig.client.createResponse();
  expect(rig.sentTypes().slice(-2)).toEqual(["input_audio_buffer.commit", "response.create"]);
  rig.clock.advance(11_000); // and nothing ever leaves
  expect(rig.told("reconnecting")).toMatchObject([{ error: { code: "gateway-timeout" } }]);
});

test("an answer that does not end when it is cancelled costs the session, not the conversation", async () => {
  const rig = await Rig.ready();
  rig.say(created("r1"));
  rig.client.cancelResponse();
  const next = rig.client.createResponse();
  rig.sent();
  for (let seconds = 0; seconds < 11; seconds++) {
    rig.clock.advance(1_000);
    if (rig.client.health.connection === "ready") rig.say({ type: "input_audio_buffer.cleared" });
  }
  await rig.greet();
  expect(rig.sentTypes()).toEqual(["session.update", "response.create"]);
  rig.say(created("r2"));
  await expect(next).resolves.toBe("r2");
});

test("a tracer that throws is not asked again, and holds nothing up", async () => {
  let asked = 0;
  const rig = await Rig.ready({
    tracing: () => {
      asked += 1;
      throw new Error("no");
    },
  });
  rig.say(created("r1"));
  expect([asked, rig.toldTypes()]).toEqual([1, ["response-created"]]);
});

test.each([
  [{ connection: { maxRetries: 1.5 } }, "realtime.connection.maxRetries must be a whole number, got 1.5"],
  [{ connection: { timeoutMs: 0 } }, "realtime.connection.timeoutMs must be in [1, 600000], got 0"],
  [{ baseUrl: "ws://api.openai.com" }, "realtime.baseUrl must be wss:, or ws: on this machine"],
  [{ session: { speed: 9 } }, "realtime.session.speed must be in [0.25, 1.5], got 9"],
  [{ tools: [{ name: "" }] }, "realtime.tools[0].name must be 1 to 64 letters"],
  [{ token: "ek_1" as never }, "realtime.token must be a function"],
])("%j is refused at once", (options, why) => {
  expect(() => new Rig(options)).toThrow(why);
});

test("never two answers at once: automatic requests become one, others keep their order and stay apart", async () => {
  const rig = await Rig.ready();
  const first = rig.client.createResponse();
  const [second, third] = [rig.client.createResponse(), rig.client.createResponse()];
  const fourth = rig.client.createResponse({ instructions: "Sing." });
  expect(rig.sent()).toEqual([{ type: "response.create" }]);
  rig.say(created("r1"));
  await expect(first).resolves.toBe("r1");
  expect(rig.client.health.responseId).toBe("r1");
  rig.say(done("r1"));
  expect(rig.sent()).toEqual([{ type: "response.create" }]);
  rig.say(created("r2"), done("r2"));
  expect(await Promise.all([second, third])).toEqual(["r2", "r2"]);
  expect(rig.sent()).toEqual([{ type: "response.create", response: { instructions: "Sing." } }]);
  rig.say(created("r3"));
  await expect(fourth).resolves.toBe("r3");
});

test("an answer that the server began by itself goes first; ours is asked for again after it", async () => {
  const rig = await Rig.ready();
  void rig.client.createResponse();
  const id = idOf(rig.socket.sent[0]);
  rig.sent();
  rig.say(created("r1"), failure("conversation_already_has_active_response", id));
  expect(rig.sent()).toEqual([]);
  rig.say(done("r1"));
  expect(rig.sent()).toEqual([{ type: "response.create" }]);
  expect(rig.told("warning", "closed")).toEqual([]);
});

test("a request that is refused frees its place, and tells who asked", async () => {
  const rig = await Rig.ready();
  const first = rig.client.createResponse({ instructions: "1" });
  void rig.client.createResponse({ instructions: "2" });
  rig.say(failure("invalid_value", idOf(rig.socket.sent[0])));
  await expect(first).rejects.toMatchObject({ gatewayCode: "invalid_value" });
  expect(rig.sent()).toHaveLength(2);
});

test("an answer beside the conversation waits for nobody, and holds nobody up", async () => {
  const rig = await Rig.ready();
  void rig.client.createResponse();
  const aside = rig.client.createResponse({
    conversation: "none",
    metadata: { for_me: "x" },
    input: [],
    outputModality: "text",
  });
  expect(rig.sent()[1]).toEqual({
    type: "response.create",
    response: { conversation: "none", metadata: { for_me: "x" }, input: [], output_modalities: ["text"] },
  });
  rig.say(created("r1"), created("r2", { conversation_id: null, metadata: { for_me: "x" } }));
  await expect(aside).resolves.toBe("r2");
  expect(rig.told("response-created")).toEqual([
    { type: "response-created", responseId: "r1", isOutOfBand: false },
    { type: "response-created", responseId: "r2", isOutOfBand: true, metadata: { for_me: "x" } },
  ]);
  rig.say(done("r2", "completed", { conversation_id: null }));
  expect(rig.client.health.responseId).toBe("r1");
  expect(rig.told()).toMatchObject([{ type: "response-done", isOutOfBand: true }]);
});

test("cancel goes once, calls off what waits, and nothing of the cancelled answer is told but its end", async () => {
  const rig = await Rig.ready();
  const first = rig.client.createResponse();
  rig.client.cancelResponse(); // before it has begun
  rig.sent();
  rig.say(created("r1"));
  expect(rig.sent()).toEqual([{ type: "response.cancel", response_id: "r1" }]);
  const second = rig.client.createResponse();
  rig.client.cancelResponse();
  rig.client.cancelResponse();
  expect(rig.sent()).toEqual([]);
  await expect(first).resolves.toBe("r1");
  await expect(second).resolves.toBeUndefined();
  rig.told();
  const place = { response_id: "r1", item_id: "i", output_index: 0, content_index: 0 };
  rig.say({ type: "response.output_audio.delta", ...place, delta: "AAA=" });
  rig.say({ type: "response.function_call_arguments.done", ...place, call_id: "c", name: "weather", arguments: "{}" });
  rig.say(failure("response_cancel_not_active", "vv_9", "Cancellation failed: no active response found"));
  rig.say(done("r1", "cancelled", { status_details: { type: "cancelled", reason: "client_cancelled" } }));
  rig.say({ type: "response.output_audio.delta", ...place, delta: "AAA=" });
  expect(rig.told()).toMatchObject([{ type: "response-done", status: "cancelled", reason: "client_cancelled" }]);
});

test("after an interruption: cancel, truncate, item, and the answer only when the cancelled one is done", async () => {
  const rig = await Rig.ready();
  rig.say(created("r1"));
  rig.client.cancelResponse();
  void rig.client.truncateItem("i", 0, 42.8);
  void rig.client.createItem(textMessage("user", "blocked"));
  void rig.client.createResponse();
  const sent = rig.sent();
  expect(sent.map(({ type }) => type)).toEqual([
    "response.cancel",
    "conversation.item.truncate",
    "conversation.item.create",
  ]);
  expect(sent[1]).toMatchObject({ item_id: "i", content_index: 0, audio_end_ms: 42 });
  rig.say(done("r1", "cancelled"));
  expect(rig.sentTypes()).toEqual(["response.create"]);
});

test.each([[NaN], [-1], [Infinity]])("truncating at %d is refused before it is sent", async (ms) => {
  const rig = await Rig.ready();
  expect(() => rig.client.truncateItem("i", 0, ms)).toThrow(RangeError);
  expect(rig.sent()).toEqual([]);
});

test("items are created, retrieved once at a time, truncated and deleted, each answered by its own", async () => {
  const rig = await Rig.ready();
  const item = {
    type: "message",
    id: "mine",
    role: "user",
    content: [{ type: "input_image", imageUrl: "data:x", detail: "low" }],
  } as const;
  const making = rig.client.createItem(item, "root");
  expect(rig.sent()).toEqual([
    {
      type: "conversation.item.create",
      previous_item_id: "root",
      item: { ...item, content: [{ type: "input_image", image_url: "data:x", detail: "low" }] },
    },
  ]);
  const theirs = { id: "mine", type: "message", role: "user", status: "completed", content: [] };
  rig.say({ type: "conversation.item.added", item: theirs }, { type: "conversation.item.created", item: theirs });
  await expect(making).resolves.toEqual(theirs);
  expect(rig.told()).toEqual([{ type: "item-added", item: theirs, isOwn: true }]);

  const retrieving = [rig.client.retrieveItem("x"), rig.client.retrieveItem("x"), rig.client.retrieveItem("y")];
  const [, second] = rig.socket.sent;
  expect(rig.sent()).toMatchObject([{ item_id: "x" }, { item_id: "y" }]);
  rig.say(failure("item_retrieve_invalid_item_id", idOf(second)));
  rig.say({
    type: "conversation.item.retrieved",
    item: { id: "x", type: "message", content: [{ type: "audio", audio: "AAAA", format: "pcm16" }] },
  });
  const got = await Promise.all(retrieving.slice(0, 2));
  expect(got).toMatchObject([{ id: "x", content: [{ type: "output_audio" }] }, { id: "x" }]);
  await expect(retrieving[2]).rejects.toMatchObject({ gatewayCode: "item_retrieve_invalid_item_id" });

  const truncating = rig.client.truncateItem("x", 0, 1_500);
  const deleting = rig.client.deleteItem("x");
  rig.say(
    { type: "conversation.item.truncated", item_id: "x", content_index: 0, audio_end_ms: 1_500 },
    { type: "conversation.item.deleted", item_id: "x" },
  );
  await Promise.all([truncating, deleting]);
  expect(rig.told("warning")).toEqual([]);
});

test("a request that is never answered is given up; the session is lost if nothing else is heard either", async () => {
  const rig = await Rig.ready({ connection: { timeoutMs: 3_000 } });
  const item = rig.client.retrieveItem("x");
  for (let seconds = 0; seconds < 4; seconds++) {
    rig.clock.advance(1_000);
    rig.say({ type: "rate_limits.updated", rate_limits: [{ name: "tokens", limit: 5, reset_seconds: 1.5 }] });
  }
  await expect(item).rejects.toMatchObject({ code: "gateway-timeout" });
  expect(rig.told()).toContainEqual({ type: "rate-limits", limits: [{ name: "tokens", limit: 5, resetSeconds: 1.5 }] });
  void rig.client.createResponse();
  rig.clock.advance(4_000);
  expect(rig.told("reconnecting")).toMatchObject([{ error: { code: "gateway-timeout" } }]);
});

test("a tool is asked for once, answered once, and the model goes on when the answer that called is done", async () => {
  const rig = await Rig.ready();
  rig.say(created("r1"), ...call("r1", "c1", '{"city":"Oslo"}'), ...call("r1", "c2", "{}"));
  rig.say({
    type: "response.output_item.done",
    response_id: "r1",
    output_index: 0,
    item: {
      id: "fc_c1",
      type: "function_call",
      status: "completed",
      call_id: "c1",
      name: "weather",
      arguments: '{"city":"Oslo"}',
    },
  });
  expect(rig.told("function-call", "warning")).toEqual([
    {
      type: "function-call",
      callId: "c1",
      name: "weather",
      arguments: { city: "Oslo" },
      responseId: "r1",
      itemId: "fc_c1",
    },
    { type: "function-call", callId: "c2", name: "weather", arguments: {}, responseId: "r1", itemId: "fc_c2" },
  ]);
  rig.client.sendToolResult("c1", '{"temp":21}');
  rig.client.sendToolResult("c1", "again");
  rig.client.sendToolResult("c2", "rain");
  rig.client.sendToolResult("nobody", "x");
  expect(rig.sent()).toMatchObject([
    { type: "conversation.item.create", item: { type: "function_call_output", call_id: "c1", output: '{"temp":21}' } },
    { type: "conversation.item.create", item: { type: "function_call_output", call_id: "c2", output: "rain" } },
  ]);
  expect(rig.told("warning")).toMatchObject([{ error: { code: "invalid-state" } }]);
  rig.say(done("r1"));
  expect(rig.sent()).toEqual([{ type: "response.create" }]);
});

test("a tool that answers after its answer is done makes the model go on, once for all of them", async () => {
  const rig = await Rig.ready();
  rig.say(created("r1"), ...call("r1", "c1", "{}"), ...call("r1", "c2", "{}"), done("r1"));
  rig.client.sendToolResult("c1", "1");
  expect(rig.sentTypes()).toEqual(["conversation.item.create"]);
  rig.client.sendToolResult("c2", "2");
  expect(rig.sentTypes()).toEqual(["conversation.item.create", "response.create"]);
});

test("an answer that was cut off is told its tool's result, and asked for no more", async () => {
  const rig = await Rig.ready();
  rig.say(created("r1"), ...call("r1", "c1", "{}"), done("r1", "cancelled"));
  rig.client.sendToolResult("c1", "1");
  expect(rig.sentTypes()).toEqual(["conversation.item.create"]);
});

test("arguments that are no JSON go back to the model as an error", async () => {
  const rig = await Rig.ready();
  rig.say(created("r1"), ...call("r1", "c1", '{"city":'), done("r1"));
  expect(rig.told("function-call", "warning")).toMatchObject([
    { type: "warning", error: { code: "protocol-violated" } },
  ]);
  expect(rig.sent()).toMatchObject([
    { item: { call_id: "c1", output: '{"error":"The arguments are not valid JSON"}' } },
    { type: "response.create" },
  ]);
});

test("a call that only response.done tells of is asked for; arguments of a call nobody made are a warning", async () => {
  const rig = await Rig.ready();
  rig.say(created("r1"));
  rig.say({
    type: "response.function_call_arguments.done",
    response_id: "r1",
    item_id: "f",
    output_index: 0,
    call_id: "ghost",
    arguments: "{}",
  });
  const item = { id: "f", type: "function_call", call_id: "c1", name: "weather", arguments: "{}", status: "completed" };
  rig.say(done("r1", "completed", { output: [item] }));
  expect(rig.told("warning", "function-call", "response-done")).toMatchObject([
    { type: "warning" },
    { type: "function-call", callId: "c1" },
    { type: "response-done" },
  ]);
});

test("a tool at work survives a lost connection: the new session is told of the call and its result", async () => {
  const rig = await Rig.ready();
  rig.say(created("r1"), ...call("r1", "c1", '{"a":1}'), ...call("r1", "c2", "{}"), done("r1"));
  rig.client.sendToolResult("c1", "one");
  rig.socket.drop();
  rig.client.sendToolResult("c2", "two");
  rig.clock.advance(200);
  await rig.greet();
  const sent = rig.sent().slice(1);
  expect(sent).toMatchObject([
    { item: { type: "function_call", call_id: "c1", name: "weather", arguments: '{"a":1}' } },
    { item: { type: "function_call_output", call_id: "c1", output: "one" } },
    { item: { type: "function_call", call_id: "c2" } },
    { item: { type: "function_call_output", call_id: "c2", output: "two" } },
    { type: "response.create" },
  ]);
  rig.socket.drop(); // and once more, before the model went on
  rig.clock.advance(5_000);
  await rig.greet();
  expect(rig.sentTypes().slice(1)).toEqual(sent.map(({ type }) => type));
  rig.say(created("r2"), done("r2"));
  rig.socket.drop();
  rig.clock.advance(5_000);
  await rig.greet();
  expect(rig.sentTypes()).toEqual(["session.update"]);
});

test("a connection lost in mid-answer ends the answer as failed, and the session goes on with the context", async () => {
  const rig = await Rig.ready({ context: () => [textMessage("assistant", "Good d", "item_a")] });
  void rig.client.createResponse();
  rig.say(created("r1"));
  const retrieving = rig.client.retrieveItem("x");
  rig.told();
  rig.socket.drop(1011, "oops");
  expect(rig.told()).toMatchObject([
    { type: "response-done", responseId: "r1", status: "failed", error: { code: "gateway-lost", gatewayCode: 1011 } },
    { type: "reconnecting", error: { code: "gateway-lost" } },
  ]);
  await expect(retrieving).rejects.toMatchObject({ code: "gateway-lost" });
  rig.clock.advance(200);
  await rig.greet();
  expect(rig.sent().slice(1)).toMatchObject([
    { item: { role: "assistant", content: [{ type: "output_text", text: "Good d" }] } },
  ]);
  expect(rig.told("session-ready")).toMatchObject([{ isReconnect: true }]);
});

test("items made while there is no session wait for it, unless the context tells of them", async () => {
  const context = [textMessage("user", "a", "item_a")];
  const rig = await Rig.ready({ context: () => context });
  rig.socket.drop();
  const [told, untold] = [
    rig.client.createItem(textMessage("user", "a", "item_a")),
    rig.client.createItem(textMessage("user", "b", "item_b")),
  ];
  await expect(rig.client.retrieveItem("x")).rejects.toMatchObject({ code: "gateway-lost" });
  rig.clock.advance(200);
  await rig.greet();
  expect(rig.sent().slice(1)).toMatchObject([{ item: { id: "item_a" } }, { item: { id: "item_b" } }]);
  await expect(told).resolves.toMatchObject({ id: "item_a" });
  rig.say({ type: "conversation.item.done", item: { id: "item_b", type: "message" } });
  await expect(untold).resolves.toMatchObject({ id: "item_b" });
});

test.each(["insufficient_quota", "account_deactivated", "billing_hard_limit_reached"])(
  "%s ends it at once",
  async (code) => {
    const rig = await Rig.ready();
    rig.say(failure(code));
    expect(rig.told()).toMatchObject([{ type: "closed", error: { code: "gateway-rejected", gatewayCode: code } }]);
    expect(rig.client.health.connection).toBe("closed");
  },
);

test("an expired session is followed by another, with a new secret", async () => {
  const rig = await Rig.ready();
  rig.say(failure("session_expired"));
  expect(rig.told()).toMatchObject([{ type: "reconnecting", error: { code: "gateway-lost" } }]);
  rig.clock.advance(200);
  await rig.greet();
  expect(rig.tokens).toHaveLength(2);
  expect(rig.client.health).toMatchObject({ connection: "ready", sessions: 2 });
});

test.each([
  ["told in a message", (socket: ScriptedSocket) => socket.say({ event_id: "e", ...failure("invalid_api_key") })],
  [
    "closed with OpenAI's reason",
    (socket: ScriptedSocket) => socket.drop(3000, "invalid_request_error.invalid_api_key"),
  ],
  ["closed with 4401", (socket: ScriptedSocket) => socket.drop(4401, "expired")],
])("a refused secret, %s, is fetched anew once, and then it is over", async (_how, refuse) => {
  const rig = new Rig();
  const connected = rig.client.connect();
  await settled();
  refuse(rig.socket);
  rig.clock.advance(200);
  await settled();
  refuse(rig.socket);
  await expect(connected).rejects.toMatchObject({ code: "token-rejected" });
  expect(rig.tokens).toEqual([
    [1, "connect"],
    [2, "rejected"],
  ]);
  expect(rig.toldTypes()).toEqual(["connecting", "reconnecting", "connecting", "closed"]);
  expect(rig.clock.pending).toBe(0);
});

test("a key that lasts never reaches the wire", async () => {
  const rig = new Rig({ token: () => Promise.resolve("sk-123"), connection: { maxRetries: 0 } });
  await expect(rig.client.connect()).rejects.toMatchObject({ code: "token-rejected" });
  expect(rig.server.sockets).toEqual([]);
});

test("errors about single messages are warnings, and races that were lost are nothing at all", async () => {
  const rig = await Rig.ready();
  rig.say(
    failure("invalid_event", "vv_77"),
    failure("response_cancel_not_active"),
    failure("x", undefined, "Cancellation failed: none"),
  );
  rig.say(failure("conversation_already_has_active_response"), {
    type: "error",
    error: { type: "server_error", message: "oops" },
  });
  expect(rig.told()).toMatchObject([
    { type: "warning", clientEventId: "vv_77", error: { code: "gateway-rejected", gatewayCode: "invalid_event" } },
    { type: "warning", error: { code: "gateway-unavailable", gatewayCode: "server_error", message: "oops" } },
  ]);
  expect(rig.client.health.connection).toBe("ready");
});

test("an empty commit rejects, and the next one works", async () => {
  const rig = await Rig.ready({ session: { turnDetection: null } });
  const committing = rig.client.commitAudio();
  rig.say(failure("input_audio_buffer_commit_empty", idOf(rig.socket.sent[0])));
  await expect(committing).rejects.toMatchObject({ gatewayCode: "input_audio_buffer_commit_empty" });
  rig.client.appendAudio(new Float32Array(240), 0);
  const again = rig.client.commitAudio();
  rig.say({ type: "input_audio_buffer.committed", item_id: "a" });
  await expect(again).resolves.toBe("a");
});

test("cleared audio is not sent again, and its commit is off", async () => {
  const rig = await Rig.ready({ session: { turnDetection: null } });
  rig.client.appendAudio(new Float32Array(240), 0);
  const committing = rig.client.commitAudio();
  rig.client.clearAudio();
  await expect(committing).rejects.toMatchObject({ code: "invalid-state" });
  expect(rig.sentTypes()).toEqual([
    "input_audio_buffer.append",
    "input_audio_buffer.commit",
    "input_audio_buffer.clear",
  ]);
  rig.socket.drop();
  rig.clock.advance(200);
  await rig.greet();
  expect(rig.sentTypes()).toEqual(["session.update"]);
});

test("reset begins a new conversation: what was asked is called off, the context and the settings stay", async () => {
  const rig = await Rig.ready({ context: () => [textMessage("system", "s", "item_s")] });
  void rig.client.updateSettings({ speed: 1.5 });
  rig.say({ type: "session.updated", session: {} }, created("r1"), ...call("r1", "c1", "{}"));
  const waiting = rig.client.createResponse();
  const old = rig.socket;
  rig.told();
  rig.client.reset();
  await expect(waiting).resolves.toBeUndefined();
  expect(old.closeCode).toBe(1_000);
  expect(rig.told()).toMatchObject([
    { type: "response-done", responseId: "r1", status: "cancelled" },
    { type: "reconnecting", retryInMs: 0 },
  ]);
  rig.clock.advance(0);
  await rig.greet();
  rig.client.sendToolResult("c1", "late");
  expect(rig.sent()).toMatchObject([{ session: { audio: { output: { speed: 1.5 } } } }, { item: { id: "item_s" } }]);
  expect(rig.told("warning")).toEqual([]);
});

test("a session that grows old is renewed when nothing goes on", async () => {
  let mayRenew = false;
  const rig = new Rig({ mayRenew: () => mayRenew });
  rigs.push(rig);
  void rig.client.connect();
  await rig.greet({ expires_at: Date.now() / 1_000 + 3_600 });
  rig.clock.advance(54 * 60_000);
  void rig.client.createResponse();
  rig.say(created("r1"));
  rig.told();
  rig.clock.advance(2 * 60_000);
  rig.say(done("r1"));
  rig.clock.advance(1_000);
  expect(rig.told("reconnecting")).toEqual([]); // its audio still plays
  mayRenew = true;
  rig.clock.advance(1_000);
  expect(rig.told("reconnecting")).toEqual([{ type: "reconnecting", retryInMs: 0 }]);
  await rig.greet();
  expect(rig.client.health).toMatchObject({ sessions: 2, connection: "ready" });
});

test("a server that never greets is given up in time, as often as is allowed", async () => {
  const rig = new Rig({ connection: { timeoutMs: 1_000, maxRetries: 1, retryIntervalMs: 10 } });
  const connected = rig.client.connect();
  await settled();
  rig.clock.advance(1_000);
  rig.clock.advance(200);
  await settled();
  rig.clock.advance(1_000);
  await expect(connected).rejects.toMatchObject({ code: "gateway-timeout" });
  expect(rig.toldTypes()).toEqual(["connecting", "reconnecting", "connecting", "closed"]);
  expect(rig.clock.pending).toBe(0);
});

test("close ends everything at once: no timer, no socket, every waiter told, one last event", async () => {
  const rig = await Rig.ready();
  rig.say(created("r1"));
  const waiters = [
    rig.client.createResponse({ instructions: "x" }),
    rig.client.createItem(textMessage("user", "x")),
    rig.client.commitAudio(),
    rig.client.updateSettings({ speed: 1 }),
  ];
  rig.told();
  rig.client.close();
  rig.client.close();
  rig.socket.say({ type: "input_audio_buffer.cleared", event_id: "e" });
  rig.socket.drop(1000);
  expect(rig.told()).toEqual([{ type: "closed" }]);
  for (const waiter of waiters) await expect(waiter).rejects.toMatchObject({ code: "gateway-lost" });
  expect([rig.clock.pending, rig.socket.closeCode]).toEqual([0, 1_000]);
  rig.client.appendAudio(new Float32Array(10), 0);
  expect(rig.client.health).toMatchObject({ connection: "closed", waitingMs: 0 });
  const late = [
    rig.client.createResponse(),
    rig.client.createItem(textMessage("user", "x")),
    rig.client.deleteItem("x"),
    rig.client.commitAudio(),
    rig.client.setInstructions("x"),
  ];
  for (const waiter of late) await expect(waiter).rejects.toMatchObject({ code: "gateway-lost" });
});

test("one turn by the server's own detection is told in order, with times, usage and transcripts of both sides", async () => {
  const rig = await Rig.ready();
  rig.client.appendAudio(new Float32Array(48_000), 0);
  const place = { response_id: "r1", item_id: "a", output_index: 0, content_index: 0 };
  rig.say(
    { type: "input_audio_buffer.speech_started", audio_start_ms: 0, item_id: "u" },
    { type: "input_audio_buffer.speech_stopped", audio_end_ms: 2_000, item_id: "u" },
    { type: "input_audio_buffer.committed", previous_item_id: "p", item_id: "u" },
    {
      type: "conversation.item.added",
      previous_item_id: "p",
      item: { id: "u", type: "message", role: "user", content: [] },
    },
    {
      type: "conversation.item.done",
      previous_item_id: "p",
      item: { id: "u", type: "message", role: "user", content: [] },
    },
    { type: "conversation.item.input_audio_transcription.delta", item_id: "u", content_index: 0, delta: "Hey" },
    { type: "conversation.item.input_audio_transcription.delta", item_id: "u", delta: ", you" },
  );
  rig.clock.advance(100);
  rig.say(created("r1"));
  rig.clock.advance(100);
  rig.say(
    { type: "response.audio_transcript.delta", ...place, delta: "Good " }, // by its older name
    { type: "response.output_audio_transcript.delta", ...place, delta: "day" },
  );
  rig.clock.advance(50);
  rig.say(
    { type: "response.audio.delta", ...place, delta: "AQD+/w==" },
    { type: "response.output_audio.done", ...place },
    { type: "response.output_audio_transcript.done", ...place, transcript: "Good day" },
    {
      type: "conversation.item.input_audio_transcription.completed",
      item_id: "u",
      content_index: 0,
      transcript: "Hey, you!",
    },
    done("r1", "completed", {
      usage: { total_tokens: 253, input_tokens: 132, output_tokens: 121, input_token_details: { cached_tokens: 64 } },
      output: [
        { id: "a", type: "message", role: "assistant", content: [{ type: "output_audio", transcript: "Good day" }] },
      ],
    }),
  );
  const output = { responseId: "r1", itemId: "a", outputIndex: 0, contentIndex: 0 };
  const user = { id: "u", type: "message", role: "user", content: [] };
  const assistant = {
    id: "a",
    type: "message",
    role: "assistant",
    content: [{ type: "output_audio", transcript: "Good day" }],
  };
  expect(rig.told()).toEqual([
    { type: "speech-started", itemId: "u", startSample: 0 },
    { type: "speech-stopped", itemId: "u", endSample: 32_000 },
    { type: "audio-committed", itemId: "u", previousItemId: "p" },
    { type: "item-added", item: user, previousItemId: "p", isOwn: false },
    { type: "item-done", item: user, previousItemId: "p" },
    { type: "input-transcript", itemId: "u", contentIndex: 0, text: "Hey", isFinal: false },
    { type: "input-transcript", itemId: "u", contentIndex: 0, text: "Hey, you", isFinal: false },
    { type: "response-created", responseId: "r1", isOutOfBand: false },
    { type: "output-text", ...output, delta: "Good ", text: "Good ", isSpoken: true },
    { type: "output-text", ...output, delta: "day", text: "Good day", isSpoken: true },
    { type: "output-audio", ...output, samples: Int16Array.of(1, -2) },
    { type: "output-audio-done", ...output },
    { type: "output-text-done", ...output, text: "Good day", isSpoken: true },
    { type: "input-transcript", itemId: "u", contentIndex: 0, text: "Hey, you!", isFinal: true },
    {
      type: "response-done",
      responseId: "r1",
      status: "completed",
      items: [assistant],
      isOutOfBand: false,
      usage: { totalTokens: 253, inputTokens: 132, outputTokens: 121, inputTokenDetails: { cachedTokens: 64 } },
      times: { firstTextMs: 200, firstAudioMs: 250, totalMs: 250 },
    },
  ]);
});

test("a failed answer tells why", async () => {
  const rig = await Rig.ready();
  rig.say(created("r1"));
  const error = { type: "server_error", code: "boom", message: "It broke" };
  rig.say(done("r1", "failed", { status_details: { type: "failed", error } }));
  expect(rig.told("response-done")).toMatchObject([
    { status: "failed", error: { code: "gateway-unavailable", gatewayCode: "boom", message: "It broke" } },
  ]);
});

test("what comes of an answer that never began is dropped, with one warning; what is unknown is passed on", async () => {
  const rig = await Rig.ready();
  const place = { response_id: "ghost", item_id: "i", output_index: 0, content_index: 0 };
  for (let times = 0; times < 3; times++) rig.say({ type: "response.output_audio.delta", ...place, delta: "AAA=" });
  rig.raw.length = 0;
  rig.say({ type: "response.mcp_call.completed", item_id: "x" }, { type: "from.the.future", anything: 1 });
  expect(rig.told()).toMatchObject([{ type: "warning", error: { code: "protocol-violated" } }]);
  expect(rig.raw.map(({ type }) => type)).toEqual(["response.mcp_call.completed", "from.the.future"]);
});

test("idle time-outs are told with their place", async () => {
  const rig = await Rig.ready({ session: { turnDetection: { type: "server_vad", idleTimeoutMs: 5_000 } } });
  rig.client.appendAudio(new Float32Array(24_000), 0);
  rig.say({ type: "input_audio_buffer.timeout_triggered", audio_start_ms: 100, audio_end_ms: 900, item_id: "i" });
  expect(rig.told()).toEqual([{ type: "idle-timeout", itemId: "i", startSample: 1_600, endSample: 14_400 }]);
});
