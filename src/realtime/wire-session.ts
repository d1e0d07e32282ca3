/** How audio is written: 16-bit PCM at 24 kHz, or G.711 at 8 kHz. */
export type WireAudioFormat =
  | { readonly type: "audio/pcm"; readonly rate?: 24_000 }
  | { readonly type: "audio/pcmu" }
  | { readonly type: "audio/pcma" };

/** Who finds the end of a turn; `null` leaves that to the client. */
export type WireTurnDetection =
  | {
      readonly type: "server_vad";
      readonly threshold?: number;
      readonly prefix_padding_ms?: number;
      readonly silence_duration_ms?: number;
      readonly idle_timeout_ms?: number | null;
      readonly create_response?: boolean;
      readonly interrupt_response?: boolean;
    }
  | {
      readonly type: "semantic_vad";
      readonly eagerness?: "low" | "medium" | "high" | "auto";
      readonly create_response?: boolean;
      readonly interrupt_response?: boolean;
    };

/** How what is heard is written down, besides being understood. */
export interface WireTranscription {
  readonly model?: string;
  readonly language?: string;
  readonly prompt?: string;
  readonly delay?: "minimal" | "low" | "medium" | "high" | "xhigh";
}

/** A voice by name, or one of one's own. */
export type WireVoice = string | { readonly id: string };

/** A tool that the model may call. */
export type WireTool =
  | {
      readonly type: "function";
      readonly name: string;
      readonly description?: string;
      readonly parameters?: unknown;
    }
  | { readonly type: "mcp"; readonly server_label: string; readonly [option: string]: unknown };

/** Whether and which tool the model must call. */
export type WireToolChoice =
  | "auto"
  | "none"
  | "required"
  | { readonly type: "function"; readonly name: string }
  | { readonly type: "mcp"; readonly server_label: string; readonly name?: string };

/** What is kept when the context grows too long. */
export type WireTruncation =
  | "auto"
  | "disabled"
  | {
      readonly type: "retention_ratio";
      readonly retention_ratio: number;
      readonly token_limits?: { readonly post_instructions?: number };
    };

/** A session's settings: all optional in an update, which changes only what it names. */
export interface WireSession {
  readonly type: "realtime";
  readonly model?: string;
  readonly output_modalities?: readonly ("audio" | "text")[];
  readonly instructions?: string;
  readonly prompt?: { readonly id: string; readonly version?: string; readonly variables?: object } | null;
  readonly audio?: {
    readonly input?: {
      readonly format?: WireAudioFormat;
      readonly noise_reduction?: { readonly type: "near_field" | "far_field" } | null;
      readonly transcription?: WireTranscription | null;
      readonly turn_detection?: WireTurnDetection | null;
    };
    readonly output?: { readonly format?: WireAudioFormat; readonly voice?: WireVoice; readonly speed?: number };
  };
  readonly tools?: readonly WireTool[];
  readonly tool_choice?: WireToolChoice;
  readonly parallel_tool_calls?: boolean;
  readonly reasoning?: { readonly effort?: "minimal" | "low" | "medium" | "high" | "xhigh" };
  readonly max_output_tokens?: number | "inf";
  readonly truncation?: WireTruncation;
  readonly tracing?: "auto" | { readonly workflow_name?: string; readonly group_id?: string } | null;
  readonly include?: readonly string[] | null;
}

/** A session as the server tells of it. `expires_at` is seconds since 1970. */
export interface WireServerSession extends WireSession {
  readonly object: "realtime.session";
  readonly id: string;
  readonly expires_at?: number;
}

/** A part of a message. */
export type WireContent =
  | { readonly type: "input_text"; readonly text: string }
  | { readonly type: "input_audio"; readonly audio?: string; readonly transcript?: string | null }
  | { readonly type: "input_image"; readonly image_url: string; readonly detail?: "auto" | "low" | "high" }
  | { readonly type: "output_text"; readonly text: string }
  | { readonly type: "output_audio"; readonly audio?: string; readonly transcript?: string };

type WireItemFields = {
  readonly id?: string;
  readonly object?: "realtime.item";
  readonly status?: "in_progress" | "completed" | "incomplete";
};

/** A message of the conversation. */
export type WireMessageItem = WireItemFields & {
  readonly type: "message";
  readonly role: "user" | "assistant" | "system";
  readonly content: readonly WireContent[];
};

/** The model asks for a tool. `arguments` is JSON. */
export type WireFunctionCallItem = WireItemFields & {
  readonly type: "function_call";
  readonly call_id?: string;
  readonly name: string;
  readonly arguments: string;
};

/** What the tool answered. */
export type WireFunctionCallOutputItem = WireItemFields & {
  readonly type: "function_call_output";
  readonly call_id: string;
  readonly output: string;
};

/** One thing in a conversation. There are more kinds, for MCP, which a client passes on. */
export type WireItem = WireMessageItem | WireFunctionCallItem | WireFunctionCallOutputItem;

/** An item as the server tells of it. */
export type WireServerItem = WireItem & { readonly id: string };

/** What an answer cost, in tokens. */
export interface WireUsage {
  readonly total_tokens?: number;
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly input_token_details?: {
    readonly text_tokens?: number;
    readonly audio_tokens?: number;
    readonly image_tokens?: number;
    readonly cached_tokens?: number;
    readonly cached_tokens_details?: {
      readonly text_tokens?: number;
      readonly audio_tokens?: number;
      readonly image_tokens?: number;
    };
  };
  readonly output_token_details?: { readonly text_tokens?: number; readonly audio_tokens?: number };
}

/** What went wrong, in the server's words. `event_id` is that of the client's message at fault. */
export interface WireError {
  readonly type?: string;
  readonly code?: string | null;
  readonly message?: string;
  readonly param?: string | null;
  readonly event_id?: string | null;
}

/** How an answer stands. */
export interface WireResponse {
  readonly object?: "realtime.response";
  readonly id: string;
  readonly status: "in_progress" | "completed" | "cancelled" | "failed" | "incomplete";
  readonly status_details?: {
    readonly type?: string;
    readonly reason?: "turn_detected" | "client_cancelled" | "max_output_tokens" | "content_filter";
    readonly error?: WireError;
  } | null;
  readonly output: readonly WireServerItem[];
  readonly conversation_id?: string | null;
  readonly output_modalities?: readonly ("audio" | "text")[];
  readonly max_output_tokens?: number | "inf";
  readonly audio?: { readonly output?: { readonly format?: WireAudioFormat; readonly voice?: WireVoice } };
  readonly usage?: WireUsage | null;
  readonly metadata?: Readonly<Record<string, string>> | null;
}

/** How one answer is to be, where it differs from the session. */
export interface WireResponseParams {
  readonly output_modalities?: readonly ("audio" | "text")[];
  readonly instructions?: string;
  readonly audio?: { readonly output?: { readonly format?: WireAudioFormat; readonly voice?: WireVoice } };
  readonly tools?: readonly WireTool[];
  readonly tool_choice?: WireToolChoice;
  readonly parallel_tool_calls?: boolean;
  readonly conversation?: "auto" | "none";
  readonly metadata?: Readonly<Record<string, string>> | null;
  readonly input?: readonly (WireItem | { readonly type: "item_reference"; readonly id: string })[];
  readonly max_output_tokens?: number | "inf";
  readonly reasoning?: WireSession["reasoning"];
  readonly prompt?: WireSession["prompt"];
}
