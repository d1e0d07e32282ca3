import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import { MODEL_FOLDER, RECORDINGS_FOLDER } from "../pocketsphinx/installation.ts";
import { Polyphase } from "../speech/polyphase.ts";
import { RealtimeClient } from "../testing/realtime-client.ts";
import { loadRecording, WireClient } from "../testing/wire-client.ts";

const isInstalled = existsSync(MODEL_FOLDER) && existsSync(RECORDINGS_FOLDER);

describe.skipIf(!isInstalled)("a spoken conversation", () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await createGateway({ maxStreams: 2, warm: 1 });
  });
  afterAll(() => gateway.close());

  it("a command is heard, answered aloud, and the answer can be understood", async () => {
    const transcription = { model: "gpt-4o-mini-transcribe" };
    const client = await RealtimeClient.open(gateway, { audio: { input: { transcription } } });
    client.speak(loadRecording("goforward.raw"), 1_000);
    const { response } = await client.next("response.done");
    expect(response.status).toBe("completed");
    const completed = await client.next("conversation.item.input_audio_transcription.completed");
    expect(completed.transcript).toBe("go forward ten meters");
    const [message] = response.output;
    const answer = client.soundOf(message?.id ?? "");
    expect(answer.length).toBeGreaterThan(24_000);
    expect(await understood(gateway, answer)).toMatch(/^you said go forward /);
    await client.close();
  });
});

/** What the recogniser makes of a sound at 24 kHz. */
async function understood(gateway: Gateway, samples: Int16Array): Promise<string> {
  const listener = await WireClient.open(gateway);
  const resampler = new Polyphase(24_000, 16_000);
  listener.speak(resampler.push(samples));
  listener.speak(resampler.flush());
  listener.send({ type: "session.finalize" });
  await listener.next("session.finalized");
  listener.socket.close();
  await listener.closed;
  return listener.finals().join(" ");
}
