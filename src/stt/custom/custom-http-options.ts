import type { Clock } from "../../net/clock.ts";
import type { TokenFunction, TokenRequest } from "../../net/token.ts";
import type { ConnectionOptions } from "../connection-options.ts";
import type { SttCapabilities } from "../contract.ts";
import type { CustomTranscript } from "./custom-transcript.ts";

/** A recording that is to be sent, in the form that the server wants. */
export interface HttpRecording {
  /** Mono, -1..1, at 16 kHz. */
  readonly samples: Float32Array;
  /** As a WAV file: 16-bit PCM, mono, 16 kHz. */
  wav(): Blob;
  /** As little-endian 16-bit PCM, mono, 16 kHz, without a header. */
  pcm16(): Blob;
}

/** What a request is made with. Its `signal` ends with the time limit, or when the caller gives up. */
export interface HttpContext extends TokenRequest {
  /** Absolute address, as the options or the token say. */
  readonly url: string;
  /** BCP 47 tag. */
  readonly language: string;
  /** From the token function, fresh for this request; absent without one. */
  readonly token?: string;
}

/** What a request may be: all of it, or all but the address. */
export type HttpRequest = Request | RequestInit;

/** What a reply may be read as: a text, or a text with what belongs to it. */
export type HttpReply = string | CustomTranscript;

/** A server that takes a whole recording by HTTP. */
export interface CustomHttpOptions {
  /** Where to send recordings: absolute, or relative to the page. */
  readonly url: string | URL;
  /**
   * Fetches a short-lived token, once per request, which is sent as `Authorization: Bearer`. No long-lived secret belongs
   * in a page. @defaultValue none, for servers that know the page by its cookies
   */
  readonly token?: TokenFunction;
  /** BCP 47 tag of what is spoken. @defaultValue "en-US" */
  readonly language?: string;
  /**
   * `multipart`: a form with the WAV file `audio` and the field `language`. `wav`, `pcm16`: the bare recording as the
   * body, and `?language=` in the address. @defaultValue "multipart"
   */
  readonly format?: "multipart" | "wav" | "pcm16";
  /** Sent beside `Authorization`. @defaultValue none */
  readonly headers?: Readonly<Record<string, string>>;
  /** Makes the request, where `format` and `headers` do not do: what is not said in it has its default (`POST`). */
  readonly request?: (recording: HttpRecording, context: HttpContext) => HttpRequest | Promise<HttpRequest>;
  /** Reads a successful reply, all of which is there. @defaultValue JSON, as the guide tells */
  readonly reply?: (reply: Response, context: HttpContext) => HttpReply | Promise<HttpReply>;
  /** How hard to try. @defaultValue 3 retries, 30 s a request, the rest as ever */
  readonly connection?: ConnectionOptions;
  /** `empty-final`: after the last retry the text is empty, and nothing is thrown. @defaultValue "throw" */
  readonly onFailure?: "throw" | "empty-final";
  /** What the server can do beyond recognising a recording. @defaultValue nothing */
  readonly capabilities?: Partial<Pick<SttCapabilities, "alignedTranscript" | "diarization">>;
  /** Name of the model, for metrics. @defaultValue "unknown" */
  readonly model?: string;
  /** Name of the provider, for metrics. @defaultValue "custom-http" */
  readonly provider?: string;
  /** Makes requests; for Node, proxies and tests. @defaultValue the platform's `fetch` */
  readonly fetch?: typeof fetch;
  /** Times retries and limits; for tests. @defaultValue the platform's timers */
  readonly clock?: Clock;
}
