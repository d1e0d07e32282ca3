import { VoiceError } from "../errors.ts";
import type { Clock } from "../net/clock.ts";
import { systemClock } from "../net/system-clock.ts";
import type { TokenReason } from "../net/token.ts";
import { AnswerWatch } from "./answer-watch.ts";
import { connectionSettings, type ConnectionOptions, type ConnectionSettings } from "./connection-options.ts";
import type { SpeechStream, SpeechStreamHealth, SpeechStreamOptions, SttCapabilities } from "./contract.ts";
import { Downlink } from "./downlink.ts";
import { RetryBudget } from "../net/retry-budget.ts";
import { SpeechConnection, type ConnectionParts } from "./speech-connection.ts";
import type { SpeechEvent } from "./speech-event.ts";
import { StandingFinals } from "./standing-finals.ts";
import { Uplink } from "./uplink.ts";

/** How a provider is reached and spoken to, and what its model can do. */
export interface SpeechStreamParts extends ConnectionParts {
  readonly model: string;
  readonly provider: string;
  readonly capabilities: SttCapabilities;
  /** Length of an audio message, in samples at 16 kHz. */
  readonly packetSamples: number;
  /** A stream's own options win over these, field by field. */
  readonly connection?: ConnectionOptions;
  /** @defaultValue the platform's */
  readonly clock?: Clock;
  /** Numbers in [0, 1), for the jitter of retries. @defaultValue Math.random */
  readonly random?: () => number;
}

/** A connection that was open for so long was healthy: it restores the retries. */
const HEALTHY_MS = 10_000;
/** How often a socket that is full is looked at again while the last texts are awaited. */
const DRAIN_MS = 20;

/*
 *   connecting ──open──▶ open ──lost, and nothing is owed──▶ dormant ──gate opens──▶ connecting
 *       │ ▲                └────lost, deaf, refused────────┐
 *       │ └──delay over── waiting ◀──retries left──────────┤
 *       └──failed──────────────────────────────────────────┘──none left, or hopeless──▶ ended (failed)
 *
 * This is the one layer that retries. What was sent and not answered is sent again on the next connection.
 */

/** Joins a codec to a socket: sends what passes the gate, again where a connection was lost, and places what comes back. */
export class CodecSpeechStream implements SpeechStream {
  readonly #parts: SpeechStreamParts;
  readonly #settings: ConnectionSettings;
  readonly #clock: Clock;
  readonly #budget: RetryBudget;
  readonly #onEvent: (event: SpeechEvent) => void;
  readonly #ended = new AbortController();
  readonly #uplink: Uplink;
  readonly #downlink: Downlink;
  readonly #watch: AnswerWatch;
  #connection: SpeechConnection | undefined;
  #cancelRetry: (() => void) | undefined;
  #attempts = 0;
  #skippedMessages = 0;
  #isRenewed = false;
  #hasErred = false;
  /** Called when something may have changed, once the end is waited for. */
  #onChange: (() => void) | undefined;

