import { msToSamples } from "../audio/units.ts";
import type { OverlapDetector } from "./overlap-detector.ts";
import type { TurnDetector } from "./turn-detector.ts";
import type {
  EndpointingOptions,
  InterruptionOptions,
  PreemptiveGenerationOptions,
  TurnDetection,
  TurnTakingOptions,
  UserTurnLimit,
} from "./turn-options.ts";

/** {@link EndpointingOptions} checked, completed and in samples. */
export interface EndpointingSettings {
  readonly mode: "fixed" | "dynamic";
  readonly minDelaySamples: number;
  readonly maxDelaySamples: number;
  readonly alpha: number;
}

/** {@link InterruptionOptions} checked, completed and in samples. */
export interface InterruptionSettings {
  readonly enabled: boolean;
  readonly mode: "vad" | OverlapDetector;
  readonly minDurationSamples: number;
  readonly minWords: number;
  readonly resumeFalseInterruption: boolean;
  readonly falseInterruptionTimeoutSamples: number;
  readonly discardAudioIfUninterruptible: boolean;
  /** After the agent begins, and before it ends. */
  readonly backchannelBoundarySamples: readonly [number, number];
}

/** {@link PreemptiveGenerationOptions} checked, completed and in samples. */
export interface PreemptiveGenerationSettings {
  readonly enabled: boolean;
  readonly maxSpeechSamples: number;
  readonly maxAttempts: number;
}

/** {@link UserTurnLimit} checked and in samples; `Infinity` where there is no limit. */
export interface UserTurnLimitSettings {
  readonly maxWords: number;
  readonly maxDurationSamples: number;
}

