import { VoiceError, type CodecEvent, type SttCodec } from "../index.ts";

/** Speaks Acme's language, in which texts come in pieces: so it remembers them. Made anew for each connection. */
export class AcmeCodec implements SttCodec {
  readonly #language: string;
  #text = "";

  constructor(language: string) {
    this.#language = language;
  }

  hello(): string[] {
    return [JSON.stringify({ op: "start", language: this.#language })];
  }

  encodeAudio(pcm: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    return pcm;
  }

  flush(): string {
    return '{"op":"flush"}';
  }

  finish(): string {
    return '{"op":"end"}';
  }

  goodbye(): string {
    return '{"op":"bye"}';
  }

  decode(message: unknown): CodecEvent | undefined {
    const { event, piece, end, reason } = parse(message);
    if (event === "piece") return this.#tell("interim", (this.#text += String(piece)), 0);
    if (event === "flushed") return { type: "flushed" };
    if (event === "failed") return { type: "failed", error: new VoiceError("gateway-unavailable", String(reason)) };
    if (event !== "end" || typeof end !== "number") return undefined;
    const told = this.#tell("final", this.#text, end);
    this.#text = "";
    return told;
  }

  closed(code: number, reason: string): VoiceError {
    return new VoiceError("gateway-lost", `Acme hung up: ${reason || code}`, { gatewayCode: code });
  }

  #tell(type: "interim" | "final", text: string, endSeconds: number): CodecEvent {
    const sentEnd = Math.round(endSeconds * 16_000); // samples of what this connection was sent
    return { type, transcript: { text, language: this.#language, sentStart: 0, sentEnd, confidence: 1, words: [] } };
  }
}

function parse(message: unknown): Record<string, unknown> {
  try {
    return Object(JSON.parse(String(message))) as Record<string, unknown>;
  } catch (cause) {
    throw new VoiceError("protocol-violated", "Acme sent something that is not JSON", { cause });
  }
}
