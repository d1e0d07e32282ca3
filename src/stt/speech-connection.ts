import { pcm16Bytes } from "../audio/pcm16.ts";
import { VoiceError } from "../errors.ts";
import type { Clock } from "../net/clock.ts";
import { ConnectionLedger } from "../net/connection-ledger.ts";
import { opened, SOCKET_OPEN, type OpenSocket, type SocketLike } from "../net/socket.ts";
import type { TokenRequest } from "../net/token.ts";
import type { CodecEvent, Endpoint, SttCodec } from "./codec.ts";
import type { ConnectionSettings } from "./connection-options.ts";
import type { JournalItem } from "./journal.ts";
import { Pulse } from "../net/pulse.ts";
import type { UplinkTarget } from "./uplink.ts";

/** How a provider is reached and spoken to. */
export interface ConnectionParts {
  /** Where to connect, with a fresh token; called once per connection. */
  readonly endpoint: (request: TokenRequest) => Promise<Endpoint>;
  /** Makes the codec of one connection, from the newest options. */
  readonly makeCodec: () => SttCodec;
  readonly openSocket: OpenSocket;
}

/** Who uses a connection. After `onBroken` nothing follows. */
export interface ConnectionUser {
  /** It is open, and the greeting has been sent. */
  readonly onOpen: () => void;
  readonly onEvent: (event: CodecEvent) => void;
  /** A message made no sense, and was skipped. */
  readonly onSkipped: (error: VoiceError) => void;
  /** It could not be opened, was refused, or broke. */
  readonly onBroken: (error: VoiceError) => void;
}

/** One connection to a recogniser: token, socket, codec, and the ledger of what was sent. */
export class SpeechConnection implements UplinkTarget {
  /** What was sent so far, and where it was captured. */
  readonly ledger = new ConnectionLedger();
  readonly #parts: ConnectionParts;
  readonly #settings: ConnectionSettings;
  readonly #clock: Clock;
  readonly #user: ConnectionUser;
  readonly #codec: SttCodec;
  readonly #closed = new AbortController();
  #socket: SocketLike | undefined;
  #isOpen = false;
  #pulse: Pulse | undefined;
  #brokenBy: VoiceError | undefined;

  /** Connects at once. */
  constructor(
    parts: ConnectionParts,
    settings: ConnectionSettings,
    clock: Clock,
    request: Omit<TokenRequest, "signal">,
    user: ConnectionUser,
  ) {
    this.#parts = parts;
    this.#settings = settings;
    this.#clock = clock;
    this.#user = user;
    this.#codec = parts.makeCodec();
    void this.#open(request);
  }

  /** True while messages can be sent. */
  get isOpen(): boolean {
    return this.#isOpen && this.#socket?.readyState === SOCKET_OPEN;
  }

  /** True while messages can be sent and are taken off by the network. */
  get isReady(): boolean {
    return this.isOpen && this.backlogBytes < this.#settings.maxBufferedBytes;
  }

  /** What the socket has not handed to the network yet. */
  get backlogBytes(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** Signs of life; absent if it was never open. */
  get pulse(): Pulse | undefined {
    return this.#pulse;
  }

  /** Sends an item, and notes audio in the ledger. Only while {@link isOpen}. */
  send(item: JournalItem): void {
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

  async #open(request: Omit<TokenRequest, "signal">): Promise<void> {
    const { endpoint, openSocket } = this.#parts;
    const { timeoutMs } = this.#settings;
    const late = new AbortController();
    const calm = this.#clock.schedule(timeoutMs, () => late.abort());
    const signal = AbortSignal.any([this.#closed.signal, late.signal]);
    let url = "the gateway";
    try {
      const target = await endpoint({ ...request, signal });
      signal.throwIfAborted();
      url = target.url;
      const socket = openSocket(target.url, target.protocols);
      this.#socket = socket;
      // A refusal may arrive in the same breath as the opening, so messages count while connecting too.
      socket.addEventListener("message", ({ data }) => this.#receive(data));
      socket.addEventListener("close", ({ code, reason }) => {
        this.#brokenBy = this.#codec.closed(code, reason);
        if (this.#isOpen) this.break(this.#brokenBy);
      });
      await opened(socket, target.url, signal);
      if (this.#closed.signal.aborted) return;
      this.#isOpen = true;
      this.#pulse = new Pulse(this.#clock.nowMs());
      if (this.#brokenBy) return this.break(this.#brokenBy); // so may a close
      for (const message of this.#codec.hello()) socket.send(message);
      this.#user.onOpen();
    } catch (cause) {
      const tooLate = new VoiceError("gateway-timeout", `${url} did not answer within ${timeoutMs} ms`, { cause });
      this.break(late.signal.aborted ? tooLate : asVoiceError(cause));
    } finally {
      calm();
    }
  }

  #receive(data: unknown): void {
    if (this.#closed.signal.aborted) return;
    this.#pulse?.heard(this.#clock.nowMs());
    let event: CodecEvent | undefined;
    try {
      event = this.#codec.decode(data);
    } catch (cause) {
      return this.#user.onSkipped(asVoiceError(cause));
    }
    if (event?.type === "failed") this.break(event.error);
    else if (event?.type === "closed") this.break(new VoiceError("gateway-lost", "The gateway ended the session"));
    else if (event) this.#user.onEvent(event);
  }

  /** Closes it as broken. Idempotent. */
  break(error: VoiceError): void {
    if (this.#closed.signal.aborted) return;
    this.close();
    this.#user.onBroken(error);
  }
}

function asVoiceError(cause: unknown): VoiceError {
  return cause instanceof VoiceError ? cause : new VoiceError("gateway-unreachable", String(cause), { cause });
}