/** {@link TurnTakingOptions} checked, completed and in samples. */
export interface TurnSettings {
  /** `undefined`: whatever there is, a VAD first, else the recogniser. */
  readonly detection: TurnDetection | undefined;
  readonly endpointing: EndpointingSettings;
  readonly interruption: InterruptionSettings;
  readonly preemptiveGeneration: PreemptiveGenerationSettings;
  readonly userTurnLimit: UserTurnLimitSettings;
  /** 0: never. */
  readonly userAwayAfterSamples: number;
  readonly aecWarmupSamples: number;
  readonly detectorTimeoutMs: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * Checks the options and fills in the defaults.
 *
 * @throws RangeError or TypeError naming the option, the rule and the value.
 */
export function turnSettings(options: TurnTakingOptions = {}): TurnSettings {
  const { detection, userAwayAfterMs = 15_000, aecWarmupMs = 3_000, detectorTimeoutMs = 1_000 } = options;
  if (detection !== undefined) requireDetection(detection);
  requireRange("turns.detectorTimeoutMs", detectorTimeoutMs, 1, MINUTE_MS);
  return {
    detection,
    endpointing: endpointingSettings(options.endpointing, detection),
    interruption: interruptionSettings(options.interruption, detection),
    preemptiveGeneration: preemptiveGenerationSettings(options.preemptiveGeneration),
    userTurnLimit: userTurnLimitSettings(options.userTurnLimit),
    userAwayAfterSamples: samplesOf("turns.userAwayAfterMs", userAwayAfterMs, DAY_MS),
    aecWarmupSamples: samplesOf("turns.aecWarmupMs", aecWarmupMs, MINUTE_MS),
    detectorTimeoutMs,
  };
}

/**
 * Checks the delays and fills in the defaults, which are shorter with a detector that hears everything. A delay that is
 * not given gives way to one that is.
 *
 * @throws RangeError naming the option, the rule and the value.
 */
export function endpointingSettings(options: EndpointingOptions = {}, detection?: TurnDetection): EndpointingSettings {
  const path = "turns.endpointing";
  const { mode = "fixed", alpha = 0.9 } = options;
  const hearsAll = typeof detection === "object" && detection.input === "audio-stream";
  const minDelayMs = options.minDelayMs ?? Math.min(hearsAll ? 300 : 500, options.maxDelayMs ?? MINUTE_MS);
  const maxDelayMs = options.maxDelayMs ?? Math.max(hearsAll ? 2_500 : 3_000, minDelayMs);
  requireWord(`${path}.mode`, mode, ["fixed", "dynamic"]);
  if (!(alpha > 0 && alpha <= 1)) throw new RangeError(`${path}.alpha must be in (0, 1], got ${alpha}`);
  const minDelaySamples = samplesOf(`${path}.minDelayMs`, minDelayMs, MINUTE_MS);
  const maxDelaySamples = samplesOf(`${path}.maxDelayMs`, maxDelayMs, MINUTE_MS);
  if (maxDelayMs < minDelayMs) {
    throw new RangeError(`${path}.maxDelayMs must be at least minDelayMs, ${minDelayMs}, got ${maxDelayMs}`);
  }
  return { mode, minDelaySamples, maxDelaySamples, alpha };
}

function interruptionSettings(options: InterruptionOptions = {}, detection?: TurnDetection): InterruptionSettings {
  const path = "turns.interruption";
  const {
    enabled = true,
    mode = "vad",
    minDurationMs = 500,
    minWords = 0,
    falseInterruptionTimeoutMs = 2_000,
  } = options;
  const {
    // A server that cancels by itself leaves nothing to go on with.
    resumeFalseInterruption = detection !== "realtime",
    discardAudioIfUninterruptible = true,
    backchannelBoundaryMs = 1_000,
  } = options;
  requireFlags(path, { enabled, resumeFalseInterruption, discardAudioIfUninterruptible });
  if (typeof (mode as Partial<OverlapDetector> | null)?.stream !== "function") {
    requireWord(`${path}.mode`, mode, ["vad"], " or a model such as adaptiveInterruption()");
  }
  requireCount(`${path}.minWords`, minWords, 0);
  return {
    enabled,
    mode,
    minDurationSamples: samplesOf(`${path}.minDurationMs`, minDurationMs, MINUTE_MS),
    minWords,
    resumeFalseInterruption,
    falseInterruptionTimeoutSamples: samplesOf(
      `${path}.falseInterruptionTimeoutMs`,
      falseInterruptionTimeoutMs,
      MINUTE_MS,
    ),
    discardAudioIfUninterruptible,
    backchannelBoundarySamples: boundarySamples(`${path}.backchannelBoundaryMs`, backchannelBoundaryMs),
  };
}

function preemptiveGenerationSettings(options: PreemptiveGenerationOptions = {}): PreemptiveGenerationSettings {
  const path = "turns.preemptiveGeneration";
  const { enabled = true, maxSpeechMs = 10_000, maxAttempts = 3 } = options;
  requireFlags(path, { enabled });
  requireCount(`${path}.maxAttempts`, maxAttempts, 0);
  return { enabled, maxSpeechSamples: samplesOf(`${path}.maxSpeechMs`, maxSpeechMs, DAY_MS), maxAttempts };
}

function userTurnLimitSettings({ maxWords, maxDurationMs }: UserTurnLimit = {}): UserTurnLimitSettings {
  const path = "turns.userTurnLimit";
  if (maxWords !== undefined) requireCount(`${path}.maxWords`, maxWords, 1);
  return {
    maxWords: maxWords ?? Number.POSITIVE_INFINITY,
    maxDurationSamples:
      maxDurationMs === undefined
        ? Number.POSITIVE_INFINITY
        : samplesOf(`${path}.maxDurationMs`, maxDurationMs, DAY_MS),
  };
}

function boundarySamples(path: string, value: number | readonly [number, number]): readonly [number, number] {
  const pair: readonly unknown[] = Array.isArray(value) ? value : [value, value];
  const [after, before] = pair;
  if (pair.length !== 2 || !isWithin(after, 0, MINUTE_MS) || !isWithin(before, 0, MINUTE_MS)) {
    const rule = `must be one or two non-negative numbers of ms, at most ${MINUTE_MS}`;
    throw new RangeError(`${path} ${rule}, got ${JSON.stringify(value)}`);
  }
  return [msToSamples(after), msToSamples(before)];
}

function requireDetection(detection: TurnDetection): void {
  if (typeof detection !== "object" || detection === null) {
    requireWord("turns.detection", detection, ["vad", "stt", "manual", "realtime"], " or a detector");
  } else {
    requireDetector(detection);
  }
}

function requireDetector(detector: TurnDetector): void {
  const path = "turns.detection";
  const { input, windowMs } = detector;
  requireWord(`${path}.input`, input, ["text", "audio-window", "audio-stream"]);
  requireMethods(path, detector, "thresholdOf", "predict");
  if (input === "audio-window") requireRange(`${path}.windowMs`, windowMs, 1, MINUTE_MS);
  if (input === "audio-stream") requireMethods(path, detector, "stream");
}

function samplesOf(path: string, valueMs: number, maxMs: number): number {
  requireRange(path, valueMs, 0, maxMs);
  return msToSamples(valueMs);
}

function requireRange(path: string, valueMs: unknown, minMs: number, maxMs: number): void {
  if (!isWithin(valueMs, minMs, maxMs)) {
    throw new RangeError(`${path} must be in [${minMs}, ${maxMs}] ms, got ${String(valueMs)}`);
  }
}

function isWithin(value: unknown, min: number, max: number): value is number {
  return typeof value === "number" && value >= min && value <= max;
}

function requireCount(path: string, value: number, min: number): void {
  if (!(Number.isInteger(value) && value >= min)) {
    throw new RangeError(`${path} must be a whole number of at least ${min}, got ${value}`);
  }
}

function requireWord(path: string, value: unknown, words: readonly string[], orElse = ""): void {
  if (!words.includes(value as string)) {
    const list = words.map((word) => JSON.stringify(word)).join(", ");
    throw new RangeError(`${path} must be one of ${list}${orElse}, got ${JSON.stringify(value)}`);
  }
}

function requireFlags(path: string, flags: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(flags)) {
    if (typeof value !== "boolean") throw new TypeError(`${path}.${name} must be true or false, got ${String(value)}`);
  }
}

function requireMethods(path: string, detector: TurnDetector, ...names: readonly (keyof TurnDetector)[]): void {
  for (const name of names) {
    const value: unknown = detector[name];
    if (typeof value !== "function") throw new TypeError(`${path}.${name} must be a function, got ${typeof value}`);
  }
}
