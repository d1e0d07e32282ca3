import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { signInferenceToken } from "../http/inference-token.ts";
import type { Peers } from "../peers.ts";
import type { ResolvedRelay } from "./relay-options.ts";

/** As LiveKit's SDKs: a token lives for ten minutes, and is used for one connection or request. */
const TOKEN_LIFETIME_MS = 600_000;

/** What a client may say to the upstream in headers; everything else that it sent ends here. */
const PASSED_ON = ["x-livekit-inference-provider", "x-livekit-inference-priority"];

/** The server behind the relay: where it is, and how this gateway introduces itself to it. */
export class Upstream {
  readonly #jose: Peers["jose"];
  readonly #options: ResolvedRelay;
  readonly #secret: Uint8Array;

  constructor(jose: Peers["jose"], options: ResolvedRelay) {
    this.#jose = jose;
    this.#options = options;
    this.#secret = new TextEncoder().encode(options.apiSecret);
  }

  /** URL of a socket; `route` is a path below the base, with its query. */
  socketUrl(route: string): string {
    return `${this.#options.socketBase}${route}`;
  }

  /** URL of a request; `route` is a path below the base, with its query. */
  requestUrl(route: string): string {
    return `${this.#options.requestBase}${route}`;
  }

  /** The headers of one connection or request: credentials of its own, and what the client may add. */
  async headers(client: IncomingHttpHeaders): Promise<Record<string, string>> {
    const { token } = await signInferenceToken(this.#jose, {
      apiKey: this.#options.apiKey,
      secret: this.#secret,
      lifetimeMs: TOKEN_LIFETIME_MS,
    });
    const passed = PASSED_ON.flatMap((name) => {
      const value = client[name];
      return typeof value === "string" ? [[name, value] as const] : [];
    });
    return {
      ...Object.fromEntries(passed),
      authorization: `Bearer ${token}`,
      "user-agent": `vivavoce-gateway (node ${process.versions.node})`,
      "x-livekit-session-id": `inference_${randomUUID().replaceAll("-", "").slice(0, 12)}`,
    };
  }
}
