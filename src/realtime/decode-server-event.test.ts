import fc from "fast-check";
import { expect, test } from "vitest";
import { VoiceError } from "../errors.ts";
import { decodeServerEvent } from "./decode-server-event.ts";

type Json = Readonly<Record<string, unknown>>;

const decode = (message: Json): unknown => decodeServerEvent(JSON.stringify(message)).fact;
const PLACE = { response_id: "resp_001", item_id: "msg_008", output_index: 0, content_index: 0 };
const PLACED = { responseId: "resp_001", itemId: "msg_008", outputIndex: 0, contentIndex: 0 };

/** OpenAI's own examples. */
const EXAMPLES: readonly (readonly [Json, unknown])[] = [
  [
    {
      type: "session.created",
      event_id: "event_C9G5RJeJ2gF77mV7f2B1j",
      session: {
        type: "realtime",
        object: "realtime.session",
        id: "sess_C9G5QPteg4UIbotdKLoYQ",
        expires_at: 1756324625,
      },
    },
    { type: "session-created", sessionId: "sess_C9G5QPteg4UIbotdKLoYQ", expiresAtMs: 1756324625000 },
  ],
  [
    {
      type: "conversation.item.added",
      event_id: "event_C9G8pjSJCfRNEhMEnYAVy",
      previous_item_id: null,
      item: {
        id: "item_C9G8pGVKYnaZu8PH5YQ9O",
        type: "message",
        status: "completed",
        role: "user",
        content: [{ type: "input_text", text: "hi" }],
      },
    },
    {
      type: "item-added",
      item: {
        id: "item_C9G8pGVKYnaZu8PH5YQ9O",
        type: "message",
        status: "completed",
        role: "user",
        content: [{ type: "input_text", text: "hi" }],
      },
    },
  ],
  [
    {
      type: "conversation.item.input_audio_transcription.delta",
      event_id: "event_CCXGRxsAimPAs8kS2Wc7Z",
      item_id: "item_CCXGQ4e1ht4cOraEYcuR2",
      content_index: 0,
      delta: "Hey",
      obfuscation: "aLxx0jTEciOGe",
    },
    { type: "input-delta", itemId: "item_CCXGQ4e1ht4cOraEYcuR2", contentIndex: 0, delta: "Hey" },
  ],
  [
    {
      event_id: "event_2324",
      type: "conversation.item.input_audio_transcription.failed",
      item_id: "msg_003",
      content_index: 0,
      error: {
        type: "transcription_error",
        code: "audio_unintelligible",
        message: "The audio could not be transcribed.",
        param: null,
      },
    },
    {
      type: "input-transcript-failed",
      itemId: "msg_003",
      contentIndex: 0,
      error: new VoiceError("gateway-rejected", "The audio could not be transcribed.", {
        gatewayCode: "audio_unintelligible",
      }),
    },
  ],
  [
    { event_id: "event_1516", type: "input_audio_buffer.speech_started", audio_start_ms: 1000, item_id: "msg_003" },
    { type: "speech-started", itemId: "msg_003", audioStartMs: 1000 },
  ],
  [
    { event_id: "event_1718", type: "input_audio_buffer.speech_stopped", audio_end_ms: 2000, item_id: "msg_003" },
    { type: "speech-stopped", itemId: "msg_003", audioEndMs: 2000 },
  ],
  [
    { event_id: "event_1121", type: "input_audio_buffer.committed", previous_item_id: "msg_001", item_id: "msg_002" },
    { type: "audio-committed", itemId: "msg_002", previousItemId: "msg_001" },
  ],
  [
    {
      type: "input_audio_buffer.timeout_triggered",
      event_id: "event_CEKKrf1KTGvemCPyiJTJ2",
      audio_start_ms: 13216,
      audio_end_ms: 19232,
      item_id: "item_CEKKrWH0GiwN0ET97NUZc",
    },
    { type: "idle-timeout", itemId: "item_CEKKrWH0GiwN0ET97NUZc", audioStartMs: 13216, audioEndMs: 19232 },
  ],
  [
    { event_id: "event_4950", type: "response.output_audio.delta", ...PLACE, delta: "AQD+/w==" },
    { type: "output-audio", ...PLACED, samples: Int16Array.of(1, -2) },
  ],
  [
    { event_id: "event_4546", type: "response.output_audio_transcript.delta", ...PLACE, delta: "Hello, how can I a" },
    { type: "output-delta", ...PLACED, delta: "Hello, how can I a", isSpoken: true },
  ],
  [
    {
      event_id: "event_5556",
      type: "response.function_call_arguments.done",
      response_id: "resp_002",
      item_id: "fc_001",
      output_index: 0,
      call_id: "call_001",
      name: "get_weather",
      arguments: '{"location": "San Francisco"}',
    },
    {
      type: "call-done",
      callId: "call_001",
      name: "get_weather",
      arguments: '{"location": "San Francisco"}',
      responseId: "resp_002",
      itemId: "fc_001",
    },
  ],
  [
    {
      event_id: "event_2526",
      type: "conversation.item.truncated",
      item_id: "msg_004",
      content_index: 0,
      audio_end_ms: 1500,
    },
    { type: "item-truncated", itemId: "msg_004", contentIndex: 0, audioEndMs: 1500 },
  ],
  [
    {
      event_id: "event_890",
      type: "error",
      error: {
        type: "invalid_request_error",
        code: "invalid_event",
        message: "The 'type' field is missing.",
        param: null,
        event_id: "event_567",
      },
    },
    {
      type: "server-error",
      error: new VoiceError("gateway-rejected", "The 'type' field is missing.", { gatewayCode: "invalid_event" }),
      clientEventId: "event_567",
    },
  ],
];

test.each(EXAMPLES)("%j", (message, fact) => {
  expect(decode(message)).toEqual(fact);
});

