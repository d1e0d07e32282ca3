import type { IncomingMessage, ServerResponse } from "node:http";
import { GatewayError } from "../errors.ts";
import { sendError } from "../http/answers.ts";
import { credentialsOf } from "../http/credentials.ts";
import { targetOf } from "../http/request-target.ts";
import type { Tokens } from "../http/tokens.ts";
import type { Seats } from "../limits/seats.ts";
import type { RequestRelay } from "./request-relay.ts";
import { RELAYED_REQUESTS } from "./relayed-paths.ts";

/** What relayed requests are let in by. */
export interface RelayedRequestsOptions {
  /** Verifies what clients bring. */
  readonly tokens: Tokens;
  /** Counts requests in flight. */
  readonly seats: Seats;
  /** Passes them on. */
  readonly relay: RequestRelay;
}

/** The door for relayed requests: a token, a seat, and an answer in any case. */
export class RelayedRequests {
  readonly #options: RelayedRequestsOptions;

  constructor(options: RelayedRequestsOptions) {
    this.#options = options;
  }

  /** True if requests for this path are relayed. */
  has(path: string): boolean {
    return RELAYED_REQUESTS.has(path);
  }

  /** Answers a request, with the upstream's answer or with an error in JSON. Never rejects. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#pass(request, response);
    } catch (error) {
      if (response.headersSent || response.destroyed) return;
      // The rest of the body is not read.
      if (!request.complete) response.setHeader("Connection", "close");
      sendError(
        response,
        error instanceof GatewayError ? error : new GatewayError("upstream-lost", String(error), { cause: error }),
      );
    }
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { tokens, seats, relay } = this.#options;
    const { path, search } = targetOf(request.url);
    const token = await tokens.verify(credentialsOf(request.headers).token);
    const leave = seats.take({ origin: request.headers.origin, token });
    try {
      await relay.answer(request, response, `${RELAYED_REQUESTS.get(path)}${search}`);
    } finally {
      leave();
    }
  }
}
