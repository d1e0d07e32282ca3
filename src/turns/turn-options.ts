import type { OverlapDetector } from "./overlap-detector.ts";
import type { Conversation } from "../conversation/conversation.ts";
import type { TurnObserver } from "./observer.ts";
import type { TelemetrySource } from "./telemetry.ts";
import type { TurnDetector } from "./turn-detector.ts";

/**
 * Who decides that a turn is over: `vad` silence and the delays below; `stt` the recogniser's own end of speech;
 * `manual` the app (`commitUserTurn()`); `realtime` a speech-to-speech model; or a detector, on top of `vad`.
 */
export type TurnDetection = "vad" | "stt" | "manual" | "realtime" | TurnDetector;

/** How long to wait after speech has ended. */
export interface EndpointingOptions {
  /** `dynamic` learns the delay from the person's own pauses. @defaultValue "fixed" */
  readonly mode?: "fixed" | "dynamic";
  /** From the end of speech to the end of the turn, in ms, at least 0. Shorter answers sooner but cuts pauses. @defaultValue 500; 300 with an `audio-stream` detector; at most a given `maxDelayMs` */
  readonly minDelayMs?: number;
  /** The same where a detector says that the person goes on, in ms, at least `minDelayMs`. @defaultValue 3000; 2500 with an `audio-stream` detector; at least a given `minDelayMs` */
  readonly maxDelayMs?: number;
  /** For `dynamic`: weight of the past in (0, 1]; higher learns more slowly. @defaultValue 0.9 */
  readonly alpha?: number;
}

/** When the person may interrupt the agent. */
export interface InterruptionOptions {
  /** Whether the agent can be interrupted at all. @defaultValue true */
  readonly enabled?: boolean;
  /**
   * `vad`: speech interrupts by its length; or a model that judges whether it is meant to, such as
   * `adaptiveInterruption({ … })`, which falls back to `vad`. @defaultValue "vad"
   */
  readonly mode?: "vad" | OverlapDetector;
  /** Speech of at least this length interrupts, in ms. @defaultValue 500 */
  readonly minDurationMs?: number;
  /** At least so many recognised words interrupt; 0 needs none. Only with an stt. @defaultValue 0 */
  readonly minWords?: number;
  /** Whether the agent goes on after an interruption without words. Only if it can pause. @defaultValue true */
  readonly resumeFalseInterruption?: boolean;
  /** How long words are waited for after an interruption, in ms. @defaultValue 2000 */
  readonly falseInterruptionTimeoutMs?: number;
  /** While the agent must not be interrupted: whether speech is kept from the recogniser, which hears silence. @defaultValue true */
  readonly discardAudioIfUninterruptible?: boolean;
  /**
   * For a model as `mode`: so long after the agent begins, in ms, speech interrupts by its length as well; and what is said
   * so long before it ends is an answer, no backchannel ("mhm"). A single number counts for both. @defaultValue [1000, 1000]
   */
  readonly backchannelBoundaryMs?: number | readonly [number, number];
}

/** An answer that is prepared before the turn is over. */
export interface PreemptiveGenerationOptions {
  /** @defaultValue true */
  readonly enabled?: boolean;
  /** Not after speech longer than this, in ms. @defaultValue 10000 */
  readonly maxSpeechMs?: number;
  /** At most so many in one turn. @defaultValue 3 */
  readonly maxAttempts?: number;
}

/** When a person has said too much in one turn. */
export interface UserTurnLimit {
  /** Words, at least 1. @defaultValue no limit */
  readonly maxWords?: number;
  /** Duration, in ms. @defaultValue no limit */
  readonly maxDurationMs?: number;
}

/** How turns are taken. Defaults are LiveKit Agents'. */
export interface TurnTakingOptions {
  /** @defaultValue "vad" with a VAD, else "stt" */
  readonly detection?: TurnDetection;
  /** How long to wait after speech has ended. */
  readonly endpointing?: EndpointingOptions;
  /** When the person may interrupt the agent. */
  readonly interruption?: InterruptionOptions;
  /** Answers that are prepared before the turn is over. */
  readonly preemptiveGeneration?: PreemptiveGenerationOptions;
  /** When a person has said too much. */
  readonly userTurnLimit?: UserTurnLimit;
  /** Silence of both sides after which the person counts as away, in ms; 0 never. @defaultValue 15000 */
  readonly userAwayAfterMs?: number;
  /** After the agent first speaks: how long nothing interrupts, while echo cancellation settles, in ms. @defaultValue 3000 */
  readonly aecWarmupMs?: number;
  /** How long a detector may take, in ms, at least 1. @defaultValue 1000 */
  readonly detectorTimeoutMs?: number;
  /** What was said by both sides before; every turn is added. @defaultValue a new one */
  readonly conversation?: Conversation;
  /** Records how turns come about, such as `openTelemetry({ tracer })`. @defaultValue nothing is recorded */
  readonly telemetry?: TelemetrySource;
  /** Who listens in, such as to tell an answering machine from a person. @defaultValue [] */
  readonly observers?: readonly TurnObserver[];
}
