import { encodeBase64 } from "../../audio/base64.ts";
import { CAPTURE_RATE } from "../../audio/units.ts";
import { VoiceError } from "../../errors.ts";
import { errorOfStatus } from "../../net/status-error.ts";
import type { CodecEvent, CodecTranscript, CodecWord, SttCodec } from "../codec.ts";
import { normalizeLanguage } from "../language.ts";
import type { ClientMessage, SessionCreate, SessionUpdate } from "./wire.ts";

/** "session closed due to agent inactivity": nobody spoke for half an hour. Not a failure. */
const IDLE = 2007;

/** No connection lasts longer, in seconds: a time beyond it is none. */
const LONGEST_SECONDS = 1_000_000;

/** What a codec needs to know of its session. */
export interface CodecSession {
  /** Stands in where the gateway names no language. */
  readonly language: string | undefined;
  /** Stands in where the gateway names neither a request nor a session. */
  readonly requestId: string;
  /** How the session begins: asked once, when the connection is open. */
  greet(): SessionCreate;
}

/**
 * Speaks LiveKit Inference's speech-to-text protocol. The messages are pictured in `wire.ts`.
 *
 * No text is given up for its times: one before the beginning is the beginning, one later than any connection lasts is as
 * good as none (0), and what ends before it starts ends there. Anything of a wrong type is `protocol-violated`.
 */
export class LivekitCodec implements SttCodec {
  readonly #session: CodecSession;
  #requestId: string;

  constructor(session: CodecSession) {
    this.#session = session;
    this.#requestId = session.requestId;
  }

  hello(): string[] {
    return [encode(this.#session.greet())];
  }

  encodeAudio(pcm: Uint8Array): string {
    return encode({ type: "input_audio", audio: encodeBase64(pcm) });
  }

  flush(): string {
    return encode({ type: "session.finalize" });
  }

  finish(): string {
    return encode({ type: "session.finalize" });
  }

  goodbye(): string {
    return encode({ type: "session.close" });
  }

  decode(data: unknown): CodecEvent | undefined {
    if (typeof data !== "string") return undefined; // the protocol is text; a newer gateway may say more than we know
    const message = parseObject(data);
    switch (message["type"]) {
      case "session.created":
        this.#requestId = stringOf(message, "session_id") || this.#requestId;
        return { type: "created" };
      case "session.finalized":
        return { type: "flushed" };
      case "session.closed":
        return { type: "closed" };
      case "start_of_speech":
        return { type: "speech-started" };
      case "interim_transcript":
        return { type: "interim", transcript: this.#transcript(message) };
      case "preflight_transcript":
        return { type: "preflight", transcript: this.#transcript(message) };
      case "final_transcript":
        return { type: "final", transcript: this.#transcript(message) };
      case "error":
        return Number(message["code"]) === IDLE ? { type: "closed" } : { type: "failed", error: gatewayError(message) };
      default:
        return undefined;
    }
  }

  closed(code: number, reason: string): VoiceError {
    const why = reason === "" ? `code ${code}` : `code ${code}: ${reason}`;
    const message = `The gateway closed the connection unexpectedly (${why})`;
    if (code >= 4_400 && code < 4_600) return errorOfStatus(code, message);
    return new VoiceError("gateway-lost", message, { gatewayCode: code });
  }

  #transcript(message: Fields): CodecTranscript {
    const start = numberOf(message, "start", 0);
    const words = message["words"] ?? [];
    if (!Array.isArray(words)) throw violation("words is not a list");
    const extra = message["extra"];
    return {
      text: stringOf(message, "transcript"),
      language: normalizeLanguage(stringOf(message, "language")) || this.#session.language || "en",
      ...spanOf(start, start + numberOf(message, "duration", 0)),
      confidence: confidenceOf(message, 1),
      words: words.map(readWord),
      requestId: stringOf(message, "request_id") || stringOf(message, "session_id") || this.#requestId,
      ...speakerOf(message),
      ...(isObject(extra) && Object.keys(extra).length > 0 ? { metadata: extra } : {}),
    };
  }
}

/** The message that changes settings of a running session; pass only what changes. */
export function encodeUpdate(settings: SessionUpdate["settings"]): string {
  return encode({ type: "session.update", settings });
}

type Fields = Readonly<Record<string, unknown>>;

function encode(message: ClientMessage): string {
  return JSON.stringify(message);
}

function parseObject(json: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new VoiceError("protocol-violated", "The gateway sent a message that is not JSON", { cause });
  }
  return asObject(value, "a message");
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asObject(value: unknown, what: string): Fields {
  if (!isObject(value)) throw violation(`${what} is not a JSON object`);
  return value;
}

function readWord(value: unknown): CodecWord {
  const word = asObject(value, "a word");
  return {
    word: stringOf(word, "word"),
    ...spanOf(numberOf(word, "start", 0), numberOf(word, "end", 0)),
    confidence: confidenceOf(word, 0),
    ...speakerOf(word),
  };
}

function speakerOf(fields: Fields): { speakerId?: string } {
  const speakerId = stringOf(fields, "speaker_id");
  return speakerId === "" ? {} : { speakerId };
}

function stringOf(fields: Fields, key: string): string {
  const value = fields[key] ?? "";
  if (typeof value !== "string") throw violation(`${key} is not a string`);
  return value;
}

function numberOf(fields: Fields, key: string, otherwise: number): number {
  const value = fields[key] ?? otherwise;
  if (typeof value !== "number" || !Number.isFinite(value)) throw violation(`${key} is not a number`);
  return value;
}

function confidenceOf(fields: Fields, otherwise: number): number {
  return Math.min(1, Math.max(0, numberOf(fields, "confidence", otherwise)));
}

function spanOf(startSeconds: number, endSeconds: number): { sentStart: number; sentEnd: number } {
  const sentStart = toSamples(startSeconds);
  return { sentStart, sentEnd: Math.max(sentStart, toSamples(endSeconds)) };
}

function toSamples(seconds: number): number {
  return seconds < LONGEST_SECONDS ? Math.max(0, Math.round(seconds * CAPTURE_RATE)) : 0;
}

/** An error without a code may pass, as LiveKit's own clients take it. */
function gatewayError(message: Fields): VoiceError {
  const { message: text, code } = message;
  const told = `The gateway answered with an error: ${typeof text === "string" ? text : "no reason given"}`;
  if (typeof code === "number" || typeof code === "string") return errorOfStatus(code, told, message);
  return new VoiceError("gateway-unavailable", told, { cause: message });
}

function violation(what: string): VoiceError {
  return new VoiceError("protocol-violated", `The gateway sent nonsense: ${what}`);
}
