import { afterAll, beforeAll, expect, it } from "vitest";
import type { WireServerEvent } from "../../src/realtime/wire.ts";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import { RealtimeClient } from "../testing/realtime-client.ts";

const TEXT = { output_modalities: ["text"] };

let gateway: Gateway;
beforeAll(async () => {
  gateway = await createGateway({ warm: 0 });
});
afterAll(() => gateway.close());

/** What came from the first event of a type on. */
function since(client: RealtimeClient, type: WireServerEvent["type"]): string[] {
  return client.types().slice(client.types().indexOf(type));
}

it("a written answer: its events, in order, and each of them tells the whole", async () => {
  const client = await RealtimeClient.open(gateway, TEXT);
  client.ask("Hello");
  const { response } = await client.next("response.done");
  expect(since(client, "response.created")).toEqual([
    "response.created",
    "rate_limits.updated",
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "conversation.item.done",
    "response.done",
  ]);
  const { text } = await client.next("response.output_text.done");
  expect(text).toContain("Hello");
  expect(
    client
      .all("response.output_text.delta")
      .map(({ delta }) => delta)
      .join(""),
  ).toBe(text);
  expect(client.all("response.output_text.delta").length).toBeGreaterThan(1);
  const item = { type: "message", role: "assistant", status: "completed", content: [{ type: "output_text", text }] };
  expect(response).toMatchObject({ status: "completed", output: [item], output_modalities: ["text"] });
  expect((await client.next("conversation.item.done", 2)).item).toEqual(response.output[0]);
  expect((await client.next("response.created")).response).toMatchObject({
    id: response.id,
    status: "in_progress",
    output: [],
  });
  await client.close();
});

it("a spoken answer: transcript and sound come interleaved, and are done in order", async () => {
  const client = await RealtimeClient.open(gateway);
  client.ask("Hello");
  const { response } = await client.next("response.done");
  expect(since(client, "response.created").filter((type) => !type.endsWith(".delta"))).toEqual([
    "response.created",
    "rate_limits.updated",
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "response.output_item.done",
    "conversation.item.done",
    "response.done",
  ]);
  const { transcript } = await client.next("response.output_audio_transcript.done");
  expect(
    client
      .all("response.output_audio_transcript.delta")
      .map(({ delta }) => delta)
      .join(""),
  ).toBe(transcript);
  const runs = client.types().filter((type) => type === "response.output_audio.delta");
  expect(runs.length).toBeGreaterThan(1);
  const samples = client.soundOf(response.output[0]?.id ?? "").length;
  const { usage } = response;
  expect(usage?.output_token_details?.audio_tokens).toBe(Math.ceil(samples / 1_200));
  expect(usage?.total_tokens).toBe((usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0));
  expect(usage?.input_tokens).toBeGreaterThan(0);
  await client.close();
});

it("the conversation never has two answers at once; beside it there may be others, and metadata tells them apart", async () => {
  const client = await RealtimeClient.open(gateway, {}, "?model=script/slow");
  client.ask("Hello");
  const { response } = await client.next("response.created");
  client.send({ type: "response.create", event_id: "second" });
  expect((await client.next("error")).error).toMatchObject({
    code: "conversation_already_has_active_response",
    message: expect.stringContaining(response.id),
    event_id: "second",
  });
  const beside = { conversation: "none", metadata: { purpose: "summary" }, ...TEXT };
  client.ask("Sum it up", { ...beside, input: [] });
  const done = (await client.next("response.done")).response;
  expect(done).toMatchObject({ status: "completed", conversation_id: null, metadata: { purpose: "summary" } });
  expect(done.id).not.toBe(response.id);
  expect(client.all("conversation.item.added").map(({ item }) => item.id)).not.toContain(done.output[0]?.id);
  client.send({ type: "response.cancel" });
  expect((await client.next("response.done", 2)).response).toMatchObject({ id: response.id, status: "cancelled" });
  await client.close();
});

it("an answer out of band reads nothing but its input: items, and items of the conversation by reference", async () => {
  const client = await RealtimeClient.open(gateway, TEXT);
  for (const text of ["red", "green"])
    client.send({
      type: "conversation.item.create",
      item: { id: text, type: "message", role: "user", content: [{ type: "input_text", text }] },
    });
  const create = (input: readonly object[], event_id = ""): void =>
    client.send({ type: "response.create", event_id, response: { conversation: "none", input } });
  const answered = async (count: number): Promise<string> =>
    (await client.next("response.output_text.done", count)).text;
  create([{ type: "item_reference", id: "red" }]);
  expect(await answered(1)).toContain("red");
  create([{ type: "message", role: "user", content: [{ type: "input_text", text: "blue" }] }]);
  expect(await answered(2)).toContain("blue");
  create([]);
  expect(await answered(3)).not.toMatch(/red|green|blue/);
  create([{ type: "item_reference", id: "unheard-of" }], "mine");
  expect((await client.next("error")).error).toMatchObject({ code: "item_not_found", event_id: "mine" });
  await client.close();
});

it("an answer that is cancelled ends at once, and what was said of it stays", async () => {
  const client = await RealtimeClient.open(gateway, {}, "?model=script/slow");
  client.ask("Hello");
  await client.next("response.output_audio.delta", 3);
  client.send({ type: "response.cancel" });
  const { response } = await client.next("response.done");
  expect(response).toMatchObject({
    status: "cancelled",
    status_details: { type: "cancelled", reason: "client_cancelled" },
    output: [{ status: "incomplete" }],
  });
  expect(client.types().slice(-6)).toEqual([
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "response.output_item.done",
    "conversation.item.done",
    "response.done",
  ]);
  client.send({ type: "response.cancel", event_id: "again" });
  expect((await client.next("error")).error).toMatchObject({ code: "response_cancel_not_active", event_id: "again" });
  await client.close();
});

