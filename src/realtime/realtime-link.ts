import { VoiceError } from "../errors.ts";
import { RetryBudget, type RetrySettings } from "../net/retry-budget.ts";
import type { TokenReason } from "../net/token.ts";
import type { DecodedEvent } from "./decode-server-event.ts";
import { RealtimeConnection, type ConnectionParts } from "./realtime-connection.ts";

/** Who uses a link. After `onClosed` nothing follows. */
export interface LinkUser {
  readonly onConnecting: (attempt: number) => void;
  readonly onMessage: (message: DecodedEvent) => void;
  readonly onSkipped: (error: VoiceError) => void;
  /** The session is gone, on purpose if there is no error; the next one is made in `retryInMs`. */
  readonly onLost: (error: VoiceError | undefined, retryInMs: number) => void;
  readonly onClosed: (error: VoiceError | undefined) => void;
  /** Now and then while a session is ready. */
  readonly onTick: (connection: RealtimeConnection) => void;
}

/** A connection that lasted so long was a good one. */
const HEALTHY_MS = 10_000;
const TICK_MS = 500;

/*
 *   idle ──connect──▶ connecting ──session.created──▶ configuring ──session.updated──▶ ready
 *                      ▲    │ broken                     │ broken                       │ broken, renewed
 *                      │    ▼                            │                              │
 *                     waiting ◀──────────────────────────┴──────────────────────────────╯   close: closed, from anywhere
 */
type LinkState = "idle" | "connecting" | "configuring" | "ready" | "waiting" | "closed";

/** Keeps a connection alive: one that breaks is made anew, as long as that makes sense. */
export class RealtimeLink {
  readonly #parts: ConnectionParts;
  readonly #user: LinkUser;
  readonly #budget: RetryBudget;
  #state: LinkState = "idle";
  #connection: RealtimeConnection | undefined;
  #callOff: (() => void) | undefined;
  #attempts = 0;
  #sessions = 0;
  #isRenewed = false;

  constructor(parts: ConnectionParts, retries: RetrySettings, user: LinkUser) {
    this.#parts = parts;
    this.#user = user;
    this.#budget = new RetryBudget(retries);
  }

  /** How it stands. */
  get state(): LinkState {
    return this.#state;
  }

  /** The connection on which there is a session. */
  get connection(): RealtimeConnection | undefined {
    return this.#state === "ready" || this.#state === "configuring" ? this.#connection : undefined;
  }

  /** Sessions that were ready, this one included. */
  get sessions(): number {
    return this.#sessions;
  }

  /** Connects, for the first time. Idempotent. */
  connect(): void {
    if (this.#state === "idle") this.#connect("connect");
  }

  /** The server greeted. */
  greeted(): void {
    this.#state = "configuring";
  }

  /** The session has its settings. */
  ready(): void {
    this.#state = "ready";
    this.#sessions += 1;
    this.#isRenewed = false; // who serves us took our secret
    this.#connection?.settle();
    this.#tick();
  }

  /** Begins a new session, unless there is none that could be given up. */
  renew(): void {
    if (this.#state === "idle" || this.#state === "closed") return;
    this.#callOff?.();
    this.#connection?.close();
    this.#wait(undefined, 0, "connect");
  }

  /** The session is over, by what the server said. */
  break(error: VoiceError): void {
    this.#connection?.break(error);
  }

  /** Ends it. Idempotent. */
  close(error?: VoiceError): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#callOff?.();
    this.#connection?.close();
    this.#connection = undefined;
    this.#user.onClosed(error);
  }

  #connect(reason: TokenReason): void {
    this.#state = "connecting";
    this.#attempts += 1;
    const { onMessage, onSkipped, onConnecting } = this.#user;
    const request = { attempt: this.#attempts, reason };
    const onBroken = (error: VoiceError): void => this.#broken(error);
    this.#connection = new RealtimeConnection(this.#parts, request, { onMessage, onSkipped, onBroken });
    onConnecting(this.#attempts);
  }

  #broken(error: VoiceError): void {
    this.#callOff?.();
    // A secret that was refused is fetched anew, once.
    const isRefused = error.code === "token-rejected";
    const mayRetry = error.retryable || (isRefused && !this.#isRenewed);
    const retryInMs = mayRetry ? this.#budget.spend() : undefined;
    if (retryInMs === undefined) return this.close(error);
    this.#isRenewed ||= isRefused;
    this.#wait(error, retryInMs, isRefused ? "rejected" : "reconnect");
  }

  #wait(error: VoiceError | undefined, retryInMs: number, reason: TokenReason): void {
    this.#state = "waiting";
    this.#connection = undefined;
    this.#callOff = this.#parts.clock.schedule(retryInMs, () => this.#connect(reason));
    this.#user.onLost(error, retryInMs);
  }

  #tick(): void {
    this.#callOff = this.#parts.clock.schedule(TICK_MS, () => {
      const connection = this.#connection;
      if (!connection) return;
      this.#tick();
      if (this.#parts.clock.nowMs() - connection.startedMs >= HEALTHY_MS) this.#budget.restore();
      this.#user.onTick(connection);
    });
  }
}