  /** Connects at once. @throws RangeError naming a connection option that is out of range. */
  constructor(parts: SpeechStreamParts, { onEvent, signal, connection }: SpeechStreamOptions) {
    this.#parts = parts;
    this.#settings = connectionSettings(parts.connection, connection);
    this.#clock = parts.clock ?? systemClock;
    this.#budget = new RetryBudget(this.#settings, parts.random);
    this.#onEvent = onEvent;
    const emit = (event: SpeechEvent): void => this.#emit(event);
    const finals = new StandingFinals();
    this.#uplink = new Uplink(parts, finals, emit);
    this.#downlink = new Downlink(parts, this.#uplink, finals, emit);
    this.#watch = new AnswerWatch(this.#uplink);
    if (signal.aborted) this.#end();
    else signal.addEventListener("abort", () => this.#end(), { once: true, signal: this.#ended.signal });
    this.#connect("connect");
  }

  get health(): SpeechStreamHealth {
    const unconnected = this.#cancelRetry ? "waiting" : "dormant";
    const standing = this.#connection ? (this.#connection.isOpen ? "open" : "connecting") : unconnected;
    const connection = this.#ended.signal.aborted ? "ended" : standing;
    const { lengths } = this.#uplink;
    return { connection, ...lengths, attempts: this.#attempts, skippedMessages: this.#skippedMessages };
  }

  openSegment(segmentId: number, startSample: number): void {
    this.#uplink.openSegment(segmentId, startSample);
    if (!this.#connection && !this.#cancelRetry) this.#connect("reconnect");
  }

  push(startSample: number, samples: Float32Array): void {
    this.#uplink.push(startSample, samples);
    this.#drain();
  }

  flush(speechEndSample: number): void {
    this.#watch.flushed(this.#clock.nowMs());
    this.#uplink.flush(speechEndSample);
    this.#drain();
  }

  closeSegment(endSample: number): void {
    this.#uplink.closeSegment(endSample);
    this.#drain();
  }

  advance(nowSample: number, isQuiet = false): void {
    this.#uplink.advance(nowSample, isQuiet);
    this.#drain();
    this.#listen();
  }

  /** Sends a message in the provider's language, in its place between the audio; dropped while there is no connection. */
  say(text: string): void {
    if (!this.#connection) return;
    this.#uplink.say(text);
    this.#drain();
  }

  async finish(limitMs: number): Promise<void> {
    this.#uplink.finish();
    this.#drain();
    await this.#answered(limitMs);
    if (!this.#ended.signal.aborted) this.#uplink.abandon(!this.#connection?.isOpen);
    this.#end();
  }

  /** Resolves when nothing is owed, at the end, or after `limitMs`. */
  #answered(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const untilMs = this.#clock.nowMs() + limitMs;
      let cancel: (() => void) | undefined;
      const look = (): void => {
        cancel?.();
        const leftMs = untilMs - this.#clock.nowMs();
        const isDone = this.#ended.signal.aborted || !this.#uplink.book.isOwed;
        if (isDone || leftMs <= 0) return resolve();
        this.#drain();
        cancel = this.#clock.schedule(Math.min(leftMs, DRAIN_MS), look);
      };
      this.#onChange = look;
      look();
    });
  }

  #connect(reason: TokenReason): void {
    this.#cancelRetry = undefined;
    if (this.#ended.signal.aborted) return;
    const cutSample = this.#downlink.heardUntil;
    this.#attempts += 1;
    const request = { attempt: this.#attempts, reason };
    const connection = new SpeechConnection(this.#parts, this.#settings, this.#clock, request, {
      onOpen: () => {
        if (this.#hasErred) this.#emit({ type: "recovered" });
        this.#hasErred = false;
        this.#drain();
      },
      onEvent: (event) => {
        this.#isRenewed = false; // who speaks to us took our token
        const isFinal = this.#downlink.receive(event, { ledger: connection.ledger, cutSample });
        if (isFinal) this.#budget.restore();
        this.#onChange?.();
      },
      onSkipped: (error) => {
        if (++this.#skippedMessages === 1) this.#emit({ type: "error", error, retryInMs: 0 });
      },
      onBroken: (error) => this.#broken(error),
    });
    this.#connection = connection;
  }

  #drain(): void {
    if (this.#connection) this.#uplink.drain(this.#connection);
  }

  /** Notices a connection that is dead without a close, and requests that nobody will answer. */
  #listen(): void {
    const connection = this.#connection;
    if (!connection?.isOpen || !connection.pulse) return;
    const { pulse, backlogBytes } = connection;
    const verdict = this.#watch.look(this.#clock.nowMs(), pulse, backlogBytes);
    if (verdict.kind === "dead") {
      connection.break(new VoiceError("gateway-timeout", "The gateway stopped answering"));
    } else if (verdict.kind === "give-up") {
      if (pulse.heardMs > pulse.openedMs) this.#budget.restore(); // it lives: that sound had no words
      this.#uplink.giveUp(verdict.segmentId);
    }
  }

  #broken(error: VoiceError): void {
    const pulse = this.#connection?.pulse;
    this.#connection = undefined;
    this.#watch.rewind();
    this.#downlink.rewind();
    this.#uplink.rewind();
    // A close that nobody waits behind is not an error: the next opening of the gate connects again.
    if (error.code === "gateway-lost" && this.#uplink.isIdle) return;
    if (pulse && pulse.heardMs - pulse.openedMs >= HEALTHY_MS) this.#budget.restore();
    // A token that was refused is renewed once.
    const isRefused = error.code === "token-rejected";
    const mayRetry = error.retryable || (isRefused && !this.#isRenewed);
    const retryInMs = mayRetry ? this.#budget.spend() : undefined;
    if (retryInMs === undefined) return this.#fail(error);
    this.#isRenewed ||= isRefused;
    this.#hasErred = true;
    this.#cancelRetry = this.#clock.schedule(retryInMs, () => this.#connect(isRefused ? "rejected" : "reconnect"));
    this.#emit({ type: "error", error, retryInMs });
  }

  #fail(error: VoiceError): void {
    if (this.#ended.signal.aborted) return;
    this.#uplink.abandon(true);
    this.#end();
    this.#onEvent({ type: "failed", error });
  }

  #emit(event: SpeechEvent): void {
    if (!this.#ended.signal.aborted) this.#onEvent(event);
  }

  #end(): void {
    this.#ended.abort();
    this.#cancelRetry?.();
    this.#connection?.close();
    this.#onChange?.();
  }
}
