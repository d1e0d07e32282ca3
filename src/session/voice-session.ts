/// <reference lib="esnext.disposable" preserve="true" />
import type { AgentRun } from "../agent/agent.ts";
import { VoiceError } from "../errors.ts";
import type { Stt } from "../stt/contract.ts";
import type { Conversation } from "../conversation/conversation.ts";
import type { TurnTakingOptions } from "../turns/turn-options.ts";
import { EventStream } from "./event-stream.ts";
import type { EndReason, SessionState, VoiceEvent, VoiceEventOf, VoiceEventType } from "./events.ts";
import type { SessionHealth } from "./health.ts";
import { sessionSettings, type SessionSettings, type VoiceSessionOptions } from "./session-options.ts";
import { SessionRun } from "./session-run.ts";
import { takesNoTurns, TurnControls, type TurnControlsRun } from "./turn-controls.ts";

/*
 *   idle ──start──▶ starting ──capture runs──▶ listening ──stop──▶ stopping ──▶ ended ──start──▶ starting …
 *                      ╰────────── abort, error, stop ──────────────────────────▲
 */

/**
 * Hears a person and says what it heard. Making one costs nothing and asks for nothing, on a server too; `start()` asks
 * for the microphone, and `stop()` gives it back, always. A session may be started again after it has ended; each run
 * ends with exactly one `ended` event.
 *
 * ```ts
 * const session = new VoiceSession({
 *   source: microphone(),
 *   vad: silero(),
 *   stt: livekitInference({ model: "deepgram/nova-3:en", token }),
 * });
 * session.on("transcript", ({ text, isFinal }) => render(text, isFinal));
 * await session.start();
 * ```
 */
export class VoiceSession extends TurnControls implements AsyncDisposable {
  #settings: SessionSettings;
  readonly #events = new EventStream();
  #state: SessionState = { kind: "idle", sinceMs: 0 };
  #run: SessionRun | undefined;
  #isMuted = false;
  #forget = (): void => undefined;

  /** @throws RangeError or TypeError naming the option, the rule and the value; also for parts that cannot work together. */
  constructor(options: VoiceSessionOptions) {
    super();
    this.#settings = sessionSettings(options);
  }

  /** Where the session stands. It changes before anybody is told. */
  get state(): SessionState {
    return this.#state;
  }

  /** True after {@link mute}, whether or not the session runs. */
  get isMuted(): boolean {
    return this.#isMuted;
  }

  /** The capture clock: milliseconds since capture started, never running backwards; 0 before. */
  get nowMs(): number {
    return this.#run?.nowMs ?? 0;
  }

  /** How the run stands, for displays and bug reports; no gaps, and no more, while there is none. */
  get health(): SessionHealth {
    return this.#run?.health ?? { gapCount: 0, gapMs: 0 };
  }

  /**
   * Calls `listener` for each event of one name.
   *
   * @returns A function that ends it; aborting `signal` does too.
   */
  on<T extends VoiceEventType>(
    type: T,
    listener: (event: VoiceEventOf<T>) => void,
    options: { readonly signal?: AbortSignal } = {},
  ): () => void {
    return this.#events.on(type, listener, options.signal);
  }

  /** All events from now on, up to and with the next `ended`. Aborting `signal` throws its reason. */
  events(options: { readonly signal?: AbortSignal } = {}): AsyncGenerator<VoiceEvent, void, void> {
    return this.#events.iterate(options.signal);
  }

