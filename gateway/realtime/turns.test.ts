import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import { RealtimeClient } from "../testing/realtime-client.ts";
import { joined, noise } from "../testing/signals.ts";

/** Samples at 16 kHz in a millisecond. */
const MS = 16;
const SPEECH_MS = 1_000;
/** Something loud for a second, after half a second of nothing. */
const SPEECH = joined(new Int16Array(500 * MS), noise(SPEECH_MS * MS, 8_000));
const TRANSCRIPTION = { model: "ledger" };
const TEXT = { output_modalities: ["text"] };

/** Two times the same sound: where it begins, less the prefix, and where its silence was long enough. */
const EXPECTED_TIMES = [200, 1_530, 1_700, 3_030];

let gateway: Gateway;
beforeAll(async () => {
  gateway = await createGateway({ warm: 0 });
});
afterAll(() => gateway.close());

function listening(turn_detection: object | null, session: object = TEXT): object {
  return { ...session, audio: { input: { turn_detection, transcription: TRANSCRIPTION } } };
}

describe("the server ends turns", () => {
  it("tells where speech began and ended, commits it, tells what was said, and answers", async () => {
    const client = await RealtimeClient.open(gateway, listening({ type: "server_vad", silence_duration_ms: 300 }));
    client.speak(SPEECH, 600);
    await client.next("response.done");
    const started = await client.next("input_audio_buffer.speech_started");
    const stopped = await client.next("input_audio_buffer.speech_stopped");
    expect(started.audio_start_ms).toBeGreaterThanOrEqual(150);
    expect(started.audio_start_ms).toBeLessThanOrEqual(220);
    expect(stopped.audio_end_ms).toBeGreaterThanOrEqual(1_780);
    expect(stopped.audio_end_ms).toBeLessThanOrEqual(1_850);
    const committed = await client.next("input_audio_buffer.committed");
    expect([stopped.item_id, committed.item_id]).toEqual([started.item_id, started.item_id]);
    const story = client.types().filter((type) => !type.includes("transcription"));
    expect(story.slice(3, 11)).toEqual([
      "input_audio_buffer.speech_started",
      "input_audio_buffer.speech_stopped",
      "input_audio_buffer.committed",
      "conversation.item.added",
      "conversation.item.done",
      "response.created",
      "rate_limits.updated",
      "response.output_item.added",
    ]);
    const { transcript, item_id } = await client.next("conversation.item.input_audio_transcription.completed");
    const samples = (stopped.audio_end_ms - started.audio_start_ms) * MS;
    expect([transcript, item_id]).toEqual([`received ${samples} samples`, started.item_id]);
    const deltas = client.all("conversation.item.input_audio_transcription.delta").map(({ delta }) => delta);
    expect(deltas.join("")).toBe(transcript);
    client.send({ type: "conversation.item.retrieve", item_id });
    const { item } = await client.next("conversation.item.retrieved");
    const audio = item.type === "message" && item.content[0]?.type === "input_audio" ? item.content[0].audio : "";
    expect(Buffer.from(audio ?? "", "base64").length / 48).toBe(stopped.audio_end_ms - started.audio_start_ms);
    expect((await client.next("response.output_text.done")).text).toContain(String(samples));
    await client.close();
  });

  test.each([[[1_200]], [[1]], [[7, 2_000]], [[100_000]]])(
    "what it tells does not depend on how the audio was sliced (%j)",
    async (sizes) => {
      const client = await RealtimeClient.open(gateway, listening({ type: "server_vad", create_response: false }));
      const sound = noise(36_000, 8_000).map((sample, index) => (index < 12_000 || index > 24_000 ? 0 : sample));
      const whole = joined(sound, sound, new Int16Array(12_000));
      for (let start = 0, index = 0; start < whole.length; index++) {
        // Single samples for a while only: half a minute of events is no test of slicing.
        const size = start > 2_000 ? Math.max(500, sizes[index % sizes.length]!) : sizes[index % sizes.length]!;
        client.append(whole.slice(start, start + size));
        start += size;
      }
      await client.next("conversation.item.input_audio_transcription.completed", 2);
      const times = client.received.flatMap((event) =>
        "audio_start_ms" in event
          ? [event.audio_start_ms]
          : event.type === "input_audio_buffer.speech_stopped"
            ? [event.audio_end_ms]
            : [],
      );
      expect(times).toEqual(EXPECTED_TIMES);
      await client.close();
    },
  );

  it("a longer prefix and a longer silence are honoured, and semantic eagerness is a silence", async () => {
    const session = listening({
      type: "server_vad",
      prefix_padding_ms: 450,
      silence_duration_ms: 800,
      create_response: false,
    });
    const client = await RealtimeClient.open(gateway, session);
    client.speak(SPEECH, 1_500);
    const started = await client.next("input_audio_buffer.speech_started");
    const stopped = await client.next("input_audio_buffer.speech_stopped");
    expect(started.audio_start_ms).toBeLessThanOrEqual(70);
    expect(stopped.audio_end_ms - 2_300).toBeLessThan(50);
    client.update(listening({ type: "semantic_vad", eagerness: "high", create_response: false }));
    client.speak(SPEECH, 600);
    const second = await client.next("input_audio_buffer.speech_stopped", 2);
    expect(Math.abs(second.audio_end_ms - (3_000 + 1_500 + 400))).toBeLessThan(50);
    expect(client.all("response.created")).toEqual([]);
    await client.close();
  });

  it("speech cuts the answer off, and is answered in its turn", async () => {
    const client = await RealtimeClient.open(gateway, listening({ type: "server_vad" }, {}), "?model=script/slow");
    client.ask("Hello");
    await client.next("response.output_audio.delta", 3);
    client.speak(SPEECH, 700);
    const { response } = await client.next("response.done");
    expect(response).toMatchObject({ status: "cancelled", status_details: { reason: "turn_detected" } });
    const types = client.types();
    expect(types.indexOf("response.done")).toBeGreaterThan(types.indexOf("input_audio_buffer.speech_started"));
    const next = await client.next("response.created", 2);
    expect(next.response.id).not.toBe(response.id);
    const sounds = client.received.slice(client.received.findIndex(({ type }) => type === "response.done"));
    expect(
      sounds.some((event) => "delta" in event && "response_id" in event && event.response_id === response.id),
    ).toBe(false);
    await client.close();
  });

  it("with interrupt_response off the answer goes on, and the next one waits for its end", async () => {
    const session = listening({ type: "server_vad", interrupt_response: false }, {});
    const client = await RealtimeClient.open(gateway, session, "?model=rules/answers&script=slow");
    client.ask("Hello");
    await client.next("response.output_audio.delta", 3);
    client.speak(SPEECH, 700);
    await client.next("input_audio_buffer.committed");
    client.send({ type: "response.cancel", response_id: "resp_unheard_of" });
    expect((await client.next("error")).error.code).toBe("response_cancel_not_active");
    expect((await client.next("response.done")).response.status).toBe("completed");
    await client.next("response.created", 2);
    expect(client.all("error")).toHaveLength(1);
    await client.close();
  });

  it("nobody speaks for the idle time after an answer: the server says so, and speaks again", async () => {
    const client = await RealtimeClient.open(gateway, listening({ type: "server_vad", idle_timeout_ms: 1_000 }));
    client.ask("Hello");
    await client.next("response.done");
    client.speak(new Int16Array(900 * MS));
    client.speak(new Int16Array(300 * MS));
    const timeout = await client.next("input_audio_buffer.timeout_triggered");
    expect(timeout.audio_end_ms - timeout.audio_start_ms).toBeGreaterThanOrEqual(1_000);
    expect((await client.next("input_audio_buffer.committed")).item_id).toBe(timeout.item_id);
    await client.next("response.done", 2);
    await client.close();
  });
});