test.each([
  ["response.audio.delta", { delta: "AAA=" }, "output-audio"],
  ["response.audio.done", {}, "output-audio-done"],
  ["response.audio_transcript.delta", { delta: "x" }, "output-delta"],
  ["response.audio_transcript.done", { transcript: "x" }, "output-text-done"],
  ["response.text.delta", { delta: "x" }, "output-delta"],
  ["response.text.done", { text: "x" }, "output-text-done"],
])("%s is an older name", (type, fields, wanted) => {
  expect(decode({ type, ...PLACE, ...fields })).toMatchObject({ type: wanted });
});

test("what came last time as conversation.item.created is an item that was added", () => {
  expect(decode({ type: "conversation.item.created", item: { id: "a", type: "mcp_call" } })).toEqual({
    type: "item-added",
    item: { id: "a", type: "mcp_call" },
  });
});

test.each([
  "input_audio_buffer.dtmf_event_received",
  "output_audio_buffer.started",
  "mcp_list_tools.in_progress",
  "response.mcp_call.completed",
  "conversation.item.input_audio_transcription.segment",
  "conversation.created",
  "from.the.future",
  "__proto__",
  "toString",
])("%s is passed on, and says nothing", (type) => {
  const message = { type, anything: { deep: [1] } };
  expect(decodeServerEvent(JSON.stringify(message))).toEqual({ raw: message, fact: undefined });
});

test.each<[string, unknown]>([
  ["binary", new ArrayBuffer(3)],
  ["nothing", ""],
  ["no object", "[1]"],
  ["null", "null"],
  ["no type", "{}"],
  ["an empty type", '{"type":""}'],
  ["a type that is a number", '{"type":5}'],
  ["broken JSON", '{"type":"session.updated"'],
])("a message that is %s breaks the protocol", (_what, data) => {
  expect(() => decodeServerEvent(data)).toThrow(expect.objectContaining({ code: "protocol-violated" }));
});

test.each<[Json, string]>([
  [{ type: "response.output_audio.delta", ...PLACE, delta: "A*==" }, 'Base64 must not have "*" at position 1'],
  [
    { type: "response.output_audio.delta", ...PLACE, delta: "AAAA" },
    "16-bit samples need an even number of bytes, got 3",
  ],
  [{ type: "response.output_audio.delta", ...PLACE }, "delta must be a string, got nothing"],
  [{ type: "response.output_audio.delta", ...PLACE, delta: "AAA=", item_id: 5 }, "item_id must be a string, got 5"],
  [{ type: "response.output_audio.delta", ...PLACE, delta: "AAA=", content_index: -1 }, "content_index must be"],
  [{ type: "input_audio_buffer.speech_started", item_id: "i", audio_start_ms: "0" }, "audio_start_ms must be"],
  [{ type: "conversation.item.added", item: [] }, "item must be an object"],
  [{ type: "conversation.item.added", item: { type: "message" } }, "id must be a string"],
  [{ type: "conversation.item.added", item: { id: "a", type: "message", content: "hi" } }, "item.content must be"],
  [{ type: "response.done", response: { id: "r", status: "fine" } }, "response.status must be one of"],
  [{ type: "response.created" }, "response must be an object"],
  [{ type: "rate_limits.updated", rate_limits: {} }, "rate_limits must be"],
  [{ type: "error" }, "error must be an object"],
])("%j tells what is wrong: %s", (message, why) => {
  const { type } = message;
  expect(() => decode(message)).toThrow(`${String(type)}: ${why}`);
});

test("a number beyond all numbers is no time, and too much text is not even read", () => {
  const infinite = '{"type":"input_audio_buffer.speech_stopped","item_id":"i","audio_end_ms":1e999}';
  expect(() => decodeServerEvent(infinite)).toThrow("audio_end_ms must be");
  expect(() => decodeServerEvent(`{"type":"${"x".repeat(25 * 1_024 * 1_024)}"}`)).toThrow("at most");
});

test("items nested too deeply for anybody are refused like any other nonsense", () => {
  const deep = `${'{"content":['.repeat(20_000)}1${"]}".repeat(20_000)}`;
  const message = `{"type":"conversation.item.added","item":{"id":"a","type":"message","metadata2":${deep}}}`;
  let outcome = "told";
  try {
    decodeServerEvent(message);
  } catch (cause) {
    outcome = cause instanceof VoiceError ? cause.code : String(cause);
  }
  expect(["told", "protocol-violated"]).toContain(outcome);
});

test("a prefix of a message breaks the protocol, and nothing worse", () => {
  for (const [message] of EXAMPLES) {
    const text = JSON.stringify(message);
    for (let length = 0; length < text.length; length++) {
      expect(() => decodeServerEvent(text.slice(0, length))).toThrow(VoiceError);
    }
  }
});

test("whatever stands in a message, it is told, passed on, or refused with our own error", () => {
  const types = EXAMPLES.map(([{ type }]) => type as string);
  const names = ["item", "response", "session", "error", "delta", "item_id", "response_id", "call_id", "arguments"];
  const field = fc.tuple(
    fc.constantFrom(...names, "content_index", "audio_end_ms", "id", "type2", "__proto__"),
    fc.jsonValue(),
  );
  const messages = fc.tuple(fc.constantFrom(...types, "response.done", "response.output_item.done"), fc.array(field));
  const property = fc.property(messages, ([type, fields]) => {
    try {
      const { raw } = decodeServerEvent(JSON.stringify({ ...Object.fromEntries(fields), type }));
      expect(raw["type"]).toBe(type);
    } catch (cause) {
      if (!(cause instanceof VoiceError) || cause.code !== "protocol-violated") throw cause;
    }
  });
  fc.assert(property, { numRuns: 500 });
});
