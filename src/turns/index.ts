export { Conversation, type ConversationMessage, type NewConversationItem } from "../conversation/conversation.ts";
export type { ConversationItem, ConversationRole } from "../conversation/conversation-item.ts";
export { turnTaking, type TurnTaking } from "./turn-taking.ts";
export type {
  EndpointingOptions,
  InterruptionOptions,
  PreemptiveGenerationOptions,
  TurnDetection,
  TurnTakingOptions,
  UserTurnLimit,
} from "./turn-options.ts";
export type { DetectorMessage, DetectorRequest, DetectorStream, TurnDetector } from "./turn-detector.ts";
export type { TurnEvent } from "./turn-event.ts";
export type { TurnMetrics } from "./turn-metrics.ts";
export type { ExceededTurn } from "./turn-limit.ts";
export type { TurnObserver } from "./observer.ts";
export type { AgentSide } from "./agent-side.ts";
export type { AgentSpeech } from "./interruption-rules.ts";
export type { InterruptionCause } from "./interruption-output.ts";
export type { CommitOptions } from "./turn-commit.ts";
export type { TelemetrySource, TurnTelemetry } from "./telemetry.ts";
