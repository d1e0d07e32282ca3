import { afterAll, beforeAll, expect, it, test } from "vitest";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import { RealtimeClient } from "../testing/realtime-client.ts";
import { noise } from "../testing/signals.ts";

/** Hears every utterance as "received … samples". */
const LEDGER = { input: { turn_detection: null, transcription: { model: "ledger" } } };

let gateway: Gateway;
beforeAll(async () => {
  gateway = await createGateway({ warm: 0 });
});
afterAll(() => gateway.close());

function message(id: string, role = "user", content: object = { type: "input_text", text: id }): object {
  return { id, type: "message", role, content: [content] };
}

it("items go to the end, behind another or to the front, and each is told as added and done", async () => {
  const client = await RealtimeClient.open(gateway);
  const put = (id: string, previous?: string | null): void =>
    client.send({ type: "conversation.item.create", item: message(id), previous_item_id: previous });
  put("a");
  put("c");
  put("b", "a");
  put("front", "root");
  put("end", null);
  await client.next("conversation.item.done", 5);
  const places = client.all("conversation.item.added").map(({ item, previous_item_id }) => [item.id, previous_item_id]);
  expect(places).toEqual([
    ["a", null],
    ["c", "a"],
    ["b", "a"],
    ["front", null],
    ["end", "c"],
  ]);
  expect(client.types().slice(-2)).toEqual(["conversation.item.added", "conversation.item.done"]);
  client.send({ type: "conversation.item.delete", item_id: "c" });
  expect((await client.next("conversation.item.deleted")).item_id).toBe("c");
  put("last");
  expect((await client.next("conversation.item.added", 6)).previous_item_id).toBe("end");
  await client.close();
});

it("every kind of item is kept as it was made, and comes back when it is asked for", async () => {
  const client = await RealtimeClient.open(gateway);
  const items = [
    message("u"),
    message("s", "system"),
    message("a", "assistant", { type: "output_text", text: "Hello." }),
    message("i", "user", { type: "input_image", image_url: "data:image/png;base64,AAAA" }),
    { id: "f", type: "function_call", call_id: "call_1", name: "look", arguments: "{}" },
    { id: "o", type: "function_call_output", call_id: "call_1", output: '{"seen":true}' },
  ];
  for (const item of items) client.send({ type: "conversation.item.create", item });
  for (const { id } of items as { id: string }[]) client.send({ type: "conversation.item.retrieve", item_id: id });
  await client.next("conversation.item.retrieved", items.length);
  const retrieved = client.all("conversation.item.retrieved").map(({ item }) => item);
  expect(retrieved).toEqual(items.map((item) => ({ ...item, object: "realtime.item", status: "completed" })));
  await client.close();
});

it("sound that comes with an item is recognised, and comes back with its transcript", async () => {
  const client = await RealtimeClient.open(gateway, { audio: LEDGER });
  const samples = noise(24_000, 8_000);
  const audio = Buffer.from(samples.buffer).toString("base64");
  client.send({ type: "conversation.item.create", item: message("sound", "user", { type: "input_audio", audio }) });
  const { transcript } = await client.next("conversation.item.input_audio_transcription.completed");
  expect(transcript).toBe("received 16000 samples");
  client.send({ type: "conversation.item.retrieve", item_id: "sound" });
  const { item } = await client.next("conversation.item.retrieved");
  expect(item).toMatchObject({ content: [{ type: "input_audio", audio, transcript }] });
  expect((await client.next("conversation.item.added")).item).toMatchObject({
    content: [{ type: "input_audio", transcript: null }],
  });
  await client.close();
});

