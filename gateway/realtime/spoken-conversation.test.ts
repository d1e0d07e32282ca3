import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import { MODEL_FOLDER, RECORDINGS_FOLDER } from "../pocketsphinx/installation.ts";
import { Polyphase } from "../speech/polyphase.ts";
import { RealtimeClient } from "../testing/realtime-client.ts";
import { joined } from "../testing/signals.ts";
import { loadRecording, WireClient } from "../testing/wire-client.ts";

/** Two recognisers and a voice begin here. */
const BUSY_MACHINE_MS = 120_000;

const isInstalled = existsSync(MODEL_FOLDER) && existsSync(RECORDINGS_FOLDER);

describe.skipIf(!isInstalled)("a spoken conversation", () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await createGateway({ maxStreams: 2, warm: 1 });
  });
  afterAll(() => gateway.close());

  it(
    "a command is heard, and an answer after a tool call is spoken so that it can be understood",
    async () => {
      const transcription = { model: "gpt-4o-mini-transcribe" };
      const tools = [{ type: "function", name: "get_time", parameters: { type: "object", properties: {} } }];
      const client = await RealtimeClient.open(gateway, { tools, audio: { input: { transcription } } });
      client.speak(loadRecording("goforward.raw"), 1_000);
      const completed = await client.next("conversation.item.input_audio_transcription.completed");
      expect(completed.transcript).toBe("go forward ten meters");
      expect((await client.next("response.done")).response.status).toBe("completed");
      expect((await client.next("response.output_audio_transcript.done")).transcript).toBe("Going forward ten meters.");

      client.ask("What time is it?");
      const { call_id } = await client.next("response.function_call_arguments.done");
      await client.next("response.done", 2);
      const item = { type: "function_call_output", call_id, output: '{"time":"14:30"}' };
      client.send({ type: "conversation.item.create", item });
      client.send({ type: "response.create" });
      const { response } = await client.next("response.done", 3);
      expect(await understood(gateway, client.soundOf(response.output[0]?.id ?? ""))).toBe("it is fourteen thirty");
      await client.close();
    },
    BUSY_MACHINE_MS,
  );
});

/** What the recogniser makes of a sound at 24 kHz, when it hears it for the second time: what it hears first it hears worse. */
async function understood(gateway: Gateway, samples: Int16Array): Promise<string> {
  const listener = await WireClient.open(gateway);
  const resampler = new Polyphase(24_000, 16_000);
  const heard = joined(resampler.push(samples), resampler.flush(), new Int16Array(4_000));
  for (const count of [1, 2]) {
    listener.speak(heard);
    listener.send({ type: "session.finalize" });
    await listener.next("session.finalized", count);
  }
  listener.socket.close();
  await listener.closed;
  return listener.finals().at(-1) ?? "";
}
