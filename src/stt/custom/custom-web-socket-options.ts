import type { Clock } from "../../net/clock.ts";
import type { OpenSocket } from "../../net/socket.ts";
import type { TokenFunction } from "../../net/token.ts";
import type { ConnectionOptions } from "../connection-options.ts";
import type { SttCapabilities } from "../contract.ts";
import type { KeepAlive } from "./custom-socket.ts";
import type { CustomSttEvent } from "./custom-event.ts";

/** What a codec is made for: one connection. */
export interface WebSocketContext {
  /** BCP 47 tag. */
  readonly language: string;
  /** From the token function, fresh for this connection; absent without one. */
  readonly token?: string;
}

/** A server that takes audio while it is spoken, by WebSocket. */
export interface CustomWebSocketOptions {
  /** Where to connect: absolute, or relative to the page; `http` becomes `ws`. */
  readonly url: string | URL;
  /**
   * Fetches a short-lived token, once per connection. No long-lived secret belongs in a page. @defaultValue none, for
   * servers that know the page by its cookies
   */
  readonly token?: TokenFunction;
  /**
   * Subprotocols to offer: the only place where a page can put a token, but for the first message. The server must pick
   * one of them. @defaultValue `["vivavoce", "bearer.<token>"]` with a token, none without
   */
  readonly protocols?: (token: string | undefined) => string[];
  /** BCP 47 tag of what is spoken. @defaultValue "en-US" */
  readonly language?: string;
  /** The only one there is: audio is captured, and sent, at 16 kHz. @defaultValue 16000 */
  readonly sampleRate?: 16_000;
  /** Fields to add to the first message, `{ "type": "config", "language": …, "sample_rate": 16000 }`. @defaultValue none */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Makes the first messages, instead of the one with `config`. */
  readonly hello?: (context: WebSocketContext) => string[];
  /** Makes a message of audio: little-endian 16-bit PCM, mono, 16 kHz. @defaultValue the bare bytes, as a binary message */
  readonly encodeAudio?: (pcm: Uint8Array<ArrayBuffer>) => string | Uint8Array<ArrayBuffer>;
  /**
   * Reads a message, a text or an `ArrayBuffer`: gives nothing for what does not matter, and throws at nonsense, which is
   * then skipped and counted. @defaultValue JSON, as the guide tells
   */
  readonly decode?: (message: unknown) => CustomSttEvent | undefined;
  /** The message that asks for the text of what was said so far. @defaultValue none: silence ends an utterance */
  readonly flush?: string;
  /** The message that says that no more audio comes, and asks for what is left. @defaultValue none */
  readonly finish?: string;
  /** The last message before the connection is closed. @defaultValue none */
  readonly goodbye?: string;
  /** What is said when nothing else is, to servers that hang up on silence. @defaultValue nothing */
  readonly keepAlive?: KeepAlive;
  /** Length of an audio message, in ms, 10..1000. Shorter is sooner; longer has less overhead. @defaultValue 50 */
  readonly packetMs?: number;
  /** What the server can do. @defaultValue interim results; flush if there is a `flush` message; nothing else */
  readonly capabilities?: Partial<Omit<SttCapabilities, "streaming" | "offlineRecognize">>;
  /** How hard to try. @defaultValue as for every stream */
  readonly connection?: ConnectionOptions;
  /** Name of the model, for metrics. @defaultValue "unknown" */
  readonly model?: string;
  /** Name of the provider, for metrics. @defaultValue "custom-websocket" */
  readonly provider?: string;
  /** Makes the socket; for Node, proxies and tests. @defaultValue the platform's `WebSocket` */
  readonly webSocket?: OpenSocket;
  /** Times retries, limits and keep-alive; for tests. @defaultValue the platform's timers */
  readonly clock?: Clock;
}
