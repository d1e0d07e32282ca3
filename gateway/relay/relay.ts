import type { ServeRequest } from "../http/api-requests.ts";
import type { Peers } from "../peers.ts";
import type { LocalService } from "../protocol/local-service.ts";
import type { ServeSocket } from "../protocol/socket-server.ts";
import { ModelSwitch } from "./model-switch.ts";
import type { ResolvedRelay } from "./relay-options.ts";
import { RELAYED_REQUESTS, RELAYED_SOCKETS } from "./relayed-paths.ts";
import { RequestRelay } from "./request-relay.ts";
import { SocketRelay } from "./socket-relay.ts";
import { Upstream } from "./upstream.ts";

/** All that leads to the upstream. */
export class Relay {
  readonly #sockets: SocketRelay;
  readonly #idleLimitMs: number;
  readonly #requests: RequestRelay;

  constructor({ ws, jose }: Peers, options: ResolvedRelay & { readonly idleLimitMs: number }) {
    const upstream = new Upstream(jose, options);
    const { connectTimeoutMs, stallLimitMs, idleLimitMs, answerTimeoutMs } = options;
    this.#idleLimitMs = idleLimitMs;
    this.#sockets = new SocketRelay(ws, { upstream, connectTimeoutMs, stallLimitMs, idleLimitMs });
    this.#requests = new RequestRelay({ upstream, answerTimeoutMs });
  }

  /** Who serves each path's sockets: the upstream, except for models that one of `services` has. */
  paths(services: readonly LocalService[]): ReadonlyMap<string, ServeSocket> {
    const relayed = [...RELAYED_SOCKETS].map(([path, route]): [string, ServeSocket] => [
      path,
      (client, { search, headers }) => void this.#sockets.join(client, `${route}${search}`, headers),
    ]);
    const switched = services.map((local): [string, ServeSocket] => {
      const choice = new ModelSwitch({ local, relay: this.#sockets, idleLimitMs: this.#idleLimitMs });
      return [`/v1${local.route}`, (client, visit) => choice.serve(client, visit)];
    });
    return new Map([...relayed, ...switched]);
  }

  /** Who answers each path's requests: the upstream. */
  requestPaths(): ReadonlyMap<string, ServeRequest> {
    return new Map(
      [...RELAYED_REQUESTS].map(([path, route]) => [path, (request) => this.#requests.answer(request, route)]),
    );
  }

  /** Sockets that are relayed now, and bytes on their way in both directions. */
  get health(): { readonly sockets: number; readonly pendingBytes: number } {
    return { sockets: this.#sockets.size, pendingBytes: this.#sockets.pendingBytes };
  }

  /** Ends everything, and resolves when no socket to the upstream is left. */
  async close(): Promise<void> {
    await this.#sockets.close();
  }
}
