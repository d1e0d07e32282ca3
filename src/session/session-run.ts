import type { AgentRun } from "../agent/agent.ts";
import { samplesToMs } from "../audio/units.ts";
import type { VoiceError } from "../errors.ts";
import { prepareHearing, type Hearing } from "../gate/hearing.ts";
import type { HearingEvent } from "../gate/frame-decider.ts";
import { CaptureClock } from "../microphone/capture-clock.ts";
import { Capture, running } from "../microphone/capture.ts";
import type { OpenSource } from "../microphone/sources.ts";
import type { Stt } from "../stt/contract.ts";
import { systemClock } from "../net/system-clock.ts";
import type { TurnEvent } from "../turns/turn-event.ts";
import type { TurnHost } from "../turns/turn-host.ts";
import type { TurnRun } from "../turns/turn-run.ts";
import type { EndReason, VoiceEvent } from "./events.ts";
import type { SessionHealth } from "./health.ts";
import { surroundingsOf, type SessionSettings } from "./session-options.ts";
import { asVoiceError, microphoneLost, newContext } from "./run-faults.ts";
import { SpeechPath } from "./speech-path.ts";

/** How often late frames are looked for, and from when on the clock goes on without them, in ms. */
const LATE_FRAME_MS = 100;
/** How long the audio thread and the worker may take to hand over their last frames, in ms. */
const DRAIN_LIMIT_MS = 1_000;

/**
 * One run of a session, from `start` to its end. Owns everything that must be given back: device, context, worker,
 * socket, timers.
 */
export class SessionRun {
  /** Resolves when capture runs; rejects with what ended the run before that. */
  readonly started: Promise<void>;
  readonly #settings: SessionSettings;
  readonly #emit: (event: VoiceEvent) => void;
  readonly #onEnd: (reason: EndReason, error: VoiceError | undefined) => void;
  readonly #clock = new CaptureClock();
  readonly #ended = new AbortController();
  readonly #path: SpeechPath;
  /** Who answers, where anybody does. */
  agent: AgentRun | undefined;
  readonly #context: AudioContext;
  readonly #drained: Promise<void>;
  #markDrained = ignore;
  #isMuted: boolean;
  #capture: Capture | undefined;
  #hearing: Hearing | undefined;
  #stopping: Promise<void> | undefined;

