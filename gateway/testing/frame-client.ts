import { WebSocket } from "ws";
import type { Gateway } from "../gateway.ts";

/** How a {@link FrameClient} introduces itself. */
export interface FrameClientOptions {
  /** @defaultValue the browser's way, with a good token */
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** How a socket ended. */
export interface Ending {
  readonly code: number;
  readonly reason: string;
}

/** A WebSocket client for tests that knows no protocol: text arrives as strings, binary as buffers. */
export class FrameClient {
  /** Everything received, in order. */
  readonly received: (string | Buffer)[] = [];
  readonly closed: Promise<Ending>;
  readonly socket: WebSocket;
  #wakers: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (payload: Buffer, isBinary) => {
      this.received.push(isBinary ? payload : payload.toString());
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#wake();
      });
    });
  }

  /** Connects to a path with its query, such as `/v1/tts?model=x`; rejects with the HTTP status if that is refused. */
  static async connect(
    gateway: Pick<Gateway, "url" | "issueToken">,
    path: string,
    options: FrameClientOptions = {},
  ): Promise<FrameClient> {
    const protocols = options.protocols ?? ["vivavoce", `bearer.${(await gateway.issueToken()).token}`];
    const url = `${gateway.url.replace("http", "ws")}${path}`;
    const socket = new WebSocket(url, [...protocols], { headers: { ...options.headers } });
    const client = new FrameClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    socket.on("error", () => undefined);
    return client;
  }

  /** Sends a string as text, bytes as binary. */
  send(frame: string | Buffer): void {
    this.socket.send(frame);
  }

  /** All frames, as soon as there are `count`; rejects if the socket closes first. */
  async frames(count: number): Promise<readonly (string | Buffer)[]> {
    while (this.received.length < count) {
      if (this.socket.readyState === WebSocket.CLOSED)
        throw new Error(`Closed after ${this.received.length} of ${count} frames`);
      await new Promise<void>((resolve) => this.#wakers.push(resolve));
    }
    return this.received;
  }

  /** The `error` message with which the gateway ended this socket, and the close code that followed. */
  async failure(): Promise<{ readonly code: number; readonly message: string; readonly closeCode: number }> {
    const { code: closeCode } = await this.closed;
    const last = this.received.at(-1);
    const { code, message } = JSON.parse(String(last)) as { code: number; message: string };
    return { code, message, closeCode };
  }

  #wake(): void {
    for (const waker of this.#wakers.splice(0)) waker();
  }
}
