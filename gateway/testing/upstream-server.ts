import { createServer } from "node:http";
import type { IncomingHttpHeaders, RequestListener, Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import type { RelayOptions } from "../relay/relay-options.ts";

/** What came to the upstream's door. */
export interface UpstreamVisit {
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** How an {@link UpstreamServer} behaves. */
export interface UpstreamServerOptions {
  /** Serves each socket. @defaultValue every frame comes back as it came */
  readonly serve?: (socket: WebSocket) => void;
  /** Answers upgrades otherwise than with a socket. */
  readonly refuse?: (socket: Duplex) => void;
  /** Upgrades wait for it. */
  readonly delay?: Promise<void>;
  /** Answers plain requests. */
  readonly answer?: RequestListener;
}

/** A small server that a relay can lead to, and that notes who came. */
export class UpstreamServer {
  static readonly API_KEY = "upstream-key";
  static readonly API_SECRET = "the upstream's secret, which no client ever sees";

  /** Upgrades and requests, in order. */
  readonly visits: UpstreamVisit[] = [];
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  readonly #upgraded = new Set<Duplex>();
  readonly #wakers: (() => void)[] = [];

  private constructor({ serve = echo, refuse, delay, answer }: UpstreamServerOptions) {
    this.#server = createServer((request, response) => {
      this.#note(request);
      answer?.(request, response);
    });
    this.#server.on("upgrade", (request, socket, head) => {
      this.#note(request);
      socket.on("error", () => undefined);
      this.#upgraded.add(socket);
      socket.once("close", () => this.#upgraded.delete(socket));
      if (refuse !== undefined) return refuse(socket.resume().on("end", () => socket.end()));
      const upgrade = (): void =>
        this.#sockets.handleUpgrade(request, socket, head, (client) => {
          client.on("error", () => undefined);
          serve(client);
        });
      if (delay === undefined) upgrade();
      else void delay.then(upgrade);
    });
  }

  static async listen(options: UpstreamServerOptions = {}): Promise<UpstreamServer> {
    const upstream = new UpstreamServer(options);
    await new Promise<void>((resolve) => upstream.#server.listen(0, "127.0.0.1", resolve));
    return upstream;
  }

  /** What a gateway needs to lead here. */
  get relay(): RelayOptions {
    const { port } = this.#server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}/v1`, apiKey: UpstreamServer.API_KEY, apiSecret: UpstreamServer.API_SECRET };
  }

  /** The `count`th visit, as soon as it has come. */
  async visit(count = 1): Promise<UpstreamVisit> {
    for (;;) {
      const visit = this.visits[count - 1];
      if (visit !== undefined) return visit;
      await new Promise<void>((resolve) => this.#wakers.push(resolve));
    }
  }

  /** Resolves when no TCP connection is open. */
  async deserted(): Promise<void> {
    const count = (): Promise<number> =>
      new Promise((resolve, reject) =>
        this.#server.getConnections((error, open) => (error ? reject(error) : resolve(open))),
      );
    while ((await count()) > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  async close(): Promise<void> {
    for (const socket of this.#upgraded) socket.destroy();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #note({ url, headers }: UpstreamVisit): void {
    this.visits.push({ url, headers });
    for (const waker of this.#wakers.splice(0)) waker();
  }
}

function echo(socket: WebSocket): void {
  socket.on("message", (payload: Buffer, isBinary) => socket.send(payload, { binary: isBinary }));
}