describe("the client ends turns", () => {
  it("commits what it has collected, without an answer until it asks for one", async () => {
    const client = await RealtimeClient.open(gateway, listening(null));
    client.speak(SPEECH);
    client.send({ type: "input_audio_buffer.commit" });
    const { transcript } = await client.next("conversation.item.input_audio_transcription.completed");
    const [, samples] = /^received (\d+) samples$/.exec(transcript) ?? [];
    expect(Math.abs(Number(samples) - SPEECH.length)).toBeLessThan(4 * MS);
    expect(client.types().slice(3)).toEqual([
      "input_audio_buffer.committed",
      "conversation.item.added",
      "conversation.item.done",
      "conversation.item.input_audio_transcription.delta",
      "conversation.item.input_audio_transcription.completed",
    ]);
    client.send({ type: "response.create" });
    expect((await client.next("response.output_text.done")).text).toContain(`${samples}`);
    await client.close();
  });

  it("an empty buffer cannot be committed, neither at first nor after a commit or a clear", async () => {
    const client = await RealtimeClient.open(gateway, listening(null));
    const commit = (): void => client.send({ type: "input_audio_buffer.commit", event_id: "mine" });
    commit();
    client.append(new Int16Array(2_400));
    commit();
    commit();
    client.append(new Int16Array(2_400));
    client.send({ type: "input_audio_buffer.clear" });
    commit();
    await client.next("error", 3);
    for (const { error } of client.all("error"))
      expect(error).toMatchObject({ code: "input_audio_buffer_commit_empty", event_id: "mine" });
    expect(client.all("input_audio_buffer.committed")).toHaveLength(1);
    await client.next("input_audio_buffer.cleared");
    await client.close();
  });

  it("what was cleared is in no transcript", async () => {
    const client = await RealtimeClient.open(gateway, listening(null));
    client.speak(SPEECH);
    client.send({ type: "input_audio_buffer.clear" });
    client.append(noise(2_400, 8_000));
    client.send({ type: "input_audio_buffer.commit" });
    await client.next("conversation.item.input_audio_transcription.completed");
    const [cleared = 0, committed = 0] = gateway.ledgers.at(-1)?.finalizedAtSamples ?? [];
    expect(Math.abs(committed - cleared - 100 * MS)).toBeLessThan(4 * MS);
    const { item_id } = await client.next("input_audio_buffer.committed");
    client.send({ type: "conversation.item.retrieve", item_id });
    const { item } = await client.next("conversation.item.retrieved");
    const content = item.type === "message" ? item.content[0] : undefined;
    expect(content?.type === "input_audio" && Buffer.from(content.audio ?? "", "base64").length).toBe(4_800);
    await client.close();
  });

  it("detection can be switched off in mid-speech, and the client commits all of it", async () => {
    const client = await RealtimeClient.open(gateway, listening({ type: "server_vad" }));
    client.speak(SPEECH);
    const started = await client.next("input_audio_buffer.speech_started");
    client.update(listening(null));
    client.speak(SPEECH);
    client.send({ type: "input_audio_buffer.commit" });
    const { transcript } = await client.next("conversation.item.input_audio_transcription.completed");
    const expected = 3_000 - started.audio_start_ms;
    expect(Math.abs(Number(/\d+/.exec(transcript)?.[0]) / MS - expected)).toBeLessThan(5);
    expect(client.all("input_audio_buffer.speech_stopped")).toEqual([]);
    await client.close();
  });
});