  /**
   * Asks for the microphone and begins to hear; resolves when capture runs. Model and socket may still be on their way:
   * what is said meanwhile is kept. Call it from a click or key press, as browsers demand. While a run is starting or
   * running, the same promise comes back. Called while the last run is stopping, it waits for its end.
   *
   * Aborting `signal`, now or later, ends the run at once and rejects a pending start with the signal's reason.
   *
   * @throws VoiceError `microphone-denied`, `microphone-missing`, `microphone-busy`, `microphone-failed`,
   * `audio-context-failed`, `asset-failed`, `gateway-*` or `token-*`, whichever comes before capture runs; an
   * `AbortError` if it is stopped before.
   */
  start(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#run && this.#state.kind !== "stopping") return this.#run.started;
    if (this.#run) return this.#run.stop("stopped").then(() => this.start(options));
    return this.#begin(signal);
  }

  /**
   * Gives the microphone back at once, waits for the last texts (at most `finalLimitMs`), and ends. Does nothing when
   * nothing runs. Aborting `signal` skips the waiting.
   */
  async stop(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const run = this.#run;
    if (!run) return;
    const cut = (): void => run.end("stopped");
    if (options.signal?.aborted) cut();
    options.signal?.addEventListener("abort", cut, { once: true });
    if (this.#run === run && this.#state.kind !== "stopping") this.#become({ kind: "stopping", sinceMs: run.nowMs });
    await run.stop("stopped");
    options.signal?.removeEventListener("abort", cut);
  }

  /** From now on nothing is heard: speech that is going on ends, and nothing captured before {@link unmute} is ever sent. */
  mute(): void {
    this.#setMuted(true);
  }

  /** Hears again. */
  unmute(): void {
    this.#setMuted(false);
  }

  /**
   * With gate policy `manual`: lets audio pass from now on.
   *
   * @throws VoiceError `invalid-state` with another policy.
   */
  openGate(): void {
    this.#wantGate(true);
  }

  /**
   * With gate policy `manual`: asks for the text of what passed, and lets nothing pass any more.
   *
   * @throws VoiceError `invalid-state` with another policy.
   */
  closeGate(): void {
    this.#wantGate(false);
  }

  /** What both sides said: every turn of the person's is added, and what was heard of answers. Absent without `turns` and agent. */
  get conversation(): Conversation | undefined {
    const { turns, agent } = this.#settings;
    return (turns ?? agent)?.conversation;
  }

  /**
   * Lets another recogniser take over, now and in later runs, in the middle of a sentence if need be: what was said
   * before is told by the old one, what comes after by the new one.
   *
   * @throws VoiceError `invalid-state` for a session without an stt; TypeError if it does not go with the other parts.
   */
  replaceStt(stt: Stt): void {
    if (!this.#settings.stt) throw new VoiceError("invalid-state", "It was made without stt");
    this.#settings = sessionSettings({ ...this.#settings, stt });
    this.#run?.replaceStt(stt);
  }

  /**
   * Changes how turns are taken, now and in later runs; what is not given stays.
   *
   * @throws VoiceError `invalid-state` without `turns`; RangeError or TypeError naming the option, the rule and the value.
   */
  updateTurns(options: TurnTakingOptions): void {
    if (!this.#settings.turns) throw takesNoTurns();
    const turns = this.#settings.turns.with(options);
    this.#settings = sessionSettings({ ...this.#settings, turns });
    this.#run?.turns?.update(turns.settings);
  }

  /** What the agent speaks through: loudness, output device, and a node to record from. Absent without an agent, and while nothing runs. */
  get speaker(): AgentRun["speaker"] {
    return this.#run?.agent?.speaker;
  }

  protected override get run(): TurnControlsRun {
    const run = this.#run;
    return { turns: run?.turns, agent: run?.agent, takesTurns: this.#settings.turns !== undefined };
  }

  /** Stops, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #begin(signal: AbortSignal | undefined): Promise<void> {
    let run: SessionRun;
    try {
      run = new SessionRun(
        this.#settings,
        this.#isMuted,
        (event) => this.#events.emit(event),
        (reason, error) => this.#ended(reason, error),
      );
    } catch (error) {
      return Promise.reject(error);
    }
    this.#run = run;
    this.#become({ kind: "starting", sinceMs: 0 });
    run.started.then(
      () =>
        this.#run === run && this.#state.kind === "starting" && this.#become({ kind: "listening", sinceMs: run.nowMs }),
      () => undefined,
    );
    const abort = (): void => run.end("aborted", signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    this.#forget = () => signal?.removeEventListener("abort", abort);
    return run.started;
  }

  #ended(reason: EndReason, error: VoiceError | undefined): void {
    const atMs = this.nowMs;
    this.#run = undefined;
    this.#forget();
    this.#become({ kind: "ended", sinceMs: atMs, reason });
    this.#events.emit({ type: "ended", reason, ...(error ? { error } : {}), atMs });
  }

  #become(state: SessionState): void {
    this.#state = state;
    this.#events.emit({ type: "state", state, atMs: state.sinceMs });
  }

  #setMuted(isMuted: boolean): void {
    this.#isMuted = isMuted;
    this.#run?.mute(isMuted);
  }

  #wantGate(isOpen: boolean): void {
    const { policy } = this.#settings.gate;
    if (policy !== "manual") {
      throw new VoiceError(
        "invalid-state",
        `The app opens and closes the gate with gate.policy "manual" only, not "${policy}"`,
      );
    }
    this.#run?.want(isOpen);
  }
}
