import type { Gateway } from "../gateway/index.ts";
import { CountingSocket } from "../hear/counting-socket.ts";
import { hearOffline } from "../hear/offline-wire.ts";
import { Gatherer, type Summary } from "../hear/summary.ts";
import { decodeBase64 } from "../src/audio/base64.ts";
import { pcm16FromBytes } from "../src/audio/pcm16.ts";
import type { VoiceEvent } from "../src/session/events.ts";
import type { ServerMessage } from "../src/stt/livekit/wire.ts";

/** A session in Node over a recording at 16 kHz, to the bit: what it said, and what went over the wire. */
export interface OfflineSession {
  readonly events: readonly VoiceEvent[];
  readonly summary: Summary;
  /** All samples that were sent. */
  readonly pcm: Int16Array;
  /** Where in them the recogniser was asked for its text. */
  readonly flushedAt: readonly number[];
  /** Final texts, and where in the sent samples their utterances ended. */
  readonly finals: readonly { readonly text: string; readonly endSample: number }[];
}

/** What to hear with. */
export interface OfflineOptions {
  readonly gate?: "speech" | "always";
  readonly model?: string;
}

/** Runs a session over `samples` (mono, 16 kHz, -1..1). */
export async function offlineSession(
  gateway: Gateway,
  samples: Float32Array,
  { gate = "speech", model = "pocketsphinx/en-us" }: OfflineOptions = {},
): Promise<OfflineSession> {
  const events: VoiceEvent[] = [];
  const gatherer = new Gatherer();
  const socket = new CountingSocket();
  const options = { gate, model, vad: "v6", rate: undefined } as const;
  await hearOffline(
    { channels: [samples], sampleRate: 16_000 },
    options,
    gateway,
    (event) => {
      events.push(event);
      gatherer.push(event);
    },
    socket,
  );
  return { events, summary: gatherer.summary(), ...readWire(socket.messages) };
}

function readWire(messages: CountingSocket["messages"]): Pick<OfflineSession, "pcm" | "flushedAt" | "finals"> {
  const sent: Int16Array[] = [];
  const flushedAt: number[] = [];
  const finals: { text: string; endSample: number }[] = [];
  let sentSamples = 0;
  for (const { from, text } of messages) {
    const message = JSON.parse(text) as { type: string; audio?: string } | ServerMessage;
    if (from === "client" && message.type === "input_audio" && "audio" in message) {
      const pcm = pcm16FromBytes(decodeBase64(message.audio ?? ""));
      sent.push(pcm);
      sentSamples += pcm.length;
    } else if (message.type === "session.finalize") flushedAt.push(sentSamples);
    else if (message.type === "final_transcript" && "transcript" in message) {
      const { transcript, start = 0, duration = 0 } = message;
      finals.push({ text: transcript, endSample: Math.round((start + duration) * 16_000) });
    }
  }
  const pcm = new Int16Array(sentSamples);
  let at = 0;
  for (const piece of sent) {
    pcm.set(piece, at);
    at += piece.length;
  }
  return { pcm, flushedAt, finals };
}
