import type { DetectionKind } from "./detection-kind.ts";
import type { InterruptionSettings } from "./turn-settings.ts";

/** What counts for interruptions; may change at any time. */
export interface InterruptionRules {
  readonly settings: InterruptionSettings;
  readonly aecWarmupSamples: number;
  readonly detection: DetectionKind;
  readonly hasVad: boolean;
  readonly hasStt: boolean;
  /** Whether a model judges overlapping speech; false once it has failed. */
  readonly isAdaptive: boolean;
}

/** One thing that the agent says. */
export interface AgentSpeech {
  /** Whether the person may interrupt it. */
  readonly isInterruptible: boolean;
  /** Whether it can stop and go on where it stopped. */
  readonly canPause: boolean;
}

/** What the agent is at. */
export type AgentActivity = { readonly kind: "silent" } | ({ readonly kind: "thinking" | "speaking" } & AgentSpeech);

/** Whether the person may interrupt what the agent is at. */
export function isInterruptible(agent: AgentActivity, { settings }: InterruptionRules): boolean {
  return agent.kind !== "silent" && agent.isInterruptible && settings.enabled;
}

/** Whether the agent may be paused until it is clear what the person meant. */
export function mayPause(agent: AgentActivity, rules: InterruptionRules): boolean {
  const canPause = agent.kind !== "silent" && agent.canPause;
  return canPause && isInterruptible(agent, rules) && rules.settings.resumeFalseInterruption;
}

/** Whether sound decides nothing, since the app or a speech-to-speech model does. */
export function isDecidedElsewhere({ detection }: InterruptionRules): boolean {
  return detection === "manual" || detection === "realtime";
}

/** Whether so many words are enough to interrupt. */
export function areEnoughWords(words: () => number, { hasStt, settings, detection }: InterruptionRules): boolean {
  return !hasStt || settings.minWords === 0 || detection === "manual" || words() >= settings.minWords;
}
