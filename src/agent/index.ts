export { cascade } from "./cascade/cascade.ts";
export type { CascadeOptions } from "./cascade/cascade-options.ts";
export type { Respond, RespondContext, RespondPiece, RespondTurn, SpokenAudio, Speak } from "./cascade/respond.ts";
export type { Agent, Said, SayOptions } from "./agent.ts";
export type { AgentEvent } from "./agent-event.ts";
export type { AgentMetrics } from "./agent-metrics.ts";
export type { Tool, ToolContext } from "./tool.ts";
