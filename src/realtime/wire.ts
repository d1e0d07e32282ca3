/*
 * The messages of OpenAI Realtime's WebSocket, `{base}?model=…`, as JSON text frames:
 *
 *   ← {"type":"session.created","event_id":"event_1","session":{"type":"realtime","id":"sess_1","expires_at":1756324625,…}}
 *   → {"type":"session.update","event_id":"vv_1","session":{"type":"realtime","instructions":"Be brief."}}
 *   ← {"type":"session.updated","event_id":"event_2","session":{…}}
 *   → {"type":"input_audio_buffer.append","audio":"<base64 of little-endian 16-bit mono PCM at 24 kHz>"}   (again and again)
 *   ← {"type":"input_audio_buffer.speech_started","event_id":"event_3","audio_start_ms":1000,"item_id":"item_1"}
 *   ← {"type":"input_audio_buffer.speech_stopped","event_id":"event_4","audio_end_ms":2000,"item_id":"item_1"}
 *   ← {"type":"input_audio_buffer.committed","event_id":"event_5","previous_item_id":null,"item_id":"item_1"}
 *   ← {"type":"conversation.item.added","event_id":"event_6","previous_item_id":null,"item":{"id":"item_1",…}}
 *   ← {"type":"response.created","event_id":"event_7","response":{"id":"resp_1","status":"in_progress",…}}
 *   ← {"type":"response.output_audio.delta","event_id":"event_8","response_id":"resp_1","item_id":"item_2",…}
 *   ← {"type":"response.done","event_id":"event_9","response":{"id":"resp_1","status":"completed","usage":{…},…}}
 *
 * Shared with `gateway/`; nothing above the codec sees it. https://platform.openai.com/docs/api-reference/realtime
 */
import type {
  WireContent,
  WireError,
  WireItem,
  WireResponse,
  WireResponseParams,
  WireServerItem,
  WireServerSession,
  WireSession,
} from "./wire-session.ts";

export type * from "./wire-session.ts";

interface ClientFields<Type extends string> {
  readonly type: Type;
  /** Comes back in the error that the event brings about. */
  readonly event_id?: string;
}

/** Every event that a client may send, by its type. `output_audio_buffer.clear` is for WebRTC only. */
export type WireClientEvent =
  | (ClientFields<"session.update"> & { readonly session: WireSession })
  | (ClientFields<"input_audio_buffer.append"> & { readonly audio: string })
  | ClientFields<"input_audio_buffer.commit">
  | ClientFields<"input_audio_buffer.clear">
  | ClientFields<"output_audio_buffer.clear">
  | (ClientFields<"conversation.item.create"> & { readonly item: WireItem; readonly previous_item_id?: string | null })
  | (ClientFields<"conversation.item.retrieve"> & { readonly item_id: string })
  | (ClientFields<"conversation.item.truncate"> & {
      readonly item_id: string;
      readonly content_index: number;
      readonly audio_end_ms: number;
    })
  | (ClientFields<"conversation.item.delete"> & { readonly item_id: string })
  | (ClientFields<"response.create"> & { readonly response?: WireResponseParams })
  | (ClientFields<"response.cancel"> & { readonly response_id?: string });

interface ServerFields<Type extends string> {
  readonly type: Type;
  readonly event_id: string;
}

interface OfItem {
  readonly item_id: string;
}

interface OfContent extends OfItem {
  readonly content_index: number;
}

interface OfOutput extends OfItem {
  readonly response_id: string;
  readonly output_index: number;
}

interface OfOutputContent extends OfOutput {
  readonly content_index: number;
}

type ServerItemEvent = { readonly item: WireServerItem; readonly previous_item_id?: string | null };

/** What of the session, the connection and the server's resources the server tells. */
export type WireSessionEvent =
  | (ServerFields<"session.created" | "session.updated"> & { readonly session: WireServerSession })
  | (ServerFields<"conversation.created"> & {
      readonly conversation: { readonly id: string; readonly object?: string };
    })
  | (ServerFields<"error"> & { readonly error: WireError })
  | (ServerFields<"rate_limits.updated"> & {
      readonly rate_limits: readonly {
        readonly name: string;
        readonly limit?: number;
        readonly remaining?: number;
        readonly reset_seconds?: number;
      }[];
    });

/** What becomes of items. `created` is what `added` was called before. */
export type WireItemEvent =
  | (ServerFields<"conversation.item.added" | "conversation.item.done" | "conversation.item.created"> & ServerItemEvent)
  | (ServerFields<"conversation.item.retrieved"> & { readonly item: WireServerItem })
  | (ServerFields<"conversation.item.truncated"> & OfContent & { readonly audio_end_ms: number })
  | (ServerFields<"conversation.item.deleted"> & OfItem);

