import { VoiceError } from "../errors.ts";
import type { Clock } from "../net/clock.ts";
import type { AudioWindow } from "./audio-window.ts";
import type { DetectorMessage, TurnDetector } from "./turn-detector.ts";

/*
 *   idle ──ask──▶ asking ──answer, failure, timeout──▶ idle, one verdict
 *                   │ ▲
 *                   │ └──ask (the one before is aborted, and gives no verdict)
 *                   └──cancel, close (aborted, no verdict)──▶ idle
 */

/** What a {@link Detection} is made of. */
export interface DetectionParts {
  readonly detector: TurnDetector;
  /** How long an answer is waited for. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** What the detector hears; absent for one that reads. Closed with the detection. */
  readonly audio?: AudioWindow;
}

/** Whether the person has finished, as far as can be told. */
export interface DetectionQuestion {
  /** The conversation, oldest first; the last one is what the person has said in this turn so far. */
  readonly messages: readonly DetectorMessage[];
  readonly transcript: string;
  readonly language?: string | undefined;
}

/** The answer, or why there is none. */
export interface DetectionVerdict {
  /** In [0, 1]; absent without an answer. */
  readonly probability?: number;
  /** The probability from which the person is taken to have finished, in [0, 1]; absent without an answer. */
  readonly threshold?: number;
  /** False only where the detector says that the person goes on: whatever else happens does not hold the turn up. */
  readonly isLikelyOver: boolean;
  readonly durationMs: number;
  /** Why there is no answer. */
  readonly reason?: "timeout" | "failed" | "unsupported-language";
  /** For `"failed"`: what was thrown. */
  readonly cause?: unknown;
}

/** Asks one detector, one question at a time. Each question gets one verdict, unless it was superseded or cancelled. */
export class Detection {
  readonly #parts: DetectionParts;
  #question: { readonly controller: AbortController; readonly callOff: () => void } | undefined;
  #isClosed = false;

  constructor(parts: DetectionParts) {
    this.#parts = parts;
  }

  /** Asks, in place of what was asked before. `onVerdict` is never called before this returns. */
  ask(question: DetectionQuestion, onVerdict: (verdict: DetectionVerdict) => void): void {
    this.cancel();
    if (this.#isClosed) return;
    const { clock, timeoutMs } = this.#parts;
    const startedMs = clock.nowMs();
    const controller = new AbortController();
    const callOff = clock.schedule(timeoutMs, () => {
      controller.abort();
      settle({ isLikelyOver: true, reason: "timeout" });
    });
    const asked = { controller, callOff };
    this.#question = asked;
    const settle = (verdict: Omit<DetectionVerdict, "durationMs">): void => {
      if (this.#question !== asked) return;
      this.#question = undefined;
      callOff();
      onVerdict({ ...verdict, durationMs: clock.nowMs() - startedMs });
    };
    void this.#judge(question, controller.signal).then(settle);
  }

  /** The person goes on: aborts the question, if there is one. Its verdict never comes. */
  cancel(): void {
    const question = this.#question;
    this.#question = undefined;
    question?.callOff();
    question?.controller.abort();
  }

  /** Cancels, and asks nothing more. */
  close(): void {
    this.#isClosed = true;
    this.cancel();
    this.#parts.audio?.close();
  }

  async #judge(
    { messages, transcript, language }: DetectionQuestion,
    signal: AbortSignal,
  ): Promise<Omit<DetectionVerdict, "durationMs">> {
    const { detector, audio } = this.#parts;
    try {
      const threshold = detector.thresholdOf(language);
      if (threshold === undefined) return { isLikelyOver: true, reason: "unsupported-language" };
      requireRatio(detector, "threshold", threshold);
      if (audio?.failure) throw audio.failure.cause;
      const window = audio?.read();
      const probability = await detector.predict({
        messages,
        transcript,
        signal,
        ...(language !== undefined && { language }),
        ...(window && { audio: window }),
      });
      requireRatio(detector, "probability", probability);
      return { probability, threshold, isLikelyOver: probability >= threshold };
    } catch (cause) {
      return { isLikelyOver: true, reason: "failed", cause };
    }
  }
}

function requireRatio({ model }: TurnDetector, what: string, value: number): void {
  if (!(typeof value === "number" && value >= 0 && value <= 1)) {
    throw new VoiceError("provider-failed", `The ${what} of ${model} must be in [0, 1], got ${value}`);
  }
}
