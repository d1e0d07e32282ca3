export { openaiRealtime, type OpenaiRealtimeOptions } from "./openai-realtime.ts";
export { RealtimeClient, type RealtimeHealth } from "../../realtime/realtime-client.ts";
export type { RealtimeClientOptions, RealtimeConnectionOptions } from "../../realtime/realtime-options.ts";
export type { RealtimeEvent, RealtimeTimes, RealtimeUsage, ResponseStatus } from "../../realtime/realtime-event.ts";
export { textMessage, type RealtimeItem, type RealtimeItemInput } from "../../realtime/realtime-item.ts";
export type {
  RealtimeTool,
  ResponseSettings,
  SemanticVadOptions,
  ServerVadOptions,
  SessionSettings,
} from "../../realtime/session-settings.ts";
export type { Agent, Said, SayOptions } from "../agent.ts";
export type { AgentEvent } from "../agent-event.ts";
export type { AgentMetrics } from "../agent-metrics.ts";
export type { Tool, ToolContext } from "../tool.ts";
