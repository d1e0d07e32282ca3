import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { availableParallelism } from "node:os";
import type { Script } from "./engines/script.ts";
import { MAX_TOKEN_LIFETIME_MS } from "./http/issued-token.ts";
import { resolveRelay } from "./relay/relay-options.ts";
import type { RelayOptions, ResolvedRelay } from "./relay/relay-options.ts";
import { resolveLivekit } from "./rooms/room-options.ts";
import type { LivekitOptions } from "./rooms/room-options.ts";

/** Answers the requests that are none of the gateway's, so that one port can serve a page too. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** How a gateway runs. Everything has a default that suits one machine. */
export interface GatewayOptions {
  /** TCP port; 0 takes any free one. @defaultValue 0 */
  readonly port?: number;
  /** Address to listen at. Others than loopback are reachable from outside. @defaultValue "127.0.0.1" */
  readonly host?: string;
  /** `iss` of the tokens. @defaultValue "vivavoce" */
  readonly apiKey?: string;
  /** Signs the tokens. @defaultValue a random one: tokens end with the process */
  readonly apiSecret?: string;
  /** How long a token lasts, in ms, at most 600,000. @defaultValue 600_000 */
  readonly tokenLifetimeMs?: number;
  /** Other names of models: `{ "deepgram/nova-3": "pocketsphinx/en-us" }`. @defaultValue {} */
  readonly modelAliases?: Readonly<Record<string, string>>;
  /** The model that serves names nobody knows, such as `"pocketsphinx"`. @defaultValue undefined: they are refused */
  readonly defaultEngine?: string;
  /** Most PocketSphinx streams at once; each takes about 180 MB, and up to half a core while somebody speaks. @defaultValue 2 × cores, at most 4 */
  readonly maxStreams?: number;
  /** Decoders kept ready. More begins bursts of streams sooner and holds 180 MB each. @defaultValue 1 */
  readonly warm?: number;
  /** Most texts that are spoken at once, by espeak-ng; each takes about 45 MB. More wait for their turn. @defaultValue cores, at most 4 */
  readonly maxSpeakers?: number;
  /** Most WebSockets at once, wherever they lead. @defaultValue 64 */
  readonly maxSockets?: number;
  /** Most WebSockets of the pages of one origin. Fewer leave more to other pages. @defaultValue half of `maxSockets` */
  readonly maxSocketsPerOrigin?: number;
  /** Most WebSockets of one token. A page that fetches a token per connection needs 1. @defaultValue 8, at most `maxSockets` */
  readonly maxSocketsPerToken?: number;
  /** Most relayed HTTP requests in flight; each holds its body in memory. @defaultValue 64 */
  readonly maxRequests?: number;
  /** Most of them of the pages of one origin. @defaultValue half of `maxRequests` */
  readonly maxRequestsPerOrigin?: number;
  /** Most of them of one token. @defaultValue 8, at most `maxRequests` */
  readonly maxRequestsPerToken?: number;
  /** Silence that ends an utterance, in ms. Shorter answers sooner but cuts pauses. @defaultValue 700 */
  readonly endSilenceMs?: number;
  /** How long a client may say nothing before its session is closed with 2007, in ms. @defaultValue 1_800_000 */
  readonly idleLimitMs?: number;
  /** Pages of other origins that may fetch tokens and recordings, such as `"https://app.example"`. @defaultValue [] */
  readonly allowedOrigins?: readonly string[];
  /** More scripts for the models `script/<name>`, besides the built-in ones. @defaultValue {} */
  readonly scripts?: Readonly<Record<string, Script>>;
  /** Serves the last ledger's PCM at `GET /ledger/last` to whoever asks: for tests only. @defaultValue false */
  readonly exposeLedger?: boolean;
  /**
   * Where everything goes that no engine here serves: sockets of `/v1/stt` and `/v1/tts` with other models, of
   * `/v1/bargein` and `/v1/eot`, and requests for `/v1/chat/completions`. Excludes `defaultEngine`. @defaultValue undefined: nowhere
   */
  readonly relay?: RelayOptions;
  /** The LiveKit server for whose rooms `POST /livekit/token` gives tokens: for development. @defaultValue undefined: none */
  readonly livekit?: LivekitOptions;
  /** Answers requests for other paths. @defaultValue 404 */
  readonly fallback?: RequestHandler;
}

/** The options with their defaults filled in. */
export interface ResolvedOptions
  extends
    Required<Omit<GatewayOptions, "defaultEngine" | "fallback" | "livekit" | "relay">>,
    Pick<GatewayOptions, "defaultEngine" | "fallback"> {
  /** Undefined: nowhere. */
  readonly relay: ResolvedRelay | undefined;
  /** Undefined: none. */
  readonly livekit: LivekitOptions | undefined;
}

/**
 * Fills in the defaults.
 * @throws RangeError naming the option that is out of range.
 */
export function resolveOptions(options: GatewayOptions): ResolvedOptions {
  const { maxSockets = 64, maxRequests = 64, relay, livekit } = options;
  const resolved: ResolvedOptions = {
    port: 0,
    host: "127.0.0.1",
    apiKey: "vivavoce",
    apiSecret: randomBytes(32).toString("base64url"),
    tokenLifetimeMs: MAX_TOKEN_LIFETIME_MS,
    modelAliases: {},
    maxStreams: Math.min(4, 2 * availableParallelism()),
    warm: 1,
    maxSpeakers: Math.min(4, availableParallelism()),
    maxSockets,
    maxSocketsPerOrigin: Math.ceil(maxSockets / 2),
    maxSocketsPerToken: Math.min(8, maxSockets),
    maxRequests,
    maxRequestsPerOrigin: Math.ceil(maxRequests / 2),
    maxRequestsPerToken: Math.min(8, maxRequests),
    endSilenceMs: 700,
    idleLimitMs: 1_800_000,
    allowedOrigins: [],
    scripts: {},
    exposeLedger: false,
    ...options,
    relay: relay && resolveRelay(relay),
    livekit: livekit && resolveLivekit(livekit),
  };
  requireWhole("port", resolved.port, 0, 65_535);
  requireWhole("tokenLifetimeMs", resolved.tokenLifetimeMs, 1_000, MAX_TOKEN_LIFETIME_MS);
  requireWhole("maxStreams", resolved.maxStreams, 1, 64);
  requireWhole("warm", resolved.warm, 0, resolved.maxStreams);
  requireWhole("maxSpeakers", resolved.maxSpeakers, 1, 64);
  requireWhole("maxSockets", maxSockets, 1, 10_000);
  requireWhole("maxSocketsPerOrigin", resolved.maxSocketsPerOrigin, 1, maxSockets);
  requireWhole("maxSocketsPerToken", resolved.maxSocketsPerToken, 1, maxSockets);
  requireWhole("maxRequests", maxRequests, 1, 10_000);
  requireWhole("maxRequestsPerOrigin", resolved.maxRequestsPerOrigin, 1, maxRequests);
  requireWhole("maxRequestsPerToken", resolved.maxRequestsPerToken, 1, maxRequests);
  requireWhole("endSilenceMs", resolved.endSilenceMs, 10, 60_000);
  requireWhole("idleLimitMs", resolved.idleLimitMs, 1, 2 ** 31 - 1);
  if (resolved.apiSecret === "") throw new RangeError("apiSecret must not be empty");
  if (relay !== undefined && resolved.defaultEngine !== undefined)
    throw new RangeError("defaultEngine and relay exclude each other: either would serve what nobody else does");
  return resolved;
}

function requireWhole(option: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new RangeError(`${option} must be a whole number in [${min}, ${max}], got ${value}`);
}
