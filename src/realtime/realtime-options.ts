import type { Clock } from "../net/clock.ts";
import type { OpenSocket } from "../net/socket.ts";
import type { TokenFunction } from "../net/token.ts";
import type { RealtimeEvent } from "./realtime-event.ts";
import type { RealtimeItemInput } from "./realtime-item.ts";
import type { RealtimeTool, SessionSettings } from "./session-settings.ts";

/** How hard the server is tried. */
export interface RealtimeConnectionOptions {
  /** Attempts after one that failed, a whole number in 0..1000; a healthy connection restores them. @defaultValue 20 */
  readonly maxRetries?: number;
  /** From a failure to the next attempt, in ms, 0..60000, give or take a fifth; the first retry comes after 100. @defaultValue 2000 */
  readonly retryIntervalMs?: number;
  /** How long a session may take to be ready, or a request to be answered, in ms, 1..600000. @defaultValue 10000 */
  readonly timeoutMs?: number;
}

/** A conversation with OpenAI Realtime, or with a server that speaks its protocol. */
export interface RealtimeClientOptions {
  /** Fetches an ephemeral secret (`ek_…`) from the app's own server; called once per connection. */
  readonly token: TokenFunction;
  /** The model; it cannot change. @defaultValue "gpt-realtime" */
  readonly model?: string;
  /** An absolute URL, or one of the page such as `/v1/realtime`; `ws:` and `http:` for this machine only. @defaultValue "wss://api.openai.com/v1/realtime" */
  readonly baseUrl?: string | URL;
  /** The session's settings. */
  readonly session?: SessionSettings;
  /** The conversation's own instructions; they override the session's. */
  readonly instructions?: string;
  /** The conversation's own tools; they override the session's. */
  readonly tools?: readonly RealtimeTool[];
  /** What was said before, oldest first: asked for each new session, the first included. Audio cannot be given back. @defaultValue nothing */
  readonly context?: () => readonly RealtimeItemInput[];
  /** Asked before a session that is about to expire is renewed: false while audio of it plays, which could not be truncated any more. @defaultValue whenever nothing is said or made */
  readonly mayRenew?: () => boolean;
  /** Whether audio is not sent until `resumeAudio()`. @defaultValue false */
  readonly startPaused?: boolean;
  /** Retries and time limits. */
  readonly connection?: RealtimeConnectionOptions;
  /** Receives all that happens; must not throw. */
  readonly onEvent: (event: RealtimeEvent) => void;
  /** Receives each message of the server as it came, known or not, before anything is made of it; not what breaks the protocol. */
  readonly onServerEvent?: (event: Readonly<Record<string, unknown>>) => void;
  /** Hears every event too, such as `realtimeTracing({ tracer })`. One that throws is not asked again. */
  readonly tracing?: (event: RealtimeEvent) => void;
  /** Makes the socket; for Node, proxies and tests. @defaultValue the platform's `WebSocket` */
  readonly webSocket?: OpenSocket;
  /** Time of retries and deadlines; for tests. @defaultValue the platform's */
  readonly clock?: Clock;
}

/** {@link RealtimeConnectionOptions} checked and completed. */
export type RealtimeConnectionSettings = Required<RealtimeConnectionOptions>;

/**
 * Checks options and fills in what is missing.
 *
 * @throws RangeError naming the option, the rule and the value.
 */
export function connectionSettings(options: RealtimeConnectionOptions = {}): RealtimeConnectionSettings {
  const settings = { maxRetries: 20, retryIntervalMs: 2_000, timeoutMs: 10_000, ...options };
  requireIn("maxRetries", settings.maxRetries, 0, 1_000);
  requireIn("retryIntervalMs", settings.retryIntervalMs, 0, 60_000);
  requireIn("timeoutMs", settings.timeoutMs, 1, 600_000);
  if (Number.isInteger(settings.maxRetries)) return settings;
  throw new RangeError(`realtime.connection.maxRetries must be a whole number, got ${settings.maxRetries}`);
}

function requireIn(option: string, value: number, min: number, max: number): void {
  if (value >= min && value <= max) return;
  throw new RangeError(`realtime.connection.${option} must be in [${min}, ${max}], got ${value}`);
}
