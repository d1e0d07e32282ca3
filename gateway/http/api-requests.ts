import type { IncomingMessage, ServerResponse } from "node:http";
import { GatewayError } from "../errors.ts";
import type { Seats } from "../limits/seats.ts";
import { sendError } from "./answers.ts";
import { credentialsOf } from "./credentials.ts";
import { readBody } from "./request-body.ts";
import { targetOf } from "./request-target.ts";
import type { Tokens } from "./tokens.ts";

/** A request that was let in, and has come whole. */
export interface ApiRequest {
  /** Its body has been read. */
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  /** From the `?` on, or empty. */
  readonly search: string;
  /** Aborted when the client leaves, and when the gateway closes. */
  readonly signal: AbortSignal;
}

/**
 * Answers a request. Resolves when the answer has been given.
 * @throws GatewayError if there is nothing to answer with. Once an answer has begun it can only break off.
 */
export type ServeRequest = (request: ApiRequest) => Promise<void>;

/** What requests are let in by. */
export interface ApiRequestsOptions {
  /** Verifies what clients bring. */
  readonly tokens: Tokens;
  /** Counts requests in flight. */
  readonly seats: Seats;
  /** Who answers which path. */
  readonly paths: ReadonlyMap<string, ServeRequest>;
  /** Largest body, in bytes; it is held in memory. */
  readonly maxRequestBytes: number;
}

/** The door for the API's requests: a token, a seat, a body of bounded size, and an answer in any case. */
export class ApiRequests {
  readonly #options: ApiRequestsOptions;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(options: ApiRequestsOptions) {
    this.#options = options;
  }

  /** True if this path takes requests. */
  has(path: string): boolean {
    return this.#options.paths.has(path);
  }

  /** Answers a request, be it with an error in JSON. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answered = this.#let(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      if (response.destroyed) return;
      // The rest of the body is not read.
      if (!request.complete) response.setHeader("Connection", "close");
      if (!(error instanceof GatewayError)) throw error;
      sendError(response, error);
    });
    this.#running.add(answered);
    await answered.finally(() => this.#running.delete(answered));
  }

  /** Aborts every request, and resolves when none is left. */
  async close(): Promise<void> {
    this.#closing.abort(new GatewayError("full", "The gateway is closing"));
    await Promise.allSettled(this.#running);
  }

  async #let(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { tokens, seats, paths, maxRequestBytes } = this.#options;
    const { path, search } = targetOf(request.url);
    const token = await tokens.verify(credentialsOf(request.headers).token);
    const leave = seats.take({ origin: request.headers.origin, token });
    try {
      const leaving = new AbortController();
      response.once("close", () => leaving.abort());
      if (response.destroyed) leaving.abort();
      const signal = AbortSignal.any([leaving.signal, this.#closing.signal]);
      signal.throwIfAborted();
      const body = await readBody(request, maxRequestBytes, signal);
      await paths.get(path)?.({ request, response, body, search, signal });
    } finally {
      leave();
    }
  }
}
