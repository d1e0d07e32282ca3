import { afterAll, beforeAll, expect, it, test } from "vitest";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import { RealtimeClient } from "../testing/realtime-client.ts";
import { REALTIME_SCRIPTS } from "./scripts.ts";

let gateway: Gateway;
beforeAll(async () => {
  gateway = await createGateway({ warm: 0 });
});
afterAll(() => gateway.close());

async function asked(script: string): Promise<RealtimeClient> {
  const client = await RealtimeClient.open(gateway, {}, `?model=script/${script}`);
  client.ask("Hello");
  return client;
}

test.each([
  ["close-mid-answer", 1011],
  ["drop-mid-answer", 1006],
])("%s: ten deltas of sound, and the socket is gone (%i)", async (script, code) => {
  const client = await asked(script);
  expect(await client.closed).toBe(code);
  expect(client.all("response.output_audio.delta")).toHaveLength(10);
  expect(client.all("response.done")).toEqual([]);
});

it("unknown-events: what nobody understands comes among what is as usual", async () => {
  const client = await asked("unknown-events");
  expect((await client.next("response.done")).response.status).toBe("completed");
  const types: readonly string[] = client.types();
  expect(types).toEqual(expect.arrayContaining(["session.sparkled", "response.output_scent.delta"]));
  expect(client.frames).toContain('{"type":"response.output_audio.del');
  expect(client.soundOf("item_unheard_of").length).toBeGreaterThan(0);
  await client.close();
});

it("rubbish-audio: after each delta of sound three that are none", async () => {
  const client = await asked("rubbish-audio");
  await client.next("response.done");
  const deltas = client.all("response.output_audio.delta").map(({ delta }) => delta as unknown);
  expect(deltas.slice(1, 4)).toEqual(["%%% this is not base64 %%%", "AAAA", 7]);
  expect(deltas.length % 4).toBe(0);
  await client.close();
});

it("late-deltas: sound for what is done", async () => {
  const client = await asked("late-deltas");
  const { response } = await client.next("response.done");
  client.send({ type: "input_audio_buffer.clear" });
  await client.next("input_audio_buffer.cleared");
  const [, late, ...rest] = client.received.slice(client.received.findIndex(({ type }) => type === "response.done"));
  expect(late).toMatchObject({
    type: "response.output_audio.delta",
    response_id: response.id,
    item_id: response.output[0]?.id,
  });
  expect(rest.map(({ type }) => type)).toEqual(["input_audio_buffer.cleared"]);
  await client.close();
});

it("never-done: all but the end, and a new answer is possible", async () => {
  const client = await asked("never-done");
  await client.next("response.output_item.done");
  client.ask("Hello again");
  await client.next("response.output_item.done", 2);
  expect(client.all("response.done")).toEqual([]);
  await client.close();
});

it("expires: after the first answer the session is over", async () => {
  const client = await asked("expires");
  expect(await client.closed).toBe(1001);
  expect(client.types().slice(-2)).toEqual(["response.done", "error"]);
  expect(client.all("error")[0]?.error.code).toBe("session_expired");
});

it("slow is slower than burst, and both say the same", async () => {
  const [slow, burst] = await Promise.all([asked("slow"), asked("burst")]);
  await burst.next("response.done");
  expect(slow.all("response.done")).toEqual([]);
  await slow.next("response.output_audio.delta", 10);
  await Promise.all([slow.close(), burst.close()]);
});

it("every script can be had by its query too, so that the model may be one that clients know", async () => {
  for (const name of Object.keys(REALTIME_SCRIPTS)) {
    const client = await RealtimeClient.open(gateway, {}, `?model=gpt-realtime&script=${name}`);
    expect((await client.next("session.created")).session.model).toBe("gpt-realtime");
    await client.close();
  }
});
