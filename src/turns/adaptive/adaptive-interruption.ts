import type { Clock } from "../../net/clock.ts";
import { systemClock } from "../../net/system-clock.ts";
import type { OpenSocket } from "../../net/socket.ts";
import { openWebSocket } from "../../net/web-socket.ts";
import type { TokenFunction } from "../../net/token.ts";
import type { OverlapDetector } from "../overlap-detector.ts";
import { BargeinStream } from "./bargein-stream.ts";

/** Adaptive interruption by LiveKit Inference, or by a gateway that speaks its protocol. */
export interface AdaptiveInterruptionOptions {
  /** Fetches a short-lived token, once per connection. No long-lived secret belongs in a page. */
  readonly token: TokenFunction;
  /** Base URL of the gateway: `/v1` on the page's own origin, or absolute; `http` becomes `ws`. @defaultValue "/v1" */
  readonly url?: string | URL;
  /** From which probability on speech is an interruption, in [0, 1]. Lower interrupts sooner. @defaultValue the model's own */
  readonly threshold?: number;
  /** For how long it must sound like one, in ms, in [25, 3000]; counted in steps of 25. @defaultValue 50 */
  readonly minOverlapMs?: number;
  /** How long a connection may take to open, token included, in ms, in (0, 600000]. @defaultValue 10000 */
  readonly connectTimeoutMs?: number;
  /** How long an answer may take, in ms, in (0, 60000]. @defaultValue 700 */
  readonly answerTimeoutMs?: number;
  /** Makes the socket; for Node, proxies and tests. @defaultValue the platform's `WebSocket` */
  readonly webSocket?: OpenSocket;
  /** Time of deadlines; for tests. @defaultValue the platform's */
  readonly clock?: Clock;
}

/**
 * Lets a model decide whether speech over the agent's is meant to interrupt it, or just says "mhm": for
 * `interruption: { mode: adaptiveInterruption({ … }) }`.
 *
 * While both speak, it is sent the last 1 to 3 s of the microphone, ten times a second. Whatever goes wrong, nothing is
 * tried again: from then on speech interrupts by its length.
 *
 * @throws TypeError or RangeError that names the option, the rule and the value.
 */
export function adaptiveInterruption(options: AdaptiveInterruptionOptions): OverlapDetector {
  const path = "adaptiveInterruption";
  const { token, url = "/v1", threshold, webSocket = openWebSocket, clock = systemClock } = options;
  const { minOverlapMs = 50, connectTimeoutMs = 10_000, answerTimeoutMs = 700 } = options;
  if (typeof token !== "function") throw new TypeError(`${path}.token must be a function that fetches a token`);
  if (!isWebUrl(url))
    throw new TypeError(`${path}.url must be an http or ws URL, absolute or of this page, got "${url}"`);
  requireRange(`${path}.threshold`, threshold ?? 0, 0, 1);
  requireRange(`${path}.minOverlapMs`, minOverlapMs, 25, 3_000);
  requireRange(`${path}.connectTimeoutMs`, connectTimeoutMs, 1, 600_000);
  requireRange(`${path}.answerTimeoutMs`, answerTimeoutMs, 1, 60_000);
  const parts = {
    token,
    urlOf: (base: string | URL | undefined) => socketUrl(base ?? url),
    minFrames: Math.ceil(minOverlapMs / 25),
    threshold,
    connectTimeoutMs,
    answerTimeoutMs,
    openSocket: webSocket,
    clock,
  };
  return {
    model: "adaptive interruption",
    provider: "livekit",
    stream: (streamOptions) => new BargeinStream(parts, streamOptions),
  };
}

function requireRange(path: string, value: number, min: number, max: number): void {
  if (!(value >= min && value <= max)) throw new RangeError(`${path} must be in [${min}, ${max}], got ${value}`);
}

function isWebUrl(url: string | URL): boolean {
  try {
    return /^(http|ws)s?:$/.test(new URL(url, "http://page").protocol);
  } catch {
    return false;
  }
}

function socketUrl(base: string | URL): string {
  const url = new URL(base, typeof document === "undefined" ? undefined : document.baseURI);
  url.protocol = url.protocol.replace("http", "ws");
  url.pathname = `${url.pathname.replace(/\/$/, "")}/bargein`;
  return url.href;
}
