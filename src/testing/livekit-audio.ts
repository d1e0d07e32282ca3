import { decodeBase64 } from "../audio/base64.ts";
import { pcm16FromBytes } from "../audio/pcm16.ts";
import type { SentMessage } from "./scripted-message.ts";

/** The audio of each `input_audio` (LiveKit Inference's) among the messages of a socket: mono, 16 bits. */
export function livekitPackets(sent: readonly SentMessage[]): Int16Array[] {
  return sent.flatMap((message) => {
    if (typeof message === "string" || message instanceof Uint8Array || message["type"] !== "input_audio") return [];
    return [pcm16FromBytes(decodeBase64(String(message["audio"])))];
  });
}

/** All audio among the messages of a socket, as one. */
export function livekitAudio(sent: readonly SentMessage[]): Int16Array {
  const packets = livekitPackets(sent);
  const whole = new Int16Array(packets.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const packet of packets) {
    whole.set(packet, at);
    at += packet.length;
  }
  return whole;
}
