import { VoiceError } from "../../errors.ts";
import type { CodecEvent, SttCodec } from "../codec.ts";
import { readEvent } from "./custom-event.ts";

/** Asks a recogniser in the page for its text. */
export const FLUSH = "flush";
/** Tells a recogniser in the page that no more audio comes. */
export const FINISH = "finish";

/** What is said to a recogniser in the page, and by it: no bytes of any protocol, but events as they are. Pure. */
export class GeneratorCodec implements SttCodec {
  readonly #language: string;

  constructor(language: string) {
    this.#language = language;
  }

  hello(): string[] {
    return [];
  }

  encodeAudio(pcm: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    return pcm;
  }

  flush(): string {
    return FLUSH;
  }

  finish(): string {
    return FINISH;
  }

  goodbye(): string {
    return "";
  }

  decode(message: unknown): CodecEvent | undefined {
    if (message instanceof VoiceError) return { type: "failed", error: message };
    return readEvent(message, this.#language);
  }

  closed(code: number): VoiceError {
    return new VoiceError("gateway-lost", "The recogniser returned before its audio had ended", { gatewayCode: code });
  }
}
