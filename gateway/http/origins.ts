import type { IncomingHttpHeaders } from "node:http";

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Decides which pages may ask this server for tokens and read its answers. */
export class Origins {
  readonly #allowed: ReadonlySet<string>;
  readonly #isLoopback: boolean;

  /** Besides the server's own pages, those of `allowedOrigins` (such as `https://app.example`). */
  constructor(allowedOrigins: readonly string[], host: string) {
    this.#allowed = new Set(allowedOrigins);
    this.#isLoopback = LOOPBACK_HOSTS.has(host) || host === "::1";
  }

  /** True if a page elsewhere may read the answers (CORS). */
  isAllowed(origin: string | undefined): origin is string {
    return origin !== undefined && this.#allowed.has(origin);
  }

  /** True if the request comes from a page of this server, or from an allowed one. Requests that hide it do not pass. */
  mayHaveToken(headers: IncomingHttpHeaders): boolean {
    const { origin, host } = headers;
    if (this.isAllowed(origin)) return true;
    const site = headers["sec-fetch-site"];
    if (site !== undefined && site !== "same-origin") return false;
    if (origin === undefined) return site === "same-origin" && this.#isOwn(host);
    return URL.canParse(origin) && new URL(origin).host === host && this.#isOwn(host);
  }

  /** A page whose name was re-bound to this machine has its own name in `Host`; a local server answers to local names only. */
  #isOwn(host: string | undefined): boolean {
    if (host === undefined || !this.#isLoopback) return host !== undefined;
    return LOOPBACK_HOSTS.has(host.replace(/:\d+$/, ""));
  }
}
