import type { VoiceError } from "../errors.ts";

/** A word as the codec reads it; samples are of what the connection sent (16 kHz). */
export interface CodecWord {
  readonly word: string;
  readonly sentStart: number;
  readonly sentEnd: number;
  readonly confidence: number;
  readonly speakerId?: string;
}

/** A transcript as the codec reads it; samples are of what the connection sent (16 kHz). */
export interface CodecTranscript {
  readonly text: string;
  readonly language: string;
  readonly sentStart: number;
  readonly sentEnd: number;
  readonly confidence: number;
  readonly words: readonly CodecWord[];
  readonly requestId?: string;
  readonly speakerId?: string;
  /** What the provider says beyond that, as it came. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** What a server message means. */
export type CodecEvent =
  | { readonly type: "created" }
  | { readonly type: "speech-started" }
  | { readonly type: "interim" | "preflight" | "final"; readonly transcript: CodecTranscript }
  /** The answer to a flush. */
  | { readonly type: "flushed" }
  /** The server ends the connection, without an error: said goodbye, or was idle for too long. */
  | { readonly type: "closed" }
  | { readonly type: "failed"; readonly error: VoiceError };

/** How to reach a provider. */
export interface Endpoint {
  /** Absolute `ws:` or `wss:` URL. */
  readonly url: string;
  readonly protocols: string[];
}

/** The language of one provider, without a socket: pure, made anew for each connection. */
export interface SttCodec {
  /** Messages to send as soon as the socket is open. */
  hello(): string[];
  /** A piece of audio: little-endian 16-bit mono PCM at 16 kHz. */
  encodeAudio(pcm: Uint8Array<ArrayBuffer>): string | Uint8Array<ArrayBuffer>;
  /** Asks for the text of what was sent. */
  flush(): string;
  /** Says that no more audio comes. */
  finish(): string;
  /** Last message before the socket closes. */
  goodbye(): string;
  /**
   * Reads a message; `undefined` for kinds that it does not know.
   *
   * @throws VoiceError `protocol-violated` for what no server of the kind would send.
   */
  decode(message: unknown): CodecEvent | undefined;
  /** What a close of the socket means, when it was not asked for. */
  closed(code: number, reason: string): VoiceError;
}
