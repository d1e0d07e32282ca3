import type { InterruptionCause, InterruptionOutput } from "./interruption-output.ts";
import type { AgentActivity, AgentSpeech } from "./interruption-rules.ts";

/** The agent gave way to speech, and words have not confirmed it yet. */
interface Doubt {
  /** False: it could not pause, and was cut off. */
  readonly isPaused: boolean;
  readonly timeoutSamples: number;
  /** When silence has proven it false; absent while the person speaks. */
  readonly deadline?: number | undefined;
}

const SILENT: AgentActivity = { kind: "silent" };

/*
 *            pause                  stop
 *   speaking ─────▶ paused ─────────────────▶ silent
 *   thinking ◀───── (in doubt)                   ▲
 *       │    resume                              │     a pause ends exactly once: by resume, by stop, or with the speech
 *       ╰──────────────── stop ──────────────────╯
 */

/** What the agent is at, whether it is paused, and whether it can be heard; says each change once. Pure. */
export class AgentFloor {
  readonly #emit: (output: InterruptionOutput) => void;
  #activity: AgentActivity = SILENT;
  #doubt: Doubt | undefined;
  #isHeard = false;
  #heardAt = 0;
  #firstHeardAt: number | undefined;
  #isJudged = false;

  constructor(emit: (output: InterruptionOutput) => void) {
    this.#emit = emit;
  }

  /** What it is at. */
  get activity(): AgentActivity {
    return this.#activity;
  }

  /** True while it is held in a pause. */
  get isPaused(): boolean {
    return this.#doubt?.isPaused ?? false;
  }

  /** True while it gave way and nothing has proven whether the person meant it. */
  get isInDoubt(): boolean {
    return this.#doubt !== undefined;
  }

  /** True while it can be heard, and no verdict says that the person has the word. */
  get isHeard(): boolean {
    return this.#isHeard;
  }

  /** Whether the echo canceller still gets used to it: once, after it was first heard. */
  isWarmingUp(at: number, warmupSamples: number): boolean {
    return this.#firstHeardAt !== undefined && at < this.#firstHeardAt + warmupSamples;
  }

  /** Whether the model alone decides about overlapping speech: past the first samples, and before its verdict. */
  isForModel(at: number, boundarySamples: number): boolean {
    return this.#isHeard && !this.#isJudged && at >= this.#heardAt + boundarySamples;
  }

  /** It prepares what it will say next. */
  think(at: number, speech: AgentSpeech): void {
    this.#activity = { kind: "thinking", ...speech };
    this.#doubt = undefined;
    this.fallSilent(at, at);
  }

  /** Its first sound is played, or would be, were it not paused. False if it was speaking before. */
  speak(speech: AgentSpeech): boolean {
    const { kind } = this.#activity;
    this.#activity = { kind: "speaking", ...speech };
    if (kind === "silent") this.#doubt = undefined;
    return kind !== "speaking";
  }

  /** It has said everything, or was stopped. A pause ends with it. */
  end(at: number): void {
    this.#activity = SILENT;
    if (this.isPaused) this.#doubt = undefined;
    this.fallSilent(at, at);
  }

  /** It is heard from now on, unless it is paused. */
  beHeard(at: number): void {
    if (this.#activity.kind !== "speaking" || this.isPaused) return;
    this.#isHeard = true;
    this.#isJudged = false;
    this.#heardAt = at;
    this.#firstHeardAt ??= at;
    this.#emit({ type: "agent-heard", isHeard: true, atSample: at });
  }

  /** It does not count as heard any more. */
  fallSilent(ignoreUntilSample: number, at: number): void {
    if (!this.#isHeard) return;
    this.#isHeard = false;
    this.#emit({ type: "agent-heard", isHeard: false, atSample: at, ignoreUntilSample });
  }

  /** The model has found an interruption: until it is heard anew, speech counts without the model. */
  judge(): void {
    this.#isJudged = true;
  }

  /** Holds it until silence of `timeoutSamples`; a pause that stands takes the new timeout. */
  pause(cause: InterruptionCause, timeoutSamples: number, ignoreUntil: number, at: number): void {
    const wasPaused = this.isPaused;
    this.#doubt = { ...this.#doubt, isPaused: true, timeoutSamples };
    if (wasPaused) return;
    this.#emit({ type: "pause", cause, atSample: at });
    this.fallSilent(ignoreUntil, at);
  }

  /** Lets it go on. */
  resume(cause: "silence" | "settings", at: number): void {
    this.#doubt = undefined;
    this.#emit({ type: "resume", cause, atSample: at });
    this.beHeard(at);
  }

  /** Stops it for good, if it is at anything; silence of `doubtSamples`, if any are given, would prove that false. */
  stop(
    cause: InterruptionCause,
    at: number,
    speechStartSample: number | undefined,
    { ignoreUntil = at, doubtSamples }: { readonly ignoreUntil?: number; readonly doubtSamples?: number } = {},
  ): void {
    const wasPaused = this.isPaused;
    const wasSilent = this.#activity.kind === "silent";
    this.#activity = SILENT;
    this.#doubt = doubtSamples === undefined ? undefined : { isPaused: false, timeoutSamples: doubtSamples };
    if (wasSilent) return;
    const since = speechStartSample === undefined ? {} : { speechStartSample };
    this.#emit({ type: "interrupt", cause, atSample: at, wasPaused, ...since });
    this.fallSilent(ignoreUntil, at);
  }

  /** Counts the silence that proves an interruption false from now on; or not, while the person speaks. */
  awaitSilence(isSilent: boolean, at: number): void {
    if (!this.#doubt) return;
    this.#doubt = { ...this.#doubt, deadline: isSilent ? at + this.#doubt.timeoutSamples : undefined };
  }

  /** Lets a pause end that silence has proven false. */
  advance(at: number): void {
    if (this.#doubt?.deadline === undefined || at < this.#doubt.deadline) return;
    const isResumed = this.isPaused;
    this.#doubt = undefined;
    if (isResumed) this.resume("silence", at);
    this.#emit({ type: "false-interruption", isResumed, atSample: at });
  }

  /** Forgets what it is at, silently. */
  close(): void {
    this.#activity = SILENT;
    this.#doubt = undefined;
    this.#isHeard = false;
  }
}
