import { AgentFloor } from "./agent-floor.ts";
import type { InterruptionCause, InterruptionOutput } from "./interruption-output.ts";
import {
  areEnoughWords,
  isDecidedElsewhere,
  isInterruptible,
  mayPause,
  type AgentSpeech,
  type InterruptionRules,
} from "./interruption-rules.ts";
import { countWords } from "./word-count.ts";

/** What an interruption needs. */
export interface InterruptionParts extends InterruptionRules {
  /** Words of the current transcript, interim included. */
  readonly currentWords: () => number;
  readonly emit: (output: InterruptionOutput) => void;
}

/**
 * Decides when the person's speech makes the agent give way: LiveKit Agents' rules. Pure; `advance` drives the deadlines.
 *
 * - Speech of `minDuration` pauses an agent that can pause, and interrupts one that cannot.
 * - Any speech pauses an agent that is still thinking; without `minDuration` of it, the pause ends with the speech.
 * - A final with words interrupts; so does a finished turn, whatever the echo canceller is at. Interim texts count as
 *   speech where there is no VAD.
 * - With `minWords`, nothing of the above but a finished turn counts until that many words were said, and no turn ends
 *   before: its words wait for more, and are forgotten after `falseInterruptionTimeout` of silence.
 * - Silence of `falseInterruptionTimeout` without words proves a pause false, and the agent goes on; but not while an end
 *   of turn is being decided: a committed turn interrupts, any other outcome lets it go on.
 * - For `aecWarmup` after the agent is first heard, neither speech nor words nor verdicts count, and the recogniser hears
 *   silence while the agent speaks.
 * - Speech that must not be interrupted gives way to the app alone, and the recogniser hears silence meanwhile.
 * - Where the app or a speech-to-speech model ends turns, sound neither pauses nor interrupts.
 * - With adaptive interruption, what is heard over the agent counts only in the first `backchannelBoundary`, and after the
 *   model's verdict that it is meant; without the model, as ever.
 */
export class Interruption {
  #parts: InterruptionParts;
  readonly #floor: AgentFloor;
  #isUserSpeaking = false;
  #speechStart: number | undefined;
  /** A decision on the end of the turn is open. */
  #isTurnPending = false;
  #hasFewWords = false;
  #expiry: number | undefined;
  #now = 0;

  constructor(parts: InterruptionParts) {
    this.#parts = parts;
    this.#floor = new AgentFloor((output) => this.#parts.emit(output));
  }

  /** True while the agent is held in a pause. */
  get isPaused(): boolean {
    return this.#floor.isPaused;
  }

  /** True while the agent can be heard, and no verdict says that the person has the word. */
  get isAgentHeard(): boolean {
    return this.#floor.isHeard;
  }

