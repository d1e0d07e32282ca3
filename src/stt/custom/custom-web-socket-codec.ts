import { CAPTURE_RATE } from "../../audio/units.ts";
import { VoiceError } from "../../errors.ts";
import { errorOfStatus } from "../../net/status-error.ts";
import type { CodecEvent, SttCodec } from "../codec.ts";
import { readEvent, type CustomSttEvent } from "./custom-event.ts";
import { parseObject, transcriptOf } from "./lenient-json.ts";

/*
 *   page                                                            server
 *   {"type":"config","language":"en-US","sample_rate":16000}  ──▶
 *   <1600 bytes: 50 ms of 16-bit PCM> …                       ──▶
 *                            ◀──  {"type":"partial","text":"go for"}
 *                            ◀──  {"is_final":true,"text":"go forward","start":0.4,"end":1.3}
 */

/** What a {@link CustomWebSocketCodec} goes by: those of its provider's options that shape messages. */
export interface CustomCodecParts {
  readonly language: string;
  readonly config: Readonly<Record<string, unknown>> | undefined;
  readonly hello: (() => string[]) | undefined;
  readonly encodeAudio: ((pcm: Uint8Array<ArrayBuffer>) => string | Uint8Array<ArrayBuffer>) | undefined;
  readonly decode: ((message: unknown) => CustomSttEvent | undefined) | undefined;
  readonly flush: string | undefined;
  readonly finish: string | undefined;
  readonly goodbye: string | undefined;
}

/** Types of messages that carry a text, without their punctuation. The first that fits decides. */
const TEXT_TYPES: readonly (readonly [pattern: RegExp, kind: "interim" | "preflight" | "final"])[] = [
  [/preflight|eager/, "preflight"],
  [/interim|partial/, "interim"],
  [/final|transcript|result|text/, "final"],
];

/** Close codes by which a server refuses what it was sent; to send it again is no use. */
const REFUSALS: ReadonlySet<number> = new Set([1002, 1003, 1007, 1009, 1010]);
const POLICY_VIOLATION = 1008;

/** Speaks the language that many small servers share, as far as an app's hooks do not say otherwise. Pure. */
export class CustomWebSocketCodec implements SttCodec {
  readonly #parts: CustomCodecParts;

  constructor(parts: CustomCodecParts) {
    this.#parts = parts;
  }

  hello(): string[] {
    const { hello, language, config } = this.#parts;
    if (hello) return hello();
    return [JSON.stringify({ type: "config", language, sample_rate: CAPTURE_RATE, ...config })];
  }

  encodeAudio(pcm: Uint8Array<ArrayBuffer>): string | Uint8Array<ArrayBuffer> {
    return this.#parts.encodeAudio?.(pcm) ?? pcm;
  }

  flush(): string {
    return this.#parts.flush ?? "";
  }

  finish(): string {
    return this.#parts.finish ?? "";
  }

  goodbye(): string {
    return this.#parts.goodbye ?? "";
  }

  decode(message: unknown): CodecEvent | undefined {
    const { decode = decodeMessage, language } = this.#parts;
    return readEvent(decode(message), language);
  }

  closed(code: number, reason: string): VoiceError {
    const why = `The server closed the connection (${reason === "" ? code : `${code}: ${reason}`})`;
    if (code === POLICY_VIOLATION) return new VoiceError("token-rejected", why, { gatewayCode: code });
    if (REFUSALS.has(code)) return new VoiceError("gateway-rejected", why, { gatewayCode: code });
    // Codes of an application's own are often HTTP statuses with a 4 before them.
    if (code >= 4400 && code < 4600) return errorOfStatus(code, why);
    return new VoiceError("gateway-lost", why, { gatewayCode: code });
  }
}

/**
 * Reads a message in the way of many small servers. A text is final if `is_final` says so, or else by its `type`;
 * without either it is final. Other types are ignored.
 *
 * @throws VoiceError `protocol-violated` for what is not a JSON object.
 */
export function decodeMessage(message: unknown): CustomSttEvent | undefined {
  if (typeof message !== "string") {
    throw new VoiceError("protocol-violated", "The server sent bytes where JSON is due");
  }
  const fields = parseObject(message);
  const type = typeof fields["type"] === "string" ? fields["type"].toLowerCase() : undefined;
  if (type === "error") return errorOf(fields);
  const transcript = transcriptOf(fields);
  if (transcript) {
    const isFinal = fields["is_final"] ?? fields["isFinal"];
    const ofType = type === undefined ? "final" : TEXT_TYPES.find(([pattern]) => pattern.test(type))?.[1];
    const kind = typeof isFinal === "boolean" ? (isFinal ? "final" : "interim") : ofType;
    return kind && { ...transcript, type: kind };
  }
  if (type === undefined && fields["error"] !== undefined) return errorOf(fields);
  if (/^(?:start_of_speech|speech_started)$/.test(type ?? "")) return { type: "speech-started" };
  return /^(?:flushed|finalized|done)$/.test(type ?? "") ? { type: "flushed" } : undefined;
}

function errorOf({ message, error, code }: Readonly<Record<string, unknown>>): CustomSttEvent {
  const text = message ?? error;
  return {
    type: "error",
    message: typeof text === "string" ? text : JSON.stringify(text ?? "no reason given"),
    ...(typeof code === "number" || typeof code === "string" ? { code } : {}),
  };
}