  /**
   * Asks for everything at once: context, device, worker, token and socket. Until the first `await` of the browser's
   * nothing is awaited, so the user activation holds.
   *
   * @throws VoiceError `audio-context-failed` if there is no Web Audio.
   */
  constructor(
    settings: SessionSettings,
    isMuted: boolean,
    emit: (event: VoiceEvent) => void,
    onEnd: (reason: EndReason, error: VoiceError | undefined) => void,
  ) {
    this.#settings = settings;
    this.#emit = (event) => void (this.#ended.signal.aborted || emit(event));
    this.#onEnd = onEnd;
    this.#drained = new Promise((resolve) => (this.#markDrained = resolve));
    this.#isMuted = isMuted;
    this.#context = settings.context ?? newContext();
    const resuming = this.#context.resume();
    // At once, but what it or the agent throws belongs to the run, which then gives the context back.
    const opening = new Promise<OpenSource>((resolve) => resolve(settings.source.open(this.#context)));
    // Whenever it is granted, a device that nobody waits for any more is given back.
    opening.then((source) => this.#ended.signal.aborted && source.release(), ignore);
    const { turns } = settings;
    this.#path = new SpeechPath({
      stt: settings.stt,
      ...(turns && { takeTurns: (...host) => turns.start(this.#turnHost(...host)) }),
      now: () => this.#now(),
      emit: (event) => this.#emit(event),
      onFailure: (error) => this.end("failed", error),
      signal: this.#ended.signal,
    });
    const agentReady = new Promise<void>((resolve) => resolve((this.agent = this.#startAgent())?.ready));
    agentReady.catch(ignore);
    this.started = this.#start(resuming, opening, agentReady);
    this.started.catch(ignore);
  }

  /** The capture clock, in ms. */
  get nowMs(): number {
    return samplesToMs(this.#now());
  }

  /** How the run stands. */
  get health(): SessionHealth {
    const frameAgeMs = this.#clock.frameAgeMs(performance.now());
    const agent = this.agent && { agent: this.agent.health };
    return { ...this.#path.health, ...agent, ...(frameAgeMs === undefined ? {} : { frameAgeMs }) };
  }

  /** Turn taking, where the session does it. */
  get turns(): TurnRun | undefined {
    return this.#path.turns;
  }

  /** Another recogniser takes over. */
  replaceStt(stt: Stt): void {
    this.#path.replaceStt(stt);
  }

  /** Mutes or unmutes. */
  mute(isMuted: boolean): void {
    this.#isMuted = isMuted;
    this.#capture?.mute(isMuted);
  }

  /** Policy `manual`: opens or closes the gate. */
  want(isOpen: boolean): void {
    this.#hearing?.command({ type: "want", isOpen });
  }

  /** Gives the device back at once, waits for the last texts, and ends. Idempotent. */
  stop(reason: "stopped" | "finished"): Promise<void> {
    this.#stopping ??= this.#stop(reason);
    return this.#stopping;
  }

  /** Ends at once. Only the first call counts. */
  end(reason: EndReason, error?: unknown): void {
    if (this.#ended.signal.aborted) return;
    const failure = reason === "failed" ? asVoiceError(error) : undefined;
    this.#ended.abort(failure ?? error ?? new DOMException("The session was stopped", "AbortError"));
    this.#capture?.close();
    this.#hearing?.close();
    this.#path.close(reason === "failed" ? "failed" : "stopped");
    this.#markDrained();
    if (!this.#settings.context) this.#context.close().catch(ignore);
    this.#onEnd(reason, failure);
  }

  #turnHost(requestText: () => void, emit: (event: TurnEvent) => void): TurnHost {
    const { vad, stt } = this.#settings;
    return {
      now: () => this.#now(),
      clock: systemClock,
      hasVad: vad !== false,
      hasStt: stt !== undefined,
      hasAlignedStt: stt?.capabilities.alignedTranscript === "word",
      emit: (event) => {
        emit(event);
        this.agent?.take(event);
      },
      onWarning: this.#warn,
      requestText,
      epochMsOf: (sample) => Date.now() - samplesToMs(this.#now() - sample),
      sttModel: stt?.model,
      sttProvider: stt?.provider,
    };
  }

  readonly #warn = (error: VoiceError): void => this.#emit({ type: "warning", error, atMs: this.nowMs });

  #startAgent(): AgentRun | undefined {
    const { agent, turns, assets } = this.#settings;
    return agent?.start({
      surroundings: surroundingsOf(this.#settings),
      context: this.#context,
      assets,
      conversation: (turns ?? agent).conversation,
      now: () => this.#now(),
      turns: () => this.turns,
      emit: (event) => this.#emit({ ...event, atMs: this.nowMs }),
      onWarning: this.#warn,
      onFailure: (error) => this.end("failed", error),
      signal: this.#ended.signal,
    });
  }

  async #start(resuming: Promise<void>, opening: Promise<OpenSource>, agentReady: Promise<void>): Promise<void> {
    const { vad, assets, gate } = this.#settings;
    const signal = this.#ended.signal;
    try {
      const options = { detector: vad ? vad.detector : {}, gate };
      const prepared = prepareHearing(vad, options, assets, signal);
      const opened = opening.catch((cause: unknown) => {
        throw asVoiceError(cause, "source-failed");
      });
      const worklet = Capture.prepare(this.#context, prepared.processor, assets);
      const resumed = running(this.#context, resuming, signal);
      const [source] = await Promise.all([opened, worklet, resumed, agentReady]);
      signal.throwIfAborted();
      const { processor } = prepared;
      const { uplinkRateHz } = this.#settings;
      const starting = Capture.start(this.#context, source, processor, assets, this.#isMuted, signal, uplinkRateHz);
      const capture = await starting.catch((cause: unknown) => {
        source.release();
        throw cause;
      });
      this.#capture = capture;
      capture.mute(this.#isMuted); // it may have changed meanwhile
      source.onEnd((how) => (how === "finished" ? void this.stop("finished") : this.end("failed", microphoneLost())));
      this.#hearing = await prepared.start({
        frames: capture.frames,
        options,
        onEvent: (event) => this.#heard(event),
        onFailure: (cause) => this.end("failed", cause),
      });
      signal.throwIfAborted();
      this.#watchTheClock();
    } catch (cause) {
      opening.then((source) => source.release(), ignore);
      this.#capture?.close(); // it may have come up after the end
      this.#hearing?.close();
      this.end("failed", cause); // no effect if it has ended already, which is then what `cause` says
      throw signal.reason;
    }
  }

  async #stop(reason: "stopped" | "finished"): Promise<void> {
    if (reason === "stopped") this.agent?.interrupt();
    if (this.#hearing) {
      this.#capture?.stop();
      const timer = setTimeout(() => this.#markDrained(), DRAIN_LIMIT_MS);
      await this.#drained;
      clearTimeout(timer);
      await this.#path.finish(this.#settings.finalLimitMs);
    }
    this.end(reason);
  }

  #heard(event: HearingEvent): void {
    if (this.#ended.signal.aborted) return;
    if (event.type === "frame") this.#clock.observe(event.endSample, performance.now());
    this.agent?.hear(event); // first: what it hears may end the turn that it is to answer
    this.#path.hear(event);
    if (event.type === "end") this.#markDrained();
  }

  #now(): number {
    return this.#clock.now(performance.now());
  }

  /** Deadlines are driven by frames; when these are late, by this timer, so that a stopped clock hangs nothing. */
  #watchTheClock(): void {
    const timer = setInterval(() => {
      const ageMs = this.#clock.frameAgeMs(performance.now());
      if (ageMs !== undefined && ageMs > LATE_FRAME_MS) this.#path.advance(this.#now());
    }, LATE_FRAME_MS);
    this.#ended.signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  }
}

function ignore(): void {}