  /** Whether the recogniser is to hear the microphone; else silence takes its place. */
  get isHeardByStt(): boolean {
    const { kind } = this.#floor.activity;
    if (kind === "silent" || this.isPaused) return true;
    if (kind === "speaking" && this.#isWarmingUp(this.#now)) return false;
    return this.#isInterruptible || !this.#parts.settings.discardAudioIfUninterruptible;
  }

  /** Asked before {@link userEnded}: whether the model took the speech for no interruption, so that nothing is learnt from it. */
  get isBackchannel(): boolean {
    return this.#parts.isAdaptive && this.#floor.isHeard;
  }

  /** Whether a turn may end with this text: not with too few words over an agent that speaks or is about to. */
  acceptsTurn(transcript: string): boolean {
    return !this.#isInterruptible || areEnoughWords(() => countWords(transcript), this.#parts);
  }

  /** Changes the rules. A pause that they no longer allow ends at once. */
  update(rules: Partial<InterruptionRules>, at: number): void {
    this.#parts = { ...this.#parts, ...rules };
    if (this.isPaused && !this.#mayPause) this.#floor.resume("settings", at);
  }

  /** The agent prepares what it will say next. */
  agentThinking(at: number, speech: AgentSpeech): void {
    this.#floor.think(at, speech);
    this.#holdBack(at);
  }

  /** The first sound of it is played. */
  agentStarted(at: number, speech: AgentSpeech): void {
    if (!this.#floor.speak(speech)) return;
    this.#holdBack(at);
    this.#floor.beHeard(at);
  }

  /** It has said everything, or was stopped. A pause ends with it. */
  agentEnded(at: number): void {
    this.#floor.end(at);
  }

  /** The person begins to speak, at `startSample`. */
  userStarted(startSample: number, at: number): void {
    this.#isUserSpeaking = true;
    this.#speechStart = startSample;
    this.#awaitSilence(at);
    if (this.#floor.activity.kind === "thinking") this.#holdBack(at);
  }

  /** They have spoken for so long in this burst, and still do. */
  userSpeaking(speechSamples: number, at: number): void {
    if (speechSamples >= this.#parts.settings.minDurationSamples) this.#giveWay("speech", at);
  }

  /** They have stopped, or their sound was taken away. */
  userEnded(at: number): void {
    this.#isUserSpeaking = false;
    this.#awaitSilence(at);
  }

  /** Takes a text, after it was added to the current transcript. */
  transcript(
    { kind, text }: { readonly kind: "interim" | "preflight" | "final"; readonly text: string },
    isUserSpeaking: boolean,
    at: number,
  ): void {
    if (text.trim() === "" || isDecidedElsewhere(this.#parts)) return;
    if (kind === "final") {
      if (!isUserSpeaking) this.#awaitMoreWords(at);
      const isHeeded = this.#floor.isInDoubt || this.#countsSound(at);
      if (isHeeded && areEnoughWords(this.#parts.currentWords, this.#parts)) this.#confirm("transcript", at);
    } else if (!this.#parts.hasVad) {
      this.#giveWay("transcript", at);
      if (!isUserSpeaking) this.#floor.awaitSilence(true, at);
    }
  }

  /** A decision on the end of the turn was opened, or called off; then `advance` resumes, unless speech called it off. */
  turnPending(isPending: boolean): void {
    this.#isTurnPending = isPending;
  }

  /** The decision fell: the turn is over, was not accepted, or is over and wants no answer. */
  turnDecided(outcome: "committed" | "dropped" | "skipped", at: number): void {
    this.#isTurnPending = false;
    this.#hasFewWords = outcome === "dropped";
    this.#awaitMoreWords(at);
    if (outcome === "committed") this.#confirm("turn", at);
    else this.advance(at);
  }

  /** The model has judged speech that overlaps with the agent's. */
  verdict(verdict: { readonly isInterruption: boolean; readonly overlapStartedAt: number; readonly at: number }): void {
    if (!this.#parts.isAdaptive || !verdict.isInterruption || !this.#floor.isHeard || !this.#isInterruptible) return;
    this.#floor.judge();
    this.#giveWay("model", verdict.at, verdict.overlapStartedAt);
    // Where the agent may not give way yet, what the person says counts all the same.
    this.#floor.fallSilent(verdict.overlapStartedAt, verdict.at);
  }

  /** The model cannot be reached: from now on speech counts by its length. */
  adaptiveFailed(): void {
    this.#parts = { ...this.#parts, isAdaptive: false };
  }

  /** The app interrupts. The rules bind the person, not the app. */
  interrupt(at: number): void {
    this.#floor.stop("app", at, this.#speechStart);
  }

  /** The clock has moved on. */
  advance(at: number): void {
    this.#now = at;
    if (this.#isTurnPending || this.#isUserSpeaking) return;
    this.#floor.advance(at);
    if (this.#expiry === undefined || at < this.#expiry) return;
    this.#hasFewWords = false;
    this.#expiry = undefined;
    this.#parts.emit({ type: "words-expired", atSample: at });
  }

  /** Forgets everything, silently; for the end of a session. */
  close(): void {
    this.#floor.close();
    this.#hasFewWords = this.#isTurnPending = this.#isUserSpeaking = false;
    this.#expiry = undefined;
  }

  get #isInterruptible(): boolean {
    return isInterruptible(this.#floor.activity, this.#parts);
  }

  get #mayPause(): boolean {
    return mayPause(this.#floor.activity, this.#parts);
  }

  #isWarmingUp(at: number): boolean {
    return this.#floor.isWarmingUp(at, this.#parts.aecWarmupSamples);
  }

  /** Whether what is heard can make the agent give way. */
  #countsSound(at: number): boolean {
    if (!this.#isInterruptible || isDecidedElsewhere(this.#parts) || this.#isWarmingUp(at)) return false;
    const [boundarySamples] = this.#parts.settings.backchannelBoundarySamples;
    return !this.#parts.isAdaptive || !this.#floor.isForModel(at, boundarySamples);
  }

  #giveWay(cause: InterruptionCause, at: number, ignoreUntil = at): void {
    if (!this.#countsSound(at) || !areEnoughWords(this.#parts.currentWords, this.#parts)) return;
    const doubtSamples = this.#parts.settings.falseInterruptionTimeoutSamples;
    const wasPaused = this.isPaused;
    if (this.#mayPause) this.#floor.pause(cause, doubtSamples, ignoreUntil, at);
    else this.#floor.stop(cause, at, this.#speechStart, { ignoreUntil, doubtSamples });
    if (!wasPaused) this.#floor.awaitSilence(!this.#isUserSpeaking, at);
  }

  /** Holds back, before it is heard, what the person is speaking into; for no longer than they do. */
  #holdBack(at: number): void {
    if (!this.#isUserSpeaking || this.isPaused || !this.#mayPause || isDecidedElsewhere(this.#parts)) return;
    this.#floor.pause("speech", 0, at, at);
  }

  /** Words, or a turn, prove that the person meant it. */
  #confirm(cause: InterruptionCause, at: number): void {
    if (this.#isInterruptible || this.#floor.activity.kind === "silent") this.#floor.stop(cause, at, this.#speechStart);
  }

  /** Counts silence from now on, unless the person speaks. */
  #awaitSilence(at: number): void {
    this.#floor.awaitSilence(!this.#isUserSpeaking, at);
    this.#awaitMoreWords(at);
  }

  #awaitMoreWords(at: number): void {
    const isWaiting = this.#hasFewWords && !this.#isUserSpeaking;
    this.#expiry = isWaiting ? at + this.#parts.settings.falseInterruptionTimeoutSamples : undefined;
  }
}
