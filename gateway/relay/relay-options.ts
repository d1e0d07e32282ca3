/** Where a relay leads, and how patient it is. */
export interface RelayOptions {
  /**
   * Base of the upstream's API, `http(s)` or `ws(s)`, such as `https://agent-gateway.livekit.cloud/v1`; `/stt`, `/tts`,
   * `/bargein`, `/eot` and `/chat/completions` are below it.
   */
  readonly url: string;
  /** `iss` of the tokens for the upstream. */
  readonly apiKey: string;
  /** Signs them; it never leaves this process. */
  readonly apiSecret: string;
  /** How long a socket to the upstream may take to open, in ms. Meanwhile the client's frames wait. @defaultValue 10_000 */
  readonly connectTimeoutMs?: number;
  /** How long the upstream may say nothing before and within the answer to a request, in ms. @defaultValue 60_000 */
  readonly answerTimeoutMs?: number;
  /** How long either end of a socket may read nothing while 256 KiB wait for it, in ms. @defaultValue 30_000 */
  readonly stallLimitMs?: number;
  /** Largest body of a request, in bytes; it is held in memory until it is complete. @defaultValue 4_194_304 */
  readonly maxRequestBytes?: number;
}

/** The options of a relay with their defaults filled in, and the URL in its two schemes, without a `/` at the end. */
export interface ResolvedRelay extends Required<Omit<RelayOptions, "url">> {
  readonly requestBase: string;
  readonly socketBase: string;
}

/**
 * Fills in the defaults.
 * @throws RangeError naming the option that is out of range, never a secret.
 */
export function resolveRelay({ url, ...options }: RelayOptions): ResolvedRelay {
  const resolved = {
    connectTimeoutMs: 10_000,
    answerTimeoutMs: 60_000,
    stallLimitMs: 30_000,
    maxRequestBytes: 4_194_304,
    ...options,
  };
  requireWhole("connectTimeoutMs", resolved.connectTimeoutMs, 2 ** 31 - 1);
  requireWhole("answerTimeoutMs", resolved.answerTimeoutMs, 2 ** 31 - 1);
  requireWhole("stallLimitMs", resolved.stallLimitMs, 2 ** 31 - 1);
  requireWhole("maxRequestBytes", resolved.maxRequestBytes, 2 ** 28);
  if (resolved.apiKey === "") throw new RangeError("relay.apiKey must not be empty");
  if (resolved.apiSecret === "") throw new RangeError("relay.apiSecret must not be empty");
  return { ...resolved, ...readBase(url) };
}

function readBase(text: string): Pick<ResolvedRelay, "requestBase" | "socketBase"> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBase = url?.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (url === undefined || !isBase || !/^(?:http|ws)s?:$/.test(url.protocol)) {
    // Not quoted: a URL with a password in it would end in a log.
    throw new RangeError("relay.url must be an http, https, ws or wss URL without user, query and fragment");
  }
  const rest = `${url.host}${url.pathname.replace(/\/+$/, "")}`;
  const isSecure = /^(?:https|wss):$/.test(url.protocol);
  return {
    requestBase: `${isSecure ? "https" : "http"}://${rest}`,
    socketBase: `${isSecure ? "wss" : "ws"}://${rest}`,
  };
}

function requireWhole(option: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return;
  throw new RangeError(`relay.${option} must be a whole number in [1, ${max}], got ${value}`);
}
