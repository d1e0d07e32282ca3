import { VoiceError } from "../errors.ts";
import type { Clock } from "../net/clock.ts";
import { Pulse } from "../net/pulse.ts";
import { opened, SOCKET_OPEN, type OpenSocket, type SocketLike } from "../net/socket.ts";
import { fetchToken, type TokenFunction, type TokenRequest } from "../net/token.ts";
import { decodeServerEvent, type DecodedEvent } from "./decode-server-event.ts";
import { socketUrl } from "./realtime-url.ts";
import { errorOfClose } from "./server-error.ts";
import type { WireClientEvent } from "./wire.ts";

/** How the server is reached. */
export interface ConnectionParts {
  readonly token: TokenFunction;
  readonly baseUrl: string | URL;
  readonly model: string;
  readonly openSocket: OpenSocket;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/** Who uses a connection. After `onBroken` nothing follows. */
export interface ConnectionUser {
  readonly onMessage: (message: DecodedEvent) => void;
  /** A message made no sense, and was skipped. */
  readonly onSkipped: (error: VoiceError) => void;
  /** It could not be opened, was refused, or broke. */
  readonly onBroken: (error: VoiceError) => void;
}

/** More than this in the platform's own socket, and audio waits: 3 s of it. */
const MAX_BACKLOG_BYTES = 200_000;
/** What may stand in a subprotocol's name. */
const PROTOCOL_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/** One connection: a fresh secret, a socket, and the messages on it as JSON. */
export class RealtimeConnection {
  /** When it began to be made. */
  readonly startedMs: number;
  /** Signs of life. */
  readonly pulse: Pulse;
  readonly #parts: ConnectionParts;
  readonly #user: ConnectionUser;
  readonly #closed = new AbortController();
  #socket: SocketLike | undefined;
  readonly #callOff: () => void;

  /** Connects at once. If {@link settle} is not called in time, it breaks. */
  constructor(parts: ConnectionParts, request: Omit<TokenRequest, "signal">, user: ConnectionUser) {
    this.#parts = parts;
    this.#user = user;
    this.startedMs = parts.clock.nowMs();
    this.pulse = new Pulse(this.startedMs);
    this.#callOff = parts.clock.schedule(parts.timeoutMs, () => {
      this.break(new VoiceError("gateway-timeout", `The session was not ready within ${parts.timeoutMs} ms`));
    });
    void this.#open(request);
  }

  /** What the socket has not handed to the network yet. */
  get backlogBytes(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** Whether the network takes more. */
  get isFluent(): boolean {
    return this.#socket?.readyState === SOCKET_OPEN && this.backlogBytes < MAX_BACKLOG_BYTES;
  }

  /** The session is ready: there is no hurry any more. */
  settle(): void {
    this.#callOff();
  }

  /** Sends a message, while it is open. */
  send(event: WireClientEvent): void {
    if (this.#socket?.readyState === SOCKET_OPEN) this.#socket.send(JSON.stringify(event));
  }

  /** Closes. Nothing follows. Idempotent. */
  close(): void {
    this.#callOff();
    this.#closed.abort();
    this.#socket?.close(1_000);
  }

  /** Closes it as broken. Idempotent. */
  break(error: VoiceError): void {
    if (this.#closed.signal.aborted) return;
    this.close();
    this.#user.onBroken(error);
  }

  async #open(request: Omit<TokenRequest, "signal">): Promise<void> {
    const { token, baseUrl, model, openSocket, clock } = this.#parts;
    const { signal } = this.#closed;
    try {
      const secret = await fetchToken(token, { ...request, signal });
      checkSecret(secret.token);
      const url = socketUrl(secret.url ?? baseUrl, model);
      const socket = openSocket(url, ["realtime", `openai-insecure-api-key.${secret.token}`]);
      this.#socket = socket;
      // A refusal may arrive in the same breath as the opening, so messages count while connecting too.
      socket.addEventListener("message", ({ data }) => this.#receive(data, clock.nowMs()));
      let isOpen = false;
      socket.addEventListener("close", ({ code, reason }) => isOpen && this.break(errorOfClose(code, reason)));
      socket.addEventListener("open", () => (isOpen = true));
      await opened(socket, url, signal);
    } catch (cause) {
      const code = cause instanceof TypeError ? "gateway-rejected" : "gateway-unreachable"; // a URL that never will do
      this.break(cause instanceof VoiceError ? cause : new VoiceError(code, String(cause), { cause }));
    }
  }

  #receive(data: unknown, nowMs: number): void {
    if (this.#closed.signal.aborted) return;
    this.pulse.heard(nowMs);
    let message: DecodedEvent;
    try {
      message = decodeServerEvent(data);
    } catch (cause) {
      return this.#user.onSkipped(cause as VoiceError);
    }
    this.#user.onMessage(message);
  }
}

/** @throws VoiceError if it must not, or cannot, be used. */
function checkSecret(secret: string): void {
  if (secret.startsWith("sk-")) {
    throw new VoiceError(
      "token-rejected",
      "The token function gave a key that lasts: only ephemeral secrets (ek_…) may reach a page",
    );
  }
  if (!PROTOCOL_NAME.test(secret)) {
    throw new VoiceError(
      "token-failed",
      "The token function gave a secret with characters that a subprotocol cannot have",
    );
  }
}
