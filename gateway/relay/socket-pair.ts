/*
 *   dialling ──upstream opens──▶ open ──either side closes, a limit is reached, the gateway closes──▶ ended
 *       └──── client leaves, upstream refuses, cannot be reached or takes too long ────────────────────┘
 *
 * A close frame is passed on with its code and reason. What has no close frame is put into words: the upstream's end as
 * an `error` to the client, the client's disappearance as 1001 to the upstream.
 */
import type { WebSocket } from "ws";
import { GatewayError } from "../errors.ts";
import { tellFailure } from "../protocol/tell-failure.ts";
import { FrameLane } from "./frame-lane.ts";
import { dialFailure, refusalOf } from "./upstream-failures.ts";

/** "No status received": the close frame carried no code. It cannot be sent, an empty close frame says the same. */
const NO_CODE = 1005;
/** "Abnormal closure": there was no close frame. It cannot be sent. */
const NO_CLOSE_FRAME = 1006;
const GOING_AWAY = 1001;
/** How long the upstream may take to answer the goodbye of a closing gateway, in ms. */
const GOODBYE_MS = 300;

/** What a pair is told when it begins. */
export interface SocketPairOptions {
  /** The client's socket, open. */
  readonly client: WebSocket;
  /** Begins to connect to the upstream; aborting means that nobody needs the socket any more. */
  readonly dial: (signal: AbortSignal) => Promise<WebSocket>;
  /** How long the upstream may take to open, in ms. */
  readonly connectTimeoutMs: number;
  /** How long either side may read nothing while frames wait for it, in ms. */
  readonly stallLimitMs: number;
  /** How long both sides may say nothing, in ms. */
  readonly idleLimitMs: number;
}

/** A client's socket and its upstream's: what one says, the other hears. */
export class SocketPair {
  readonly #client: WebSocket;
  readonly #toUpstream: FrameLane;
  readonly #toClient: FrameLane;
  readonly #connectTimer: NodeJS.Timeout;
  readonly #idleTimer: NodeJS.Timeout;
  readonly #ending = new AbortController();
  #upstream: WebSocket | undefined;

  /** Resolves when the pair has ended and its upstream socket is no more. */
  readonly ended: Promise<void>;

  constructor({ client, dial, connectTimeoutMs, stallLimitMs, idleLimitMs }: SocketPairOptions) {
    this.#client = client;
    this.#connectTimer = setTimeout(() => {
      this.#fail(new GatewayError("upstream-timeout", `The upstream did not answer within ${connectTimeoutMs} ms`));
    }, connectTimeoutMs);
    this.#idleTimer = setTimeout(() => {
      this.#fail(new GatewayError("idle", "Session closed due to agent inactivity"));
    }, idleLimitMs);
    this.#toUpstream = new FrameLane({
      from: client,
      stallLimitMs,
      onStalled: () => this.#fail(new GatewayError("upstream-timeout", "The upstream has stopped reading")),
    });
    this.#toClient = new FrameLane({
      from: { pause: () => this.#upstream?.pause(), resume: () => this.#upstream?.resume() },
      stallLimitMs,
      onStalled: () => this.#end(() => client.terminate(), leave),
    });
    this.#toClient.open(client);
    client.on("message", (payload: Buffer, isBinary) => this.receive(payload, isBinary));
    client.on("close", (code, reason) => this.#end(noFarewell, (upstream) => passClose(upstream, code, reason)));
    this.ended = this.#connect(dial);
  }

  /** What is on its way in both directions, in bytes. */
  get pendingBytes(): number {
    return this.#toUpstream.pendingBytes + this.#toClient.pendingBytes;
  }

  /** Takes a frame of the client, as if it had just come. */
  receive(payload: Buffer, isBinary: boolean): void {
    this.#idleTimer.refresh();
    this.#toUpstream.push(payload, isBinary);
  }

  /** Says goodbye to both sides, and waits until the upstream's socket is gone. */
  async close(): Promise<void> {
    this.#end(leave, leave);
    const deadline = setTimeout(() => this.#upstream?.terminate(), GOODBYE_MS);
    await this.ended;
    clearTimeout(deadline);
  }

  async #connect(dial: SocketPairOptions["dial"]): Promise<void> {
    const { signal } = this.#ending;
    let upstream: WebSocket;
    try {
      upstream = await dial(signal);
    } catch (cause) {
      this.#fail(dialFailure(cause));
      return;
    }
    this.#upstream = upstream;
    upstream.on("message", (payload: Buffer, isBinary) => {
      this.#idleTimer.refresh();
      this.#toClient.push(payload, isBinary);
    });
    let failure: GatewayError | undefined;
    upstream.on("open", () => {
      clearTimeout(this.#connectTimer);
      failure = new GatewayError("upstream-lost", "The connection to the upstream broke");
      this.#toUpstream.open(upstream);
    });
    upstream.on("unexpected-response", (_request, { statusCode }) => {
      failure = refusalOf(statusCode);
      upstream.terminate();
    });
    upstream.on("error", (cause) => (failure ??= dialFailure(cause))); // always followed by "close"
    const closed = new Promise<void>((resolve) => {
      upstream.on("close", (code, reason) => {
        this.#end((client) => {
          if (code === NO_CLOSE_FRAME && failure !== undefined) tellFailure(client, failure);
          else passClose(client, code, reason);
        }, noFarewell);
        resolve();
      });
    });
    if (signal.aborted) upstream.terminate();
    await closed;
  }

  #fail(error: GatewayError): void {
    // What did not answer or read in time would not read a goodbye either.
    const isSilent = error.reason === "upstream-timeout";
    this.#end((client) => tellFailure(client, error), isSilent ? (upstream) => upstream.terminate() : leave);
  }

  #end(toClient: (client: WebSocket) => void, toUpstream: (upstream: WebSocket) => void): void {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    clearTimeout(this.#connectTimer);
    clearTimeout(this.#idleTimer);
    this.#toUpstream.end();
    this.#toClient.end();
    toClient(this.#client);
    if (this.#upstream !== undefined) toUpstream(this.#upstream);
  }
}

/** Passes a close frame on as it came; a code that no frame may carry becomes what it means. */
function passClose(socket: WebSocket, code: number, reason: Buffer): void {
  if (code === NO_CODE) socket.close();
  else if (code === NO_CLOSE_FRAME) leave(socket);
  else socket.close(code, reason);
}

function leave(socket: WebSocket): void {
  socket.close(GOING_AWAY);
}

function noFarewell(): void {}
