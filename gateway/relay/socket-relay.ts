import type { IncomingHttpHeaders } from "node:http";
import type { WebSocket } from "ws";
import type { Peers } from "../peers.ts";
import { MAX_FRAME_BYTES } from "../protocol/messages.ts";
import type { ResolvedRelay } from "./relay-options.ts";
import { SocketPair } from "./socket-pair.ts";
import type { Upstream } from "./upstream.ts";

/** What sockets are relayed with. */
export interface SocketRelayOptions extends Pick<ResolvedRelay, "connectTimeoutMs" | "stallLimitMs"> {
  /** Where they lead. */
  readonly upstream: Upstream;
  /** How long both sides of a socket may say nothing, in ms. */
  readonly idleLimitMs: number;
}

/** Gives each client's socket one of its own to the upstream. */
export class SocketRelay {
  readonly #ws: Peers["ws"];
  readonly #options: SocketRelayOptions;
  readonly #pairs = new Set<SocketPair>();

  constructor(ws: Peers["ws"], options: SocketRelayOptions) {
    this.#ws = ws;
    this.#options = options;
  }

  /** How many sockets are relayed now. */
  get size(): number {
    return this.#pairs.size;
  }

  /** What is on its way, of all sockets and in both directions, in bytes. */
  get pendingBytes(): number {
    return [...this.#pairs].reduce((sum, pair) => sum + pair.pendingBytes, 0);
  }

  /** Joins an open socket to the upstream's `route`: a path below its base, with the query. */
  join(client: WebSocket, route: string, headers: IncomingHttpHeaders): SocketPair {
    const { upstream, ...limits } = this.#options;
    const dial = async (signal: AbortSignal): Promise<WebSocket> => {
      const own = await upstream.headers(headers);
      signal.throwIfAborted();
      return new this.#ws.WebSocket(upstream.socketUrl(route), {
        headers: own,
        perMessageDeflate: false,
        maxPayload: MAX_FRAME_BYTES,
      });
    };
    const pair = new SocketPair({ client, dial, ...limits });
    this.#pairs.add(pair);
    void pair.ended.then(() => this.#pairs.delete(pair));
    return pair;
  }

  /** Ends every pair, and resolves when no socket to the upstream is left. */
  async close(): Promise<void> {
    await Promise.all([...this.#pairs].map((pair) => pair.close()));
  }
}
