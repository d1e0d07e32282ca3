import type { JsonValue } from "../conversation/conversation-item.ts";

/** What a tool's handler is told besides its arguments. */
export interface ToolContext {
  readonly callId: string;
  /** Aborted when the answer that asked is cut off, when time is up, and when the session ends. */
  readonly signal: AbortSignal;
}

/** Something that the agent may ask the app to do. As it stands it is a tool of any arguments; `Tool<{ place: string }>` names them. */
export interface Tool<Arguments = never> {
  /** 1 to 64 letters, digits, `_` or `-`. */
  readonly name: string;
  /** When and why to use it, for the model. */
  readonly description?: string;
  /** JSON Schema of the arguments, an object. @defaultValue no arguments */
  readonly parameters?: { readonly [name: string]: JsonValue };
  /** How long the handler may take, in ms, 1..600000. @defaultValue 30000 */
  readonly timeoutMs?: number;
  /** Does it. A string goes to the model as it is, anything else as JSON. What it throws is told to the model, shortly. */
  readonly execute: (args: Arguments, context: ToolContext) => Promise<JsonValue | void> | JsonValue | void;
}
