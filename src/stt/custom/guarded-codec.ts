import { VoiceError } from "../../errors.ts";
import type { CodecEvent, SttCodec } from "../codec.ts";
import { providerFailed } from "./provider-failed.ts";

/**
 * A codec of the app's own, which may throw wherever it likes: what it cannot say breaks its connection, and what it
 * cannot read is nonsense. Made when it is first needed, since the token is there only then.
 */
export class GuardedCodec implements SttCodec {
  readonly #make: () => SttCodec;
  readonly #fail: (error: VoiceError) => void;
  #made: SttCodec | undefined;

  /** `fail` hands an error to the connection, which comes back as a message. */
  constructor(make: () => SttCodec, fail: (error: VoiceError) => void) {
    this.#make = make;
    this.#fail = fail;
  }

  hello(): string[] {
    try {
      return this.#codec.hello();
    } catch (cause) {
      throw providerFailed(cause); // who opens the connection expects that
    }
  }

  encodeAudio(pcm: Uint8Array<ArrayBuffer>): string | Uint8Array<ArrayBuffer> {
    return this.#guard(() => this.#codec.encodeAudio(pcm));
  }

  flush(): string {
    return this.#guard(() => this.#codec.flush());
  }

  finish(): string {
    return this.#guard(() => this.#codec.finish());
  }

  goodbye(): string {
    return this.#guard(() => this.#codec.goodbye());
  }

  decode(message: unknown): CodecEvent | undefined {
    if (message instanceof VoiceError) return { type: "failed", error: message };
    try {
      return this.#codec.decode(message);
    } catch (cause) {
      if (cause instanceof VoiceError) throw cause;
      throw new VoiceError("protocol-violated", `A message could not be read: ${String(cause)}`, { cause });
    }
  }

  closed(code: number, reason: string): VoiceError {
    try {
      return this.#codec.closed(code, reason);
    } catch (cause) {
      return providerFailed(cause);
    }
  }

  get #codec(): SttCodec {
    return (this.#made ??= this.#make());
  }

  #guard<T extends string | Uint8Array<ArrayBuffer>>(job: () => T): T | "" {
    try {
      const message = job();
      if (typeof message === "string" || message instanceof Uint8Array) return message;
      throw new TypeError(`a message must be a text or bytes, got ${typeof message}`);
    } catch (cause) {
      this.#fail(providerFailed(cause));
      return "";
    }
  }
}
