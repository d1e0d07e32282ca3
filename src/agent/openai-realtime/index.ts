export { openaiRealtime, type OpenaiRealtimeAgent, type OpenaiRealtimeOptions } from "./openai-realtime.ts";
export type { Agent, Said, SayOptions } from "../agent.ts";
export type { AgentEvent } from "../agent-event.ts";
export type { AgentMetrics } from "../agent-metrics.ts";
export type { Tool, ToolContext } from "../tool.ts";
export type { Clock } from "../../net/clock.ts";
export type { OpenSocket, SocketLike } from "../../net/socket.ts";
export type { Token, TokenFunction, TokenReason, TokenRequest } from "../../net/token.ts";
export { RealtimeClient, type RealtimeHealth } from "../../realtime/realtime-client.ts";
export type {
  ConnectionEvent,
  InputEvent,
  ItemEvent,
  OutputEvent,
  OutputPlace,
  RealtimeEvent,
  RealtimeTimes,
  RealtimeUsage,
  ResponseStatus,
} from "../../realtime/realtime-event.ts";
export {
  textMessage,
  type RealtimeContent,
  type RealtimeFunctionCall,
  type RealtimeFunctionCallOutput,
  type RealtimeItem,
  type RealtimeItemInput,
  type RealtimeMessage,
} from "../../realtime/realtime-item.ts";
export type { RealtimeClientOptions, RealtimeConnectionOptions } from "../../realtime/realtime-options.ts";
export {
  realtimeTracing,
  type RealtimeSpan,
  type RealtimeSpanAttributes,
  type RealtimeTracer,
  type RealtimeTracingOptions,
} from "../../realtime/realtime-tracing.ts";
export type {
  OutputSettings,
  ReasoningEffort,
  RealtimeTool,
  RealtimeToolChoice,
  ResponseSettings,
  SemanticVadOptions,
  ServerVadOptions,
  SessionSettings,
} from "../../realtime/session-settings.ts";
