import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket, WebSocketServer } from "ws";
import { GatewayError } from "../errors.ts";
import { refuseUpgrade } from "../http/answers.ts";
import { credentialsOf, SUBPROTOCOL } from "../http/credentials.ts";
import { targetOf } from "../http/request-target.ts";
import type { Tokens } from "../http/tokens.ts";
import type { Seats } from "../limits/seats.ts";
import type { Peers } from "../peers.ts";
import { MAX_FRAME_BYTES } from "./messages.ts";
import { tellFailure } from "./tell-failure.ts";

/** How long clients may take to answer the goodbye of a closing gateway, in ms. */
const GOODBYE_MS = 300;
/** Refused browsers whose sockets may be open at once, to tell them why. What comes beyond is refused by HTTP. */
const MAX_FAREWELLS = 64;

/** How a socket came in. */
export interface Visit {
  /** The query, from the `?` on, or empty. */
  readonly search: string;
  readonly headers: IncomingHttpHeaders;
}

/** Takes over a socket that has been let in. */
export type ServeSocket = (client: WebSocket, visit: Visit) => void;

/** What sockets are let in by. */
export interface SocketServerOptions {
  /** Verifies what clients bring. */
  readonly tokens: Tokens;
  /** Counts sockets. */
  readonly seats: Seats;
  /** Who serves which path. */
  readonly paths: ReadonlyMap<string, ServeSocket>;
}

/** The door for WebSockets: a known path, a token, a seat. */
export class SocketServer {
  readonly #server: WebSocketServer;
  readonly #options: SocketServerOptions;
  #farewells = 0;

  constructor(ws: Peers["ws"], options: SocketServerOptions) {
    this.#options = options;
    this.#server = new ws.WebSocketServer({
      noServer: true,
      clientTracking: true,
      perMessageDeflate: false,
      maxPayload: MAX_FRAME_BYTES,
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    });
  }

  /** Answers an HTTP upgrade. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on("error", () => socket.destroy());
    const { headers } = request;
    const { path, search } = targetOf(request.url);
    const serve = this.#options.paths.get(path);
    if (serve === undefined) return refuseUpgrade(socket, 404);
    const { isBrowser, token } = credentialsOf(headers);
    const admission = await this.#admit(token, headers.origin);
    const isRefused = admission instanceof GatewayError;
    if (isRefused && (!isBrowser || this.#farewells >= MAX_FAREWELLS)) return refuseUpgrade(socket, admission);
    const leave = isRefused ? this.#beginFarewell() : admission;
    if (socket.destroyed) return leave();
    socket.once("close", leave);
    this.#server.handleUpgrade(request, socket, head, (client) => {
      client.on("error", () => undefined); // always followed by "close"
      if (isRefused) tellFailure(client, admission);
      else serve(client, { search, headers });
    });
  }

  /** Says goodbye to every client (close 1001) and waits until no socket is left. */
  async close(): Promise<void> {
    this.#server.close();
    const clients = [...this.#server.clients];
    const closed = clients.map((client) => new Promise<void>((resolve) => client.once("close", () => resolve())));
    for (const client of clients) client.close(1001, "The gateway is closing");
    const deadline = setTimeout(() => clients.forEach((client) => client.terminate()), GOODBYE_MS);
    await Promise.all(closed);
    clearTimeout(deadline);
  }

  #beginFarewell(): () => void {
    this.#farewells += 1;
    return () => void (this.#farewells -= 1);
  }

  /** Returns what gives the seat back, or why there is none. */
  async #admit(token: string | undefined, origin: string | undefined): Promise<(() => void) | GatewayError> {
    const { tokens, seats } = this.#options;
    try {
      return seats.take({ origin, token: await tokens.verify(token) });
    } catch (error) {
      return error instanceof GatewayError ? error : new GatewayError("token-refused", String(error), { cause: error });
    }
  }
}
