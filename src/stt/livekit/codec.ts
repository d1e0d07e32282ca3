import { encodeBase64 } from "../../audio/base64.ts";
import { CAPTURE_RATE } from "../../audio/units.ts";
import { VoiceError } from "../../errors.ts";
import type { CodecEvent, CodecTranscript, CodecWord, SttCodec } from "../codec.ts";
import type { ClientMessage, SessionCreate, SessionUpdate } from "./wire.ts";

/** Code and close code by which a gateway refuses a token in-band (browsers cannot see a refused upgrade). */
const TOKEN_REFUSED = 4401;

/** "session closed due to agent inactivity": nobody spoke for half an hour. Not a failure. */
const IDLE = 2007;

/** Speaks LiveKit Inference's speech-to-text protocol. The messages are pictured in `wire.ts`. */
export class LivekitCodec implements SttCodec {
  readonly #create: SessionCreate;
  readonly #language: string;

  /** `create` opens every connection. */
  constructor(create: SessionCreate) {
    this.#create = create;
    this.#language = create.settings.language ?? "en";
  }

  hello(): string[] {
    return [encode(this.#create)];
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
        return message["code"] === IDLE ? { type: "closed" } : { type: "failed", error: gatewayError(message) };
      default:
        return undefined;
    }
  }

  closed(code: number, reason: string): VoiceError {
    if (code === TOKEN_REFUSED) return tokenRefused(reason || "the token was refused");
    const why = reason === "" ? `code ${code}` : `code ${code}: ${reason}`;
    return new VoiceError("gateway-lost", `The gateway closed the connection unexpectedly (${why})`, {
      gatewayCode: code,
    });
  }

  #transcript(message: Fields): CodecTranscript {
    const start = numberOf(message, "start", 0);
    const duration = numberOf(message, "duration", 0);
    const words = message["words"] ?? [];
    if (!Array.isArray(words)) throw violation("words is not a list");
    const language = stringOf(message, "language", "");
    const requestId = stringOf(message, "request_id", stringOf(message, "session_id", ""));
    const speakerId = stringOf(message, "speaker_id", "");
    return {
      text: stringOf(message, "transcript", ""),
      language: language === "" ? this.#language : language,
      sentStart: toSamples(start),
      sentEnd: toSamples(start + duration),
      confidence: numberOf(message, "confidence", 1),
      words: words.map(readWord),
      ...(requestId === "" ? {} : { requestId }),
      ...(speakerId === "" ? {} : { speakerId }),
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

function asObject(value: unknown, what: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw violation(`${what} is not a JSON object`);
  return value as Fields;
}

function readWord(value: unknown): CodecWord {
  const word = asObject(value, "a word");
  return {
    word: stringOf(word, "word", ""),
    sentStart: toSamples(numberOf(word, "start", 0)),
    sentEnd: toSamples(numberOf(word, "end", 0)),
    confidence: numberOf(word, "confidence", 0),
  };
}

function stringOf(message: Fields, key: string, otherwise: string): string {
  const value = message[key] ?? otherwise;
  if (typeof value !== "string") throw violation(`${key} is not a string`);
  return value;
}

function numberOf(message: Fields, key: string, otherwise: number): number {
  const value = message[key] ?? otherwise;
  if (typeof value !== "number" || !Number.isFinite(value)) throw violation(`${key} is not a number`);
  return value;
}

function toSamples(seconds: number): number {
  return Math.max(0, Math.round(seconds * CAPTURE_RATE));
}

function gatewayError(message: Fields): VoiceError {
  const text = typeof message["message"] === "string" ? message["message"] : "no reason given";
  const code = message["code"];
  if (code === TOKEN_REFUSED || code === 401) return tokenRefused(text);
  return new VoiceError("gateway-rejected", `The gateway answered with an error: ${text}`, {
    cause: message,
    ...(typeof code === "number" || typeof code === "string" ? { gatewayCode: code } : {}),
  });
}

function tokenRefused(reason: string): VoiceError {
  return new VoiceError("token-rejected", `The gateway refused the token: ${reason}`, { gatewayCode: TOKEN_REFUSED });
}

function violation(what: string): VoiceError {
  return new VoiceError("protocol-violated", `The gateway sent nonsense: ${what}`);
}
