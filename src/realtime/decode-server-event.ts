import { decodeBase64 } from "../audio/base64.ts";
import { pcm16FromBytes } from "../audio/pcm16.ts";
import { VoiceError } from "../errors.ts";
import { fromWire } from "./casing.ts";
import type { OutputPlace, RealtimeUsage, ResponseStatus } from "./realtime-event.ts";
import type { RealtimeItem } from "./realtime-item.ts";
import { errorOfServer } from "./server-error.ts";
import type { ServerFact } from "./server-fact.ts";

/** One message of the server: as it came, and what it says if this library knows it. */
export interface DecodedEvent {
  readonly raw: Readonly<Record<string, unknown>>;
  readonly fact: ServerFact | undefined;
}

/** More than the longest that the server takes itself, 15 MiB, so that any item can be retrieved. */
const MAX_CHARS = 24 * 1_024 * 1_024;
/** Names of the beta, which some servers still use. */
const RENAMED: readonly (readonly [RegExp, string])[] = [
  [/^response\.(audio|audio_transcript|text)\./, "response.output_$1."],
  [/^conversation\.item\.created$/, "conversation.item.added"],
];
const STATUSES: readonly unknown[] = ["completed", "cancelled", "failed", "incomplete"];

/**
 * Reads a message of the server. One of an unknown type has no fact. Pure.
 *
 * @throws VoiceError `protocol-violated` if it is no JSON object, or a field is missing, wrong, or too long.
 */
