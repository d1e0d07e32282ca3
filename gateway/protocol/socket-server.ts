import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket, WebSocketServer } from "ws";
import { GatewayError } from "../errors.ts";
import { refuseUpgrade } from "../http/answers.ts";
import { targetOf } from "../http/request-target.ts";
import type { Tokens } from "../http/tokens.ts";
import type { Seats } from "../limits/seats.ts";
import type { Peers } from "../peers.ts";
import { ownWay } from "./entry-way.ts";
import type { EntryWay, Pass } from "./entry-way.ts";

/** How long clients may take to answer the goodbye of a closing gateway, in ms. */
const GOODBYE_MS = 300;
/** Refused browsers whose sockets may be open at once, to tell them why. What comes beyond is refused by HTTP. */
const MAX_FAREWELLS = 64;

/** How a socket came in. */
export interface Visit {
  /** The query, from the `?` on, or empty. */
  readonly search: string;
  readonly headers: IncomingHttpHeaders;
  /** What its credential says of the session; empty unless it is a client secret. */
  readonly settings: Pass["settings"];
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
  /** How clients of a path come in, where it is not the gateway's own way. @defaultValue none */
  readonly ways?: ReadonlyMap<string, EntryWay>;
}

/** One way in, with the server that shakes hands there. */
interface Door {
  readonly way: EntryWay;
  readonly server: WebSocketServer;
}

/** The door for WebSockets: a known path, a token, a seat. */
export class SocketServer {
  readonly #options: SocketServerOptions;
  readonly #ownDoor: Door;
  readonly #doors: ReadonlyMap<string, Door>;
  #farewells = 0;

  constructor(ws: Peers["ws"], options: SocketServerOptions) {
    this.#options = options;
    const doorOf = (way: EntryWay): Door => ({ way, server: openDoor(ws, way) });
    this.#ownDoor = doorOf(ownWay(options.tokens));
    this.#doors = new Map([...(options.ways ?? [])].map(([path, way]) => [path, doorOf(way)]));
  }

  /** Answers an HTTP upgrade. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on("error", () => socket.destroy());
    const { headers } = request;
    const { path, search } = targetOf(request.url);
    const serve = this.#options.paths.get(path);
    if (serve === undefined) return refuseUpgrade(socket, 404);
    const { way, server } = this.#doors.get(path) ?? this.#ownDoor;
    const { isBrowser, token } = way.credentialsOf(headers);
    const admission = await this.#admit(way, token, headers.origin);
    const isRefused = admission instanceof GatewayError;
    if (isRefused && (!isBrowser || this.#farewells >= MAX_FAREWELLS)) return refuseUpgrade(socket, admission);
    const leave = isRefused ? this.#beginFarewell() : admission.leave;
    if (socket.destroyed) return leave();
    socket.once("close", leave);
    server.handleUpgrade(request, socket, head, (client) => {
      client.on("error", () => undefined); // always followed by "close"
      if (isRefused) way.tellFailure(client, admission);
      else serve(client, { search, headers, settings: admission.settings });
    });
  }

  /** Says goodbye to every client (close 1001) and waits until no socket is left. */
  async close(): Promise<void> {
    const servers = [this.#ownDoor, ...this.#doors.values()].map(({ server }) => server);
    for (const server of servers) server.close();
    const clients = servers.flatMap((server) => [...server.clients]);
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
  async #admit(
    way: EntryWay,
    credential: string | undefined,
    origin: string | undefined,
  ): Promise<Admission | GatewayError> {
    try {
      const { token, settings } = await way.verify(credential);
      return { leave: this.#options.seats.take({ origin, token }), settings };
    } catch (error) {
      return error instanceof GatewayError ? error : new GatewayError("token-refused", String(error), { cause: error });
    }
  }
}

interface Admission {
  readonly leave: () => void;
  readonly settings: Pass["settings"];
}

function openDoor(ws: Peers["ws"], { subprotocol, maxFrameBytes }: EntryWay): WebSocketServer {
  return new ws.WebSocketServer({
    noServer: true,
    clientTracking: true,
    perMessageDeflate: false,
    maxPayload: maxFrameBytes,
    handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
  });
}
