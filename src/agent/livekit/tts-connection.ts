import { VoiceError } from "../../errors.ts";
import { errorOfStatus } from "../../net/status-error.ts";
import { opened, SOCKET_OPEN, type OpenSocket, type SocketLike } from "../../net/socket.ts";
import { ttsEvent, type TtsEvent } from "./tts-messages.ts";
import type { TtsClientMessage, TtsSessionCreate } from "./wire.ts";

/** What waits to be read, or why no more comes. */
type Incoming = { readonly event: TtsEvent } | { readonly error: VoiceError };

/** One connection to a text-to-speech: a segment at a time. */
export class TtsConnection {
  readonly #socket: SocketLike;
  readonly #incoming: Incoming[] = [];
  #wake: () => void = () => undefined;

  private constructor(socket: SocketLike) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#receive(data));
    socket.addEventListener("close", ({ code, reason }) => this.#take({ error: closed(code, reason) }));
  }

  /** Connects and says hello. @throws VoiceError `gateway-unreachable`; the reason of `signal` */
  static async open(
    url: string,
    token: string,
    create: TtsSessionCreate,
    openSocket: OpenSocket,
    signal: AbortSignal,
  ): Promise<TtsConnection> {
    const socket = openSocket(url, ["vivavoce", `bearer.${token}`]);
    const connection = new TtsConnection(socket); // a refusal may come in the same breath
    await opened(socket, url, signal);
    connection.#send(create);
    return connection;
  }

  /** True while another segment may be asked for. */
  get isFree(): boolean {
    return this.#socket.readyState === SOCKET_OPEN && this.#incoming.length === 0;
  }

  /**
   * Speaks one text. Ends the connection if it is not read to the end.
   *
   * @throws VoiceError `gateway-*`, `token-rejected` or `protocol-violated`; the reason of `signal`.
   */
  async *speak(text: string, signal: AbortSignal): AsyncGenerator<Exclude<TtsEvent, { type: "done" | "closed" }>> {
    let isWhole = false;
    const abort = (): void => this.#wake();
    signal.addEventListener("abort", abort);
    try {
      this.#send({ type: "input_transcript", transcript: `${text} ` });
      this.#send({ type: "session.flush" });
      for (;;) {
        signal.throwIfAborted();
        const incoming = this.#incoming.shift();
        if (!incoming) {
          await new Promise<void>((wake) => (this.#wake = wake));
          continue;
        }
        if ("error" in incoming) throw incoming.error;
        const { event } = incoming;
        if (event.type === "closed") throw new VoiceError("gateway-lost", "The voice ended the session");
        if (event.type === "done") {
          isWhole = true;
          return;
        }
        yield event;
      }
    } finally {
      signal.removeEventListener("abort", abort);
      if (!isWhole) this.close();
    }
  }

  /** Says goodbye and closes. Idempotent. */
  close(): void {
    if (this.#socket.readyState === SOCKET_OPEN) this.#send({ type: "session.close" });
    this.#socket.close(1000);
  }

  #send(message: TtsClientMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  #receive(data: unknown): void {
    try {
      const event = ttsEvent(data);
      if (event) this.#take({ event });
    } catch (cause) {
      const error = cause instanceof VoiceError ? cause : new VoiceError("protocol-violated", String(cause), { cause });
      this.#take({ error });
    }
  }

  #take(incoming: Incoming): void {
    this.#incoming.push(incoming);
    this.#wake();
  }
}

function closed(code: number, reason: string): VoiceError {
  const message = `The voice closed the connection unexpectedly (code ${code}${reason === "" ? "" : `: ${reason}`})`;
  return code >= 4400 && code < 4600 ? errorOfStatus(code, message) : new VoiceError("gateway-lost", message);
}