export function decodeServerEvent(data: unknown): DecodedEvent {
  if (typeof data !== "string") throw violation("A message must be text");
  if (data.length > MAX_CHARS)
    throw violation(`A message must have at most ${MAX_CHARS} characters, got ${data.length}`);
  let raw: unknown;
  try {
    raw = JSON.parse(data);
  } catch (cause) {
    throw violation("A message must be JSON", cause);
  }
  if (!isRecord(raw)) throw violation("A message must be a JSON object");
  try {
    return {
      raw,
      fact: factOf(
        RENAMED.reduce((type, [from, to]) => type.replace(from, to), text(raw, "type")),
        raw,
      ),
    };
  } catch (cause) {
    if (cause instanceof VoiceError) throw cause;
    throw violation(`${String(raw["type"])}: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

type Fields = Readonly<Record<string, unknown>>;

function factOf(type: string, raw: Fields): ServerFact | undefined {
  switch (type) {
    case "session.created": {
      const { id, expires_at: seconds } = isRecord(raw["session"]) ? raw["session"] : {};
      const expiresAtMs = typeof seconds === "number" && seconds > 0 ? seconds * 1_000 : undefined;
      return { type: "session-created", sessionId: typeof id === "string" ? id : "", expiresAtMs };
    }
    case "session.updated":
      return { type: "session-updated" };
    case "error": {
      const error = record(raw, "error");
      return { type: "server-error", error: errorOfServer(error), clientEventId: optionalText(error, "event_id") };
    }
    case "rate_limits.updated":
      return { type: "rate-limits", limits: fromWire(list(raw, "rate_limits")) as [] };
    case "input_audio_buffer.speech_started":
      return { type: "speech-started", itemId: text(raw, "item_id"), audioStartMs: count(raw, "audio_start_ms") };
    case "input_audio_buffer.speech_stopped":
      return { type: "speech-stopped", itemId: text(raw, "item_id"), audioEndMs: count(raw, "audio_end_ms") };
    case "input_audio_buffer.timeout_triggered": {
      const [audioStartMs, audioEndMs] = [count(raw, "audio_start_ms"), count(raw, "audio_end_ms")];
      return { type: "idle-timeout", itemId: text(raw, "item_id"), audioStartMs, audioEndMs };
    }
    case "input_audio_buffer.committed":
      return { type: "audio-committed", itemId: text(raw, "item_id"), ...previous(raw) };
    case "input_audio_buffer.cleared":
      return { type: "audio-cleared" };
    case "conversation.item.added":
      return { type: "item-added", item: item(raw["item"]), ...previous(raw) };
    case "conversation.item.done":
      return { type: "item-done", item: item(raw["item"]), ...previous(raw) };
    case "conversation.item.retrieved":
      return { type: "item-retrieved", item: item(raw["item"]) };
    case "conversation.item.truncated":
      return { type: "item-truncated", ...content(raw), audioEndMs: count(raw, "audio_end_ms") };
    case "conversation.item.deleted":
      return { type: "item-deleted", itemId: text(raw, "item_id") };
    case "conversation.item.input_audio_transcription.delta":
      return { type: "input-delta", ...content(raw), delta: optionalText(raw, "delta") ?? "" };
    case "conversation.item.input_audio_transcription.completed":
      return { type: "input-done", ...content(raw), text: text(raw, "transcript") };
    case "conversation.item.input_audio_transcription.failed":
      return { type: "input-transcript-failed", ...content(raw), error: errorOfServer(raw["error"]) };
    case "response.created": {
      const response = record(raw, "response");
      const isBeside = response["conversation_id"] === null;
      return { type: "response-created", responseId: text(response, "id"), isBeside, ...metadata(response) };
    }
    case "response.done":
      return doneFact(record(raw, "response"));
    case "response.output_item.added":
    case "response.output_item.done":
      return {
        type: type.endsWith("done") ? "output-item-done" : "output-item-added",
        responseId: text(raw, "response_id"),
        outputIndex: optionalCount(raw, "output_index"),
        item: item(raw["item"]),
      };
    case "response.output_audio.delta":
      return { type: "output-audio", ...place(raw), samples: pcm16FromBytes(decodeBase64(text(raw, "delta"))) };
    case "response.output_audio.done":
      return { type: "output-audio-done", ...place(raw) };
    case "response.output_text.delta":
    case "response.output_audio_transcript.delta":
      return { type: "output-delta", ...place(raw), delta: text(raw, "delta"), isSpoken: isSpoken(type) };
    case "response.output_text.done":
      return { type: "output-text-done", ...place(raw), text: text(raw, "text"), isSpoken: false };
    case "response.output_audio_transcript.done":
      return { type: "output-text-done", ...place(raw), text: text(raw, "transcript"), isSpoken: true };
    case "response.function_call_arguments.done":
      return {
        type: "call-done",
        callId: text(raw, "call_id"),
        name: optionalText(raw, "name"),
        arguments: text(raw, "arguments"),
        responseId: text(raw, "response_id"),
        itemId: text(raw, "item_id"),
      };
    default:
      return undefined; // a newer server may say more than we know
  }
}

function doneFact(response: Fields): ServerFact {
  const status = response["status"];
  if (!STATUSES.includes(status)) throw wrong("response.status", `one of ${STATUSES.join(", ")}`, status);
  const details = isRecord(response["status_details"]) ? response["status_details"] : {};
  const reason = optionalText(details, "reason");
  const usage = response["usage"];
  return {
    type: "response-done",
    responseId: text(response, "id"),
    status: status as ResponseStatus,
    items: Array.isArray(response["output"]) ? response["output"].map(item) : [],
    ...(reason === undefined ? {} : { reason }),
    ...(status === "failed" || details["error"] ? { error: errorOfServer(details["error"]) } : {}),
    ...(isRecord(usage) ? { usage: fromWire(usage) as RealtimeUsage } : {}),
    ...metadata(response),
  };
}

function isSpoken(type: string): boolean {
  return type.includes("audio");
}

function item(value: unknown): RealtimeItem {
  if (!isRecord(value)) throw wrong("item", "an object", value);
  text(value, "id");
  text(value, "type");
  const { content: parts } = value;
  if (parts !== undefined && !(Array.isArray(parts) && parts.every(isRecord))) {
    throw wrong("item.content", "a list of objects", parts);
  }
  // Retrieved items may call audio what finished ones call output_audio.
  const named = parts?.map((part) => (part["type"] === "audio" ? { ...part, type: "output_audio" } : part));
  return fromWire(named ? { ...value, content: named } : value) as RealtimeItem;
}

function place(raw: Fields): OutputPlace {
  return { responseId: text(raw, "response_id"), outputIndex: optionalCount(raw, "output_index"), ...content(raw) };
}

function content(raw: Fields): { readonly itemId: string; readonly contentIndex: number } {
  return { itemId: text(raw, "item_id"), contentIndex: optionalCount(raw, "content_index") };
}

function previous(raw: Fields): { readonly previousItemId?: string } {
  const previousItemId = optionalText(raw, "previous_item_id");
  return previousItemId === undefined ? {} : { previousItemId };
}

function metadata(response: Fields): { readonly metadata?: Readonly<Record<string, string>> } {
  const value = response["metadata"];
  return isRecord(value) ? { metadata: value as Readonly<Record<string, string>> } : {};
}

function text(raw: Fields, name: string): string {
  const value = raw[name];
  if (typeof value !== "string" || (value === "" && /(id|type)$/.test(name))) throw wrong(name, "a string", value);
  return value;
}

function optionalText(raw: Fields, name: string): string | undefined {
  return raw[name] === undefined || raw[name] === null ? undefined : text(raw, name);
}

function count(raw: Fields, name: string): number {
  const value = raw[name];
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) throw wrong(name, "a number from 0", value);
  return value;
}

function optionalCount(raw: Fields, name: string): number {
  return raw[name] === undefined ? 0 : count(raw, name);
}

function record(raw: Fields, name: string): Fields {
  const value = raw[name];
  if (!isRecord(value)) throw wrong(name, "an object", value);
  return value;
}

function list(raw: Fields, name: string): readonly Fields[] {
  const value = raw[name];
  if (!Array.isArray(value) || !value.every(isRecord)) throw wrong(name, "a list of objects", value);
  return value;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(name: string, rule: string, value: unknown): TypeError {
  return new TypeError(`${name} must be ${rule}, got ${(JSON.stringify(value) ?? "nothing").slice(0, 60)}`);
}

function violation(message: string, cause?: unknown): VoiceError {
  return new VoiceError("protocol-violated", message, cause === undefined ? {} : { cause });
}