it("truncation: no more than there is, whatever comes after; what is left has no transcript", async () => {
  const client = await RealtimeClient.open(gateway);
  client.ask("Hello");
  const { response } = await client.next("response.done");
  const item_id = response.output[0]?.id ?? "";
  const sound = client.soundOf(item_id);
  const lengthMs = Math.floor(sound.length / 24);
  const truncate = (audio_end_ms: number): void =>
    client.send({ type: "conversation.item.truncate", item_id, content_index: 0, audio_end_ms });
  truncate(lengthMs + 1);
  expect((await client.next("error")).error).toMatchObject({
    type: "invalid_request_error",
    message: `Audio content of ${lengthMs}ms is already shorter than ${lengthMs + 1}ms`,
  });
  truncate(500);
  expect(await client.next("conversation.item.truncated")).toMatchObject({
    item_id,
    content_index: 0,
    audio_end_ms: 500,
  });
  client.send({ type: "conversation.item.retrieve", item_id });
  const { item } = await client.next("conversation.item.retrieved");
  const audio = Buffer.from(sound.buffer, 0, 500 * 48).toString("base64");
  expect(item).toMatchObject({ content: [{ type: "output_audio", audio }] });
  expect(item.type === "message" && item.content[0]).not.toHaveProperty("transcript");
  truncate(501);
  expect((await client.next("error", 2)).error.message).toBe("Audio content of 500ms is already shorter than 501ms");
  await client.close();
});

it("an answer can be truncated while it is being given: its transcript never comes back", async () => {
  const client = await RealtimeClient.open(gateway, {}, "?model=script/slow");
  client.ask("Hello");
  const { item_id } = await client.next("response.output_audio.delta", 5);
  client.send({ type: "response.cancel" });
  client.send({ type: "conversation.item.truncate", item_id, content_index: 0, audio_end_ms: 200 });
  await client.next("conversation.item.truncated");
  await client.next("response.done");
  client.send({ type: "conversation.item.retrieve", item_id });
  const { item } = await client.next("conversation.item.retrieved");
  expect(item.type === "message" && item.content[0]).not.toHaveProperty("transcript");
  await client.close();
});

it("a tool is asked for in pieces, its answer is told to the model, and the model goes on", async () => {
  const tools = [{ type: "function", name: "get_weather", parameters: { type: "object" } }];
  const client = await RealtimeClient.open(gateway, { ...TEXT, tools });
  client.ask("What is the weather in Berlin?");
  const { response } = await client.next("response.done");
  expect(since(client, "response.created")).toEqual([
    "response.created",
    "rate_limits.updated",
    "response.output_item.added",
    "conversation.item.added",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
    "response.output_item.done",
    "conversation.item.done",
    "response.done",
  ]);
  const call = await client.next("response.function_call_arguments.done");
  expect(call).toMatchObject({ name: "get_weather", call_id: expect.stringMatching(/./) });
  expect(JSON.parse(call.arguments)).toEqual({ location: "Berlin" });
  expect(
    client
      .all("response.function_call_arguments.delta")
      .map(({ delta }) => delta)
      .join(""),
  ).toBe(call.arguments);
  expect((await client.next("response.output_item.added")).item).toMatchObject({
    type: "function_call",
    status: "in_progress",
    arguments: "",
    call_id: call.call_id,
    name: "get_weather",
  });
  expect(response.output).toMatchObject([{ type: "function_call", status: "completed", arguments: call.arguments }]);
  const output = { type: "function_call_output", call_id: call.call_id, output: '{"weather":"sunny"}' };
  client.send({ type: "conversation.item.create", item: output });
  client.send({ type: "response.create" });
  expect((await client.next("response.output_text.done")).text).toMatch(/sunny/);
  client.ask("What is the weather in Berlin?", { tool_choice: "none" });
  await client.next("response.output_text.done", 2);
  expect(client.all("response.function_call_arguments.done")).toHaveLength(1);
  await client.close();
});

it("an answer stops at max_output_tokens, incomplete", async () => {
  const client = await RealtimeClient.open(gateway);
  client.ask("Hello", { max_output_tokens: 10 });
  const { response } = await client.next("response.done");
  expect(response).toMatchObject({
    status: "incomplete",
    status_details: { type: "incomplete", reason: "max_output_tokens" },
    max_output_tokens: 10,
    output: [{ status: "incomplete" }],
  });
  await client.close();
});

it("what a response.create names holds for that answer only", async () => {
  const client = await RealtimeClient.open(gateway);
  client.ask("Hello", { ...TEXT, metadata: { a: "b" } });
  expect((await client.next("response.done")).response).toMatchObject({
    output_modalities: ["text"],
    metadata: { a: "b" },
  });
  client.ask("Hello");
  expect((await client.next("response.done", 2)).response).toMatchObject({
    output_modalities: ["audio"],
    metadata: null,
  });
  for (const response of [
    { output_modalities: ["video"] },
    { conversation: "some" },
    { metadata: { a: 1 } },
    { what: 1 },
  ])
    client.send({ type: "response.create", response });
  await client.next("error", 4);
  expect(client.all("error").map(({ error }) => error.param)).toEqual([
    "response.output_modalities",
    "response.conversation",
    "response.metadata",
    "response.what",
  ]);
  await client.close();
});
