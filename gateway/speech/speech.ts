import type { SpeechChunk } from "./speaker-messages.ts";

type SpeechEnd = { readonly kind: "spoken" } | { readonly kind: "failed"; readonly error: unknown };

/** One text's sound, between who makes it and who reads it. */
export class Speech {
  #chunks: SpeechChunk[] = [];
  #end: SpeechEnd | undefined;
  #wake: (() => void) | undefined;

  /** Adds what was made. */
  push(chunk: SpeechChunk): void {
    this.#chunks.push(chunk);
    this.#wake?.();
  }

  /** All was made. */
  end(): void {
    this.#end ??= { kind: "spoken" };
    this.#wake?.();
  }

  /** Nothing more comes; the reader learns why after what there is. */
  fail(error: unknown): void {
    this.#end ??= { kind: "failed", error };
    this.#wake?.();
  }

  /** The chunks as they come, for one reader. Aborting rejects with the signal's reason, and drops the rest. */
  async *chunks(signal: AbortSignal | undefined): AsyncGenerator<SpeechChunk, void, undefined> {
    const wake = (): void => this.#wake?.();
    signal?.addEventListener("abort", wake, { once: true });
    try {
      for (;;) {
        signal?.throwIfAborted();
        const chunk = this.#chunks.shift();
        if (chunk !== undefined) {
          yield chunk;
        } else if (this.#end === undefined) {
          await new Promise<void>((resolve) => (this.#wake = resolve));
        } else {
          if (this.#end.kind === "failed") throw this.#end.error;
          return;
        }
      }
    } finally {
      signal?.removeEventListener("abort", wake);
    }
  }
}