/** What was heard, in words. */
export type WireInputTranscriptionEvent =
  | (ServerFields<"conversation.item.input_audio_transcription.delta"> &
      OfItem & { readonly content_index?: number; readonly delta?: string; readonly logprobs?: unknown })
  | (ServerFields<"conversation.item.input_audio_transcription.completed"> &
      OfContent & {
        readonly transcript: string;
        readonly usage?:
          | { readonly type: "tokens"; readonly total_tokens?: number; readonly [detail: string]: unknown }
          | { readonly type: "duration"; readonly seconds: number };
        readonly logprobs?: unknown;
      })
  | (ServerFields<"conversation.item.input_audio_transcription.failed"> & OfContent & { readonly error: WireError })
  | (ServerFields<"conversation.item.input_audio_transcription.segment"> &
      OfContent & {
        readonly id: string;
        readonly text: string;
        readonly speaker?: string;
        readonly start: number;
        readonly end: number;
      });

/** What becomes of the audio that was appended. Times count what was appended to the session, in ms. */
export type WireInputBufferEvent =
  | (ServerFields<"input_audio_buffer.speech_started"> & OfItem & { readonly audio_start_ms: number })
  | (ServerFields<"input_audio_buffer.speech_stopped"> & OfItem & { readonly audio_end_ms: number })
  | (ServerFields<"input_audio_buffer.committed"> & OfItem & { readonly previous_item_id?: string | null })
  | ServerFields<"input_audio_buffer.cleared">
  | (ServerFields<"input_audio_buffer.timeout_triggered"> &
      OfItem & { readonly audio_start_ms: number; readonly audio_end_ms: number })
  | { readonly type: "input_audio_buffer.dtmf_event_received"; readonly event: string; readonly received_at: number };

/** A part of an answer, as it begins and as it is done. */
export type WirePart = { readonly type: "text" | "audio"; readonly text?: string; readonly transcript?: string };

/** What an answer consists of. Audio is base64 of the session's output format. */
export type WireResponseEvent =
  | (ServerFields<"response.created" | "response.done"> & { readonly response: WireResponse })
  | (ServerFields<"response.output_item.added" | "response.output_item.done"> & {
      readonly response_id: string;
      readonly output_index: number;
      readonly item: WireServerItem;
    })
  | (ServerFields<"response.content_part.added" | "response.content_part.done"> &
      OfOutputContent & { readonly part: WirePart | WireContent })
  | (ServerFields<
      "response.output_text.delta" | "response.output_audio.delta" | "response.output_audio_transcript.delta"
    > &
      OfOutputContent & { readonly delta: string })
  | (ServerFields<"response.output_text.done"> & OfOutputContent & { readonly text: string })
  | (ServerFields<"response.output_audio.done"> & OfOutputContent)
  | (ServerFields<"response.output_audio_transcript.done"> & OfOutputContent & { readonly transcript: string })
  | (ServerFields<"response.function_call_arguments.delta"> &
      OfOutput & { readonly call_id: string; readonly delta: string })
  | (ServerFields<"response.function_call_arguments.done"> &
      OfOutput & { readonly call_id: string; readonly name?: string; readonly arguments: string });

/** What tools on MCP servers do; passed on. */
export type WireMcpEvent =
  | (ServerFields<"mcp_list_tools.in_progress" | "mcp_list_tools.completed" | "mcp_list_tools.failed"> & OfItem)
  | (ServerFields<"response.mcp_call_arguments.delta"> & OfOutput & { readonly delta: string })
  | (ServerFields<"response.mcp_call_arguments.done"> & OfOutput & { readonly arguments: string })
  | (ServerFields<"response.mcp_call.in_progress" | "response.mcp_call.completed" | "response.mcp_call.failed"> &
      OfItem & { readonly output_index: number });

/** Of the server's own playback: WebRTC and SIP only. */
export type WireOutputBufferEvent = ServerFields<
  "output_audio_buffer.started" | "output_audio_buffer.stopped" | "output_audio_buffer.cleared"
> & { readonly response_id: string };

/** Every event that a server may send, by its type. */
export type WireServerEvent =
  | WireSessionEvent
  | WireItemEvent
  | WireInputTranscriptionEvent
  | WireInputBufferEvent
  | WireResponseEvent
  | WireMcpEvent
  | WireOutputBufferEvent;

/** What `POST /v1/realtime/client_secrets` asks for. */
export interface WireClientSecretRequest {
  readonly expires_after?: { readonly anchor: "created_at"; readonly seconds: number };
  readonly session?: WireSession | { readonly type: "transcription"; readonly [setting: string]: unknown };
}

/** What it answers. `expires_at` is seconds since 1970. */
export interface WireClientSecret {
  readonly value: string;
  readonly expires_at: number;
  readonly session: WireServerSession;
}
