import type { WireError } from "../../src/realtime/wire.ts";
import { GatewayError } from "../errors.ts";
import type { GatewayErrorName } from "../errors.ts";

/** Who is to blame. */
export type RealtimeErrorType = "invalid_request_error" | "server_error";

/** Why, in the words of OpenAI Realtime as far as they are known. */
export type RealtimeErrorCode =
  | "cannot_update_voice"
  | "conversation_already_has_active_response"
  | "conversation_full"
  | "input_audio_buffer_commit_empty"
  | "input_audio_buffer_full"
  | "insufficient_quota"
  | "invalid_api_key"
  | "invalid_event"
  | "invalid_type"
  | "invalid_value"
  | "item_not_found"
  | "item_retrieve_invalid_item_id"
  | "missing_required_parameter"
  | "rate_limit_exceeded"
  | "response_cancel_not_active"
  | "server_error"
  | "session_expired"
  | "unknown_parameter"
  | "unsupported_content_type";

/** What is told as an `error` event; the session goes on. */
export class RealtimeError extends Error {
  /** Why. */
  readonly code: RealtimeErrorCode;
  /** The path of the field at fault, such as `session.audio.output.speed`. */
  readonly param: string | undefined;
  /** Who is to blame. */
  readonly type: RealtimeErrorType;

  constructor(
    code: RealtimeErrorCode,
    message: string,
    { param, type = "invalid_request_error" }: { readonly param?: string; readonly type?: RealtimeErrorType } = {},
  ) {
    super(message);
    this.name = "RealtimeError";
    this.code = code;
    this.param = param;
    this.type = type;
  }
}

/** What the gateway's own errors are called here; all others are faults of this server. */
const CODES: Readonly<Partial<Record<GatewayErrorName, RealtimeErrorCode>>> = {
  idle: "session_expired",
  "token-refused": "invalid_api_key",
  "token-expired": "invalid_api_key",
  "malformed-message": "invalid_event",
  "unknown-model": "invalid_value",
  "too-many": "rate_limit_exceeded",
  full: "rate_limit_exceeded",
};
const FAULTS_OF_CLIENTS: ReadonlySet<GatewayErrorName> = new Set([
  "token-refused",
  "token-expired",
  "malformed-message",
  "unknown-model",
  "idle",
]);

/** Any error as a `RealtimeError`. */
export function toRealtimeError(error: unknown): RealtimeError {
  if (error instanceof RealtimeError) return error;
  if (!(error instanceof GatewayError))
    return new RealtimeError("server_error", String(error), { type: "server_error" });
  const type = FAULTS_OF_CLIENTS.has(error.reason) ? "invalid_request_error" : "server_error";
  return new RealtimeError(CODES[error.reason] ?? "server_error", error.message, { type });
}

/** An error as it goes over the wire; `eventId` is that of the client's event at fault. */
export function wireErrorOf({ type, code, message, param }: RealtimeError, eventId?: string): Required<WireError> {
  return { type, code, message, param: param ?? null, event_id: eventId ?? null };
}
