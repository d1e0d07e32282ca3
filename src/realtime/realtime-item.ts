/** A part of a message. The names of the kinds are OpenAI's. */
export type RealtimeContent =
  | { readonly type: "input_text" | "output_text"; readonly text: string }
  | { readonly type: "input_audio" | "output_audio"; readonly audio?: string; readonly transcript?: string | null }
  | { readonly type: "input_image"; readonly imageUrl: string; readonly detail?: "auto" | "low" | "high" };

/** A message. The server takes no assistant audio back: give an assistant's part as `output_text`. */
export interface RealtimeMessage {
  readonly type: "message";
  /** Up to 32 characters. @defaultValue a new one */
  readonly id?: string;
  readonly role: "user" | "assistant" | "system";
  readonly content: readonly RealtimeContent[];
}

/** The model has asked for a tool. */
export interface RealtimeFunctionCall {
  readonly type: "function_call";
  readonly id?: string;
  readonly callId: string;
  readonly name: string;
  /** JSON, as the model wrote it. */
  readonly arguments: string;
}

/** What the tool answered. */
export interface RealtimeFunctionCallOutput {
  readonly type: "function_call_output";
  readonly id?: string;
  readonly callId: string;
  readonly output: string;
}

/** What can be put into a conversation. */
export type RealtimeItemInput = RealtimeMessage | RealtimeFunctionCall | RealtimeFunctionCallOutput;

/** An item as the server tells of it. There are more kinds than this library knows; they have an `id` and a `type`. */
export interface RealtimeItem {
  readonly id: string;
  /** `message`, `function_call`, `function_call_output`, or one of MCP's. */
  readonly type: string;
  readonly status?: "in_progress" | "completed" | "incomplete";
  readonly role?: "user" | "assistant" | "system";
  readonly content?: readonly RealtimeContent[];
  readonly callId?: string;
  readonly name?: string;
  readonly arguments?: string;
  readonly output?: string;
}

/** A text as one message: `input_text` of a user or the system, `output_text` of an assistant. */
export function textMessage(role: RealtimeMessage["role"], text: string, id?: string): RealtimeMessage {
  const type = role === "assistant" ? "output_text" : "input_text";
  return { type: "message", role, content: [{ type, text }], ...(id === undefined ? {} : { id }) };
}
