import type { JsonValue } from "../conversation/conversation-item.ts";
import type { RealtimeItemInput } from "./realtime-item.ts";

/** The server finds the end of a turn by silence. */
export interface ServerVadOptions {
  /** By silence. */
  readonly type: "server_vad";
  /** How loud speech must be, 0..1. Higher suits noisy places. The server's default is 0.5. */
  readonly threshold?: number;
  /** How much audio from before speech belongs to it, in ms, at least 0. The server's default is 300. */
  readonly prefixPaddingMs?: number;
  /** How much silence ends a turn, in ms, at least 0. Shorter answers sooner but cuts pauses. */
  readonly silenceDurationMs?: number;
  /** After so much silence the model speaks up, in ms, at least 0; `null` for never. */
  readonly idleTimeoutMs?: number | null;
  /** Whether a turn's end makes an answer. The server's default is true. */
  readonly createResponse?: boolean;
  /** Whether speech cancels the answer that is being made. The server's default is true. */
  readonly interruptResponse?: boolean;
}

/** The server finds the end of a turn by what was said. */
export interface SemanticVadOptions {
  /** By meaning. */
  readonly type: "semantic_vad";
  /** How soon it takes its turn: at the latest after 8 s for `low`, 4 s for `medium` and `auto`, 2 s for `high`. */
  readonly eagerness?: "low" | "medium" | "high" | "auto";
  /** As with {@link ServerVadOptions}. */
  readonly createResponse?: boolean;
  /** As with {@link ServerVadOptions}. */
  readonly interruptResponse?: boolean;
}

/** How hard a reasoning model thinks. */
export type ReasoningEffort = "minimal" | "low" | "medium" | "high" | "xhigh";

/** A tool that the model may call; one on an MCP server is called by OpenAI. */
export type RealtimeTool =
  | {
      readonly name: string;
      readonly description?: string;
      readonly parameters?: { readonly [name: string]: JsonValue };
    }
  | { readonly type: "mcp"; readonly serverLabel: string; readonly [option: string]: JsonValue };

/** Whether and which tool the model must call. */
export type RealtimeToolChoice =
  | "auto"
  | "none"
  | "required"
  | { readonly type: "function"; readonly name: string }
  | { readonly type: "mcp"; readonly serverLabel: string; readonly name?: string };

/** What counts for a whole session as well as for one answer. What is left out is as the server has it. */
export interface OutputSettings {
  /** What answers are made of; spoken ones come with their transcript. The server's default is audio. */
  readonly outputModality?: "audio" | "text";
  /** What the model is and how it behaves; `""` for nothing. */
  readonly instructions?: string;
  /** A prompt that is kept at OpenAI; `null` for none. */
  readonly prompt?: {
    readonly id: string;
    readonly version?: string;
    readonly variables?: { readonly [name: string]: JsonValue };
  } | null;
  /** alloy, ash, ballad, coral, echo, sage, shimmer, verse, marin, cedar, or `{ id }` of one's own; not after the first audio. */
  readonly voice?: string | { readonly id: string };
  /** Tools; `[]` for none. */
  readonly tools?: readonly RealtimeTool[];
  /** The server's default is `auto`. */
  readonly toolChoice?: RealtimeToolChoice;
  /** Whether several tools may be called in one answer. */
  readonly parallelToolCalls?: boolean;
  /** For models that reason; more thinks longer. */
  readonly reasoningEffort?: ReasoningEffort;
  /** Most tokens of one answer, 1..4096, or `"inf"`, the server's default. */
  readonly maxOutputTokens?: number | "inf";
}

/** A session's settings: what is left out is as the server, or the secret, has it. */
export interface SessionSettings extends OutputSettings {
  /** How fast it speaks, 0.25..1.5; changes between turns only. The server's default is 1. */
  readonly speed?: number;
  /** Who finds the end of a turn; `null` leaves it to the app: `commit()`, then `createResponse()`. The server's default is `server_vad`. */
  readonly turnDetection?: ServerVadOptions | SemanticVadOptions | null;
  /** Whether and how what is heard is written down; `null`, the server's default, for not at all. */
  readonly transcription?: {
    readonly model?: string;
    readonly language?: string;
    readonly prompt?: string;
    readonly delay?: ReasoningEffort;
  } | null;
  /** For a microphone close by or far away; `null`, the server's default, for none. */
  readonly noiseReduction?: "near_field" | "far_field" | null;
  /** What is dropped when the context grows too long. The server's default is `auto`. */
  readonly truncation?:
    | "auto"
    | "disabled"
    | {
        readonly type: "retention_ratio";
        readonly retentionRatio: number;
        readonly tokenLimits?: { readonly postInstructions?: number };
      };
  /** OpenAI's own traces; cannot be changed once set. `null` for none. */
  readonly tracing?:
    | "auto"
    | { readonly workflowName?: string; readonly groupId?: string; readonly metadata?: JsonValue }
    | null;
  /** `item.input_audio_transcription.logprobs` is all that there is; read it by `onServerEvent`. */
  readonly include?: readonly string[] | null;
}

/** One answer, where it differs from the session. */
export interface ResponseSettings extends OutputSettings {
  /** `none`: beside the conversation, which then knows nothing of it; may run while another answer does. @defaultValue "auto" */
  readonly conversation?: "auto" | "none";
  /** What the model is given instead of the conversation; `[]` for nothing. */
  readonly input?: readonly (RealtimeItemInput | { readonly type: "item_reference"; readonly id: string })[];
  /** Comes back with the answer; up to 16 pairs. */
  readonly metadata?: Readonly<Record<string, string>>;
}
