import { decodeBase64 } from "../../audio/base64.ts";
import { pcm16FromBytes } from "../../audio/pcm16.ts";
import { VoiceError } from "../../errors.ts";
import { errorOfStatus } from "../../net/status-error.ts";
import type { SpokenWord } from "../../playback/spoken-text.ts";
import { isRecord } from "./is-record.ts";

/** What of a server's message matters to who speaks. */
export type TtsEvent =
  | { readonly type: "audio"; readonly samples: Int16Array }
  | { readonly type: "words"; readonly words: readonly SpokenWord[] }
  /** All of the segment's sound has come. */
  | { readonly type: "done" }
  | { readonly type: "closed" };

/**
 * Reads a message of LiveKit Inference's text-to-speech; nothing for those that say nothing new.
 *
 * @throws VoiceError `protocol-violated` for nonsense; by its code what the gateway tells as an error.
 */
export function ttsEvent(data: unknown): TtsEvent | undefined {
  const message = parsed(data);
  switch (message["type"]) {
    case "output_audio":
      return { type: "audio", samples: samplesOf(message["audio"]) };
    case "output_alignment":
      return Array.isArray(message["words"]) ? { type: "words", words: message["words"].map(wordOf) } : undefined;
    case "done":
      return { type: "done" };
    case "session.closed":
      return { type: "closed" };
    case "error":
      throw gatewayError(message);
    default:
      return undefined;
  }
}

function parsed(data: unknown): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(String(data));
  } catch (cause) {
    throw new VoiceError("protocol-violated", "The voice sent a message that is not JSON", { cause });
  }
  if (isRecord(value)) return value;
  throw nonsense("a message that is no object");
}

function samplesOf(audio: unknown): Int16Array {
  if (typeof audio !== "string") throw nonsense("audio that is no string");
  try {
    return pcm16FromBytes(decodeBase64(audio));
  } catch (cause) {
    throw new VoiceError("protocol-violated", "The voice sent nonsense: audio that is no PCM in base64", { cause });
  }
}

function wordOf(value: unknown): SpokenWord {
  if (!isRecord(value)) throw nonsense("a word that is no object");
  const { word, start, end } = value;
  if (typeof word !== "string" || !isTime(start) || !isTime(end)) throw nonsense("a word without text or times");
  return { word, startMs: start * 1_000, endMs: Math.max(start, end) * 1_000 };
}

function gatewayError({ message, code }: Readonly<Record<string, unknown>>): VoiceError {
  const why = `The voice failed: ${typeof message === "string" ? message : "no reason given"}`;
  if (typeof code === "number" || typeof code === "string") return errorOfStatus(code, why);
  return new VoiceError("gateway-unavailable", why);
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function nonsense(what: string): VoiceError {
  return new VoiceError("protocol-violated", `The voice sent nonsense: ${what}`);
}
