/*
 * How a client proves itself:
 *
 *   browser  → Sec-WebSocket-Protocol: vivavoce, bearer.<jwt>      ← 101, Sec-WebSocket-Protocol: vivavoce
 *            refused: the upgrade succeeds, then ← {"type":"error","code":4401,…} ← close 4401,
 *            since a browser cannot see why an upgrade failed
 *   others   → Authorization: Bearer <jwt>                         ← 101, or HTTP 401
 */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket, WebSocketServer } from "ws";
import type { EngineTable } from "../engines/engine-table.ts";
import { GatewayError } from "../errors.ts";
import type { Tokens } from "../http/tokens.ts";
import type { Peers } from "../peers.ts";
import { MAX_MESSAGE_BYTES } from "./messages.ts";
import { Session } from "./session.ts";

const PATH = "/v1/stt";
const SUBPROTOCOL = "vivavoce";
const BEARER_SUBPROTOCOL = "bearer.";
/** How long clients may take to answer the goodbye of a closing gateway, in ms. */
const GOODBYE_MS = 300;

/** What sockets are served with. */
export interface SocketServerOptions {
  /** Verifies what clients bring. */
  readonly tokens: Tokens;
  /** Finds the engine of a model. */
  readonly engines: EngineTable;
  /** Most sockets at once; more are refused. */
  readonly maxSockets: number;
  /** How long a client may say nothing, in ms. */
  readonly idleLimitMs: number;
}

/** Accepts WebSockets, checks their tokens, and gives each a session. */
export class SocketServer {
  readonly #server: WebSocketServer;
  readonly #options: SocketServerOptions;

  constructor(ws: Peers["ws"], options: SocketServerOptions) {
    this.#options = options;
    this.#server = new ws.WebSocketServer({
      noServer: true,
      clientTracking: true,
      perMessageDeflate: false,
      // Beyond this ws itself closes with 1009; messages between the two limits are answered in words.
      maxPayload: 4 * MAX_MESSAGE_BYTES,
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    });
  }

  /** How many sockets are open. */
  get size(): number {
    return this.#server.clients.size;
  }

  /** Answers an HTTP upgrade. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on("error", () => socket.destroy());
    const url = URL.canParse(request.url ?? "", "http://gateway")
      ? new URL(request.url ?? "", "http://gateway")
      : undefined;
    if (url?.pathname !== PATH) return refuse(socket, "404 Not Found");
    const offered = request.headers["sec-websocket-protocol"]?.split(",").map((name) => name.trim()) ?? [];
    const isBrowser = offered.includes(SUBPROTOCOL);
    const token = isBrowser
      ? offered.find((name) => name.startsWith(BEARER_SUBPROTOCOL))?.slice(BEARER_SUBPROTOCOL.length)
      : /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
    const refusal = await this.#check(token);
    if (refusal !== undefined && !isBrowser) {
      return refuse(socket, refusal.reason === "full" ? "503 Service Unavailable" : "401 Unauthorized");
    }
    if (socket.destroyed) return;
    this.#server.handleUpgrade(request, socket, head, (client) =>
      this.#serve(client, url.searchParams.get("model"), refusal),
    );
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

  async #check(token: string | undefined): Promise<GatewayError | undefined> {
    if (this.size >= this.#options.maxSockets)
      return new GatewayError("full", `All ${this.#options.maxSockets} connections are taken`);
    try {
      await this.#options.tokens.verify(token);
      return undefined;
    } catch (error) {
      return error instanceof GatewayError ? error : new GatewayError("token-refused", String(error), { cause: error });
    }
  }

  #serve(client: WebSocket, queryModel: string | null, refusal: GatewayError | undefined): void {
    const { engines, idleLimitMs } = this.#options;
    const session = new Session({
      socket: client,
      open: (model, output) => engines.open(model ?? queryModel ?? undefined, output),
      idleLimitMs,
    });
    client.on("message", (message: Buffer, isBinary) => {
      if (isBinary) session.receiveBinary();
      else session.receive(message.toString());
    });
    client.on("error", () => undefined); // always followed by "close"
    client.on("close", () => session.end());
    if (refusal !== undefined) session.fail(refusal);
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}
