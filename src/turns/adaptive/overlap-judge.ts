import type { OverlapVerdict } from "../overlap-detector.ts";
import type { BargeinMessage } from "./bargein-codec.ts";
import { estimateProbability, InferenceCache } from "./inference-cache.ts";
import { OverlapWindow } from "./overlap-window.ts";

/** What a judge needs. */
export interface OverlapJudgeParts {
  /** Frames of 25 ms that must sound like an interruption. */
  readonly minFrames: number;
  /** How long an answer may take, in ms. */
  readonly answerTimeoutMs: number;
  /** Monotone, in ms. */
  readonly nowMs: () => number;
  /** Sends a window to the model; false if it cannot be sent now. */
  readonly send: (createdAt: number, pcm: Int16Array<ArrayBuffer>) => boolean;
  readonly onVerdict: (verdict: OverlapVerdict) => void;
  /** The model has not answered for so long. */
  readonly onLate: (waitedMs: number) => void;
}

interface Overlap {
  readonly startSample: number;
  requests: number;
}

/*
 *   agent heard ──person speaks──▶ overlap: a window each 100 ms ──┬── the model finds an interruption ──▶ verdict: yes
 *        ▲                                                         ├── the person stops ────────────────▶ verdict: no
 *        ╰─────────────────────────────────────────────────────────┴── the agent is heard no more ──▶ inconclusive
 */

/**
 * Who speaks over whom, what the model is asked about it, and what that means: one verdict for each overlap. Pure.
 *
 * A person who speaks when the agent begins, or goes on, overlaps from there on.
 */
export class OverlapJudge {
  readonly #parts: OverlapJudgeParts;
  readonly #window = new OverlapWindow((pcm) => this.#ask(pcm));
  readonly #cache = new InferenceCache();
  #isAgentHeard = false;
  #isUserSpeaking = false;
  #overlap: Overlap | undefined;
  #lastCreatedAt = 0;

  constructor(parts: OverlapJudgeParts) {
    this.#parts = parts;
  }

  /** True while the person speaks over the agent, and nothing is decided. */
  get isOpen(): boolean {
    return this.#overlap !== undefined;
  }

  /** The agent can be heard, or not. */
  agentHeard(isHeard: boolean, at: number): void {
    this.#conclude(false, true, at);
    this.#isAgentHeard = isHeard;
    this.#window.reset(isHeard);
    this.#cache.clear();
    if (this.#isUserSpeaking) this.#begin(at);
  }

  /** The person begins to speak, at `startSample`. */
  userStarted(startSample: number): void {
    this.#isUserSpeaking = true;
    this.#begin(startSample);
  }

  /** They have stopped. */
  userEnded(at: number): void {
    this.#isUserSpeaking = false;
    if (this.#overlap && this.#isLate()) return;
    this.#conclude(false, false, at);
  }

  /** Hears what is captured: mono, -1..1. */
  push(startSample: number, samples: Float32Array): void {
    this.#window.push(startSample, samples);
  }

  /** The model has answered. Answers about earlier overlaps, and to what was never asked, count for nothing. */
  answered({ createdAt, isInterruption, ...answer }: BargeinMessage & { readonly type: "answer" }, at: number): void {
    const inference = this.#cache.answered(createdAt, answer, this.#parts.nowMs());
    if (inference && isInterruption) this.#conclude(true, false, at);
  }

  #begin(startSample: number): void {
    if (!this.#isAgentHeard || this.#overlap) return;
    this.#overlap = { startSample, requests: 0 };
    this.#cache.clear();
    this.#window.beginOverlap(startSample);
  }

  #ask(pcm: Int16Array<ArrayBuffer>): void {
    if (!this.#overlap || this.#isLate()) return;
    const nowMs = this.#parts.nowMs();
    const createdAt = Math.max(this.#lastCreatedAt + 1, Math.floor(nowMs * 1_000)); // two in one ms differ, too
    if (!this.#parts.send(createdAt, pcm)) return;
    this.#lastCreatedAt = createdAt;
    this.#overlap.requests++;
    this.#cache.sent(createdAt, nowMs);
  }

  #isLate(): boolean {
    const waitedMs = this.#cache.waitingMs(this.#parts.nowMs());
    const isLate = waitedMs > this.#parts.answerTimeoutMs;
    if (isLate) this.#parts.onLate(waitedMs);
    return isLate;
  }

  #conclude(isInterruption: boolean, isInconclusive: boolean, atSample: number): void {
    const overlap = this.#overlap;
    if (!overlap) return;
    this.#overlap = undefined;
    this.#window.endOverlap();
    const { roundTripMs = 0, predictionMs = 0, probabilities = [] } = this.#cache.newest ?? {};
    this.#parts.onVerdict({
      isInterruption,
      isInconclusive,
      overlapStartSample: overlap.startSample,
      atSample,
      probability: estimateProbability(probabilities, this.#parts.minFrames),
      roundTripMs,
      predictionMs,
      requests: overlap.requests,
    });
  }
}