it("without transcription nobody but the answerer learns what was said", async () => {
  const client = await RealtimeClient.open(gateway, { ...TEXT, audio: { input: { turn_detection: null } } });
  client.update({ audio: { input: { transcription: { model: "script/plain" } } } });
  await client.next("session.updated", 2);
  client.speak(SPEECH);
  client.update({ audio: { input: { transcription: null } } });
  client.send({ type: "input_audio_buffer.commit" });
  client.send({ type: "response.create" });
  await client.next("response.done");
  expect(client.types().filter((type) => type.includes("transcription"))).toEqual([]);
  await client.close();
});

it("a recogniser that fails is told, the answer to it fails, and the next utterance is heard again", async () => {
  const client = await RealtimeClient.open(gateway, {
    ...TEXT,
    audio: { input: { transcription: { model: "script/fails" } } },
  });
  client.speak(SPEECH, 700);
  const failed = await client.next("conversation.item.input_audio_transcription.failed");
  expect(failed.error).toMatchObject({ type: "transcription_error", code: "server_error" });
  expect((await client.next("response.done")).response).toMatchObject({
    status: "failed",
    status_details: { type: "failed", error: { type: "server_error" } },
  });
  client.update({ audio: { input: { transcription: TRANSCRIPTION } } });
  client.speak(SPEECH, 700);
  await client.next("conversation.item.input_audio_transcription.completed");
  expect((await client.next("response.done", 2)).response.status).toBe("completed");
  await client.close();
});