const REFUSED: readonly (readonly [event: object, code: string, param: string | null])[] = [
  [{ type: "conversation.item.create" }, "missing_required_parameter", "item"],
  [{ type: "conversation.item.create", item: message("known") }, "invalid_value", "item.id"],
  [{ type: "conversation.item.create", item: message("x".repeat(33)) }, "invalid_value", "item.id"],
  [{ type: "conversation.item.create", item: { type: "message" } }, "missing_required_parameter", "item.role"],
  [{ type: "conversation.item.create", item: { type: "mcp_call" } }, "invalid_value", "item.type"],
  [
    { type: "conversation.item.create", item: message("x", "assistant", { type: "output_audio", audio: "" }) },
    "invalid_value",
    "item.content[0].type",
  ],
  [
    { type: "conversation.item.create", item: message("x", "user", { type: "input_audio", audio: "%%%%" }) },
    "invalid_value",
    "item.content[0].audio",
  ],
  [
    { type: "conversation.item.create", item: message("x"), previous_item_id: "unheard-of" },
    "item_not_found",
    "previous_item_id",
  ],
  [{ type: "conversation.item.retrieve", item_id: "unheard-of" }, "item_retrieve_invalid_item_id", "item_id"],
  [{ type: "conversation.item.delete", item_id: "unheard-of" }, "item_not_found", "item_id"],
  [
    { type: "conversation.item.truncate", item_id: "known", content_index: 0, audio_end_ms: 0 },
    "unsupported_content_type",
    null,
  ],
  [
    { type: "conversation.item.truncate", item_id: "known", content_index: 0, audio_end_ms: null },
    "invalid_type",
    "audio_end_ms",
  ],
  [
    { type: "conversation.item.truncate", item_id: "known", content_index: 0, audio_end_ms: -1 },
    "invalid_value",
    "audio_end_ms",
  ],
  [
    { type: "conversation.item.truncate", item_id: "known", content_index: 0 },
    "missing_required_parameter",
    "audio_end_ms",
  ],
  [
    { type: "conversation.item.truncate", item_id: "unheard-of", content_index: 0, audio_end_ms: 1 },
    "item_not_found",
    "item_id",
  ],
];

test.each(REFUSED)(
  "%j is refused, the conversation stays as it is, and the session goes on",
  async (event, code, param) => {
    const client = await RealtimeClient.open(gateway);
    client.send({ type: "conversation.item.create", item: message("known") });
    client.send({ ...event, event_id: "mine" });
    const { error } = await client.next("error");
    expect(error).toMatchObject({ type: "invalid_request_error", code, param, event_id: "mine" });
    client.send({ type: "conversation.item.create", item: message("next") });
    expect((await client.next("conversation.item.added", 2)).previous_item_id).toBe("known");
    await client.close();
  },
);

const BAD_FRAMES: readonly (readonly [frame: string, code: string, param: string | null, eventId: string | null])[] = [
  ["{", "invalid_event", null, null],
  ["", "invalid_event", null, null],
  ["[1]", "invalid_event", null, null],
  ["null", "invalid_event", null, null],
  ['{"event_id":"mine"}', "invalid_event", null, "mine"],
  ['{"type":7,"event_id":"mine"}', "invalid_type", "type", "mine"],
  ['{"type":"session.destroy","event_id":"mine"}', "invalid_value", "type", "mine"],
  ['{"type":"toString","event_id":7}', "invalid_value", "type", null],
  ['{"type":"output_audio_buffer.clear"}', "invalid_value", "type", null],
  ['{"type":"response.cancel","what":1}', "unknown_parameter", "what", null],
  ['{"type":"session.update"}', "missing_required_parameter", "session", null],
  ['{"type":"input_audio_buffer.append"}', "missing_required_parameter", "audio", null],
  ['{"type":"input_audio_buffer.append","audio":"AAB="}', "invalid_value", "audio", null],
  ['{"type":"input_audio_buffer.append","audio":"AAAA"}', "invalid_value", "audio", null],
  ['{"type":"input_audio_buffer.append","audio":7}', "invalid_type", "audio", null],
];

it("whatever a client sends, it is told what is wrong with it, in order, and the session goes on", async () => {
  const client = await RealtimeClient.open(gateway);
  for (const [frame] of BAD_FRAMES) client.send(frame);
  client.socket.send(Buffer.from([1, 2, 3]));
  await client.next("error", BAD_FRAMES.length + 1);
  const told = client.all("error").map(({ error }) => [error.code, error.param, error.event_id]);
  expect(told).toEqual([...BAD_FRAMES.map(([, ...rest]) => rest), ["invalid_event", null, null]]);
  client.ask("Are you there?", { output_modalities: ["text"] });
  expect((await client.next("response.done")).response.status).toBe("completed");
  await client.close();
});
