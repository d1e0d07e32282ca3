import http from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import https from "node:https";
import { pipeline } from "node:stream/promises";
import { GatewayError } from "../errors.ts";
import type { ApiRequest } from "../http/api-requests.ts";
import type { ResolvedRelay } from "./relay-options.ts";
import { dialFailure, refusalOf } from "./upstream-failures.ts";
import type { Upstream } from "./upstream.ts";

/** Headers of a request that the upstream gets as they came. */
const REQUEST_HEADERS = ["content-type", "accept"];
/** Headers of an answer that the client gets as they came; what is not listed may tell of credentials or of the connection. */
const ANSWER_HEADERS: ReadonlySet<string> = new Set([
  "cache-control",
  "content-encoding",
  "content-length",
  "content-type",
  "retry-after",
  "x-request-id",
]);
/** Quotas, such as `X-LiveKit-Inference-RPM-Limit`. */
const QUOTA_PREFIX = "x-livekit-inference-";
/** Statuses that speak of the gateway's own credentials: no business of the client, who would doubt its own. */
const OWN_CREDENTIALS: ReadonlySet<number> = new Set([401, 403, 407]);

/** What requests are relayed with. */
export interface RequestRelayOptions extends Pick<ResolvedRelay, "answerTimeoutMs"> {
  /** Where they lead. */
  readonly upstream: Upstream;
}

/** Passes HTTP requests to the upstream, and its answers back as they come: server-sent events, one by one. */
export class RequestRelay {
  readonly #options: RequestRelayOptions;

  constructor(options: RequestRelayOptions) {
    this.#options = options;
  }

  /**
   * Passes a POST request on to the upstream's `route`, a path below its base. Resolves when the answer has been given;
   * a client that leaves aborts the upstream's work.
   * @throws GatewayError if there is nothing to answer with. Once an answer has begun it can only break off.
   */
  async answer({ request, response, body, search, signal }: ApiRequest, route: string): Promise<void> {
    const answer = await this.#ask(request.headers, body, `${route}${search}`, signal);
    const { statusCode = 0 } = answer;
    if (statusCode < 200 || (statusCode >= 300 && statusCode < 400) || OWN_CREDENTIALS.has(statusCode)) {
      answer.destroy();
      throw refusalOf(statusCode);
    }
    response.writeHead(statusCode, answerHeaders(answer.headers)).flushHeaders();
    // What breaks now has destroyed the response, which is all that can be said in the middle of one.
    await pipeline(answer, response, { signal }).catch(() => undefined);
  }

  async #ask(client: IncomingHttpHeaders, body: Buffer, route: string, signal: AbortSignal): Promise<IncomingMessage> {
    const { upstream, answerTimeoutMs } = this.#options;
    const url = upstream.requestUrl(route);
    const kept = REQUEST_HEADERS.flatMap((name) => (client[name] === undefined ? [] : [[name, client[name]] as const]));
    const headers: OutgoingHttpHeaders = {
      ...Object.fromEntries(kept),
      ...(await upstream.headers(client)),
      "content-length": body.length,
    };
    return new Promise((resolve, reject) => {
      const send = url.startsWith("https:") ? https.request : http.request;
      // A connection of its own: a kept one may be closed by the upstream just when a request is written to it.
      const options = { method: "POST", headers, signal, timeout: answerTimeoutMs, agent: false };
      const asking = send(url, options, resolve);
      asking.on("timeout", () => {
        asking.destroy(new GatewayError("upstream-timeout", `The upstream said nothing for ${answerTimeoutMs} ms`));
      });
      asking.on("error", (cause) => reject(dialFailure(signal.aborted ? signal.reason : cause)));
      asking.end(body);
    });
  }
}

function answerHeaders(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const passed = Object.entries(headers).filter(([name]) => ANSWER_HEADERS.has(name) || name.startsWith(QUOTA_PREFIX));
  const names = passed.map(([name]) => name).join(", ");
  return { ...Object.fromEntries(passed), ...(names !== "" && { "Access-Control-Expose-Headers": names }) };
}
