import { pcm16Bytes } from "../audio/pcm16.ts";
import { VoiceError } from "../errors.ts";
import { ConnectionLedger } from "../net/connection-ledger.ts";
import { opened, SOCKET_OPEN, type OpenSocket, type SocketLike } from "../net/socket.ts";
import type { CodecEvent, Endpoint, SttCodec } from "./codec.ts";
import type { OutboxItem } from "./outbox.ts";

/** How a provider is reached and spoken to. */
export interface ConnectionParts {
  /** Where to connect, with a fresh token; called once per connection. */
  readonly endpoint: (attempt: number, signal: AbortSignal) => Promise<Endpoint>;
  readonly makeCodec: () => SttCodec;
  readonly openSocket: OpenSocket;
  /** How long a connection may take to open, token included. */
  readonly connectTimeoutMs: number;
}

/** Who uses a connection. After `onFailed` or `onLost` nothing follows. */
export interface ConnectionUser {
  /** It is open, and the greeting has been sent. */
  readonly onOpen: () => void;
  readonly onEvent: (event: CodecEvent) => void;
  /** It could not be opened, or the other side spoke nonsense. */
  readonly onFailed: (error: VoiceError) => void;
  /** It was open, and broke. */
  readonly onLost: (error: VoiceError) => void;
}

/** One connection to a recogniser: token, socket, codec, and the ledger of what was sent. */
export class SpeechConnection {
  /** What was sent so far, and where it was captured. */
  readonly ledger = new ConnectionLedger();
  readonly #parts: ConnectionParts;
  readonly #user: ConnectionUser;
  readonly #codec: SttCodec;
  readonly #closed = new AbortController();
  #socket: SocketLike | undefined;
  #isOpen = false;
  #brokenBy: VoiceError | undefined;

  /** Connects at once. `attempt` counts the connections of a stream from 1. */
  constructor(parts: ConnectionParts, attempt: number, user: ConnectionUser) {
    this.#parts = parts;
    this.#user = user;
    this.#codec = parts.makeCodec();
    void this.#open(attempt);
  }

  /** True while messages can be sent. */
  get isOpen(): boolean {
    return this.#isOpen && this.#socket?.readyState === SOCKET_OPEN;
  }

  /** Sends an item, and notes audio in the ledger. Only while {@link isOpen}. */
  send(item: OutboxItem): void {
    if (item.kind === "flush") this.#socket?.send(this.#codec.flush());
    else if (item.kind === "finish") this.#socket?.send(this.#codec.finish());
    else if (item.kind === "message") this.#socket?.send(item.text);
    else {
      const { captureStart, pcm } = item.packet;
      this.#socket?.send(this.#codec.encodeAudio(pcm16Bytes(pcm)));
      this.ledger.append(captureStart, pcm.length);
    }
  }

  /** Says goodbye, if it can, and closes. Nothing follows. Idempotent. */
  close(): void {
    if (this.#closed.signal.aborted) return;
    const canSpeak = this.isOpen;
    this.#closed.abort();
    if (canSpeak) this.#socket?.send(this.#codec.goodbye());
    this.#socket?.close(1000);
  }

  async #open(attempt: number): Promise<void> {
    const { endpoint, openSocket, connectTimeoutMs } = this.#parts;
    const timeout = AbortSignal.timeout(connectTimeoutMs);
    const signal = AbortSignal.any([this.#closed.signal, timeout]);
    let url = "the gateway";
    try {
      const target = await endpoint(attempt, signal);
      signal.throwIfAborted();
      url = target.url;
      const socket = openSocket(target.url, target.protocols);
      this.#socket = socket;
      // A refusal may arrive in the same breath as the opening, so messages count while connecting too.
      socket.addEventListener("message", ({ data }) => this.#receive(data));
      socket.addEventListener("close", ({ code, reason }) => {
        this.#brokenBy = this.#codec.closed(code, reason);
        if (this.#isOpen) this.#lose(this.#brokenBy);
      });
      await opened(socket, target.url, signal);
      if (this.#closed.signal.aborted) return;
      this.#isOpen = true;
      if (this.#brokenBy) return this.#lose(this.#brokenBy); // so may a close
      for (const message of this.#codec.hello()) socket.send(message);
      this.#user.onOpen();
    } catch (cause) {
      const late = new VoiceError("gateway-timeout", `${url} did not answer within ${connectTimeoutMs} ms`, { cause });
      this.#fail(timeout.aborted ? late : asVoiceError(cause));
    }
  }

  #receive(data: unknown): void {
    if (this.#closed.signal.aborted) return;
    let event: CodecEvent | undefined;
    try {
      event = this.#codec.decode(data);
    } catch (cause) {
      return this.#fail(asVoiceError(cause));
    }
    if (event?.type === "failed") this.#lose(event.error);
    else if (event?.type === "closed") this.#lose(new VoiceError("gateway-lost", "The gateway ended the session"));
    else if (event) this.#user.onEvent(event);
  }

  #fail(error: VoiceError): void {
    if (this.#closed.signal.aborted) return;
    this.close();
    this.#user.onFailed(error);
  }

  #lose(error: VoiceError): void {
    if (this.#closed.signal.aborted) return;
    this.close();
    this.#user.onLost(error);
  }
}

function asVoiceError(cause: unknown): VoiceError {
  return cause instanceof VoiceError ? cause : new VoiceError("gateway-unreachable", String(cause), { cause });
}
