import { WebSocket } from "ws";
import { encodeBase64 } from "../src/audio/base64.ts";
import { pcm16Bytes, toPcm16 } from "../src/audio/pcm16.ts";
import type { Gateway } from "../gateway/index.ts";
import { atRate, mono } from "../hear/recording.ts";

/** What the gateway's recogniser hears in a recording: mono, at any rate. */
export async function recognised(gateway: Gateway, samples: Float32Array, sampleRate: number): Promise<string> {
  const speech = mono(atRate({ channels: [samples], sampleRate }, 16_000));
  const { token } = await gateway.issueToken();
  const socket = new WebSocket(`${gateway.webSocketUrl}/stt?model=pocketsphinx/en-us`, ["vivavoce", `bearer.${token}`]);
  const send = (message: object): void => socket.send(JSON.stringify(message));
  const finals: string[] = [];
  await new Promise<void>((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", () => resolve());
    socket.on("open", () => {
      send({ type: "session.create", settings: { sample_rate: "16000", encoding: "pcm_s16le", extra: {} } });
      const padded = new Float32Array(speech.length + 16_000);
      padded.set(speech, 8_000);
      for (let at = 0; at < padded.length; at += 800) {
        const audio = encodeBase64(pcm16Bytes(toPcm16(padded.slice(at, at + 800))));
        send({ type: "input_audio", audio });
      }
      send({ type: "session.finalize" });
      send({ type: "session.close" });
    });
    socket.on("message", (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { type: string; transcript?: string };
      if (message.type === "final_transcript" && message.transcript) finals.push(message.transcript);
    });
  });
  return finals.join(" ");
}
