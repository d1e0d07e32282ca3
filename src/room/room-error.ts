import { VoiceError, type VoiceErrorCode } from "../errors.ts";

/** LiveKit's `DisconnectReason`, as far as it tells more than that the connection is gone. @see https://github.com/livekit/protocol */
const DISCONNECTIONS: Readonly<Record<number, readonly [VoiceErrorCode, string, string]>> = {
  2: ["gateway-rejected", "DUPLICATE_IDENTITY", "Somebody else came into the room under the same identity"],
  3: ["gateway-lost", "SERVER_SHUTDOWN", "The room's server was shut down"],
  4: ["gateway-rejected", "PARTICIPANT_REMOVED", "We were removed from the room"],
  5: ["gateway-rejected", "ROOM_DELETED", "The room was deleted"],
  7: ["gateway-rejected", "JOIN_FAILURE", "The room could not be joined: it may be full"],
  10: ["gateway-rejected", "ROOM_CLOSED", "The room was closed"],
  12: ["gateway-rejected", "USER_REJECTED", "The other side refused"],
  16: ["gateway-rejected", "AGENT_ERROR", "The agent failed"],
};

const JWT = /\beyJ[\w-]+(?:\.[\w-]+){0,2}/g;
/** LiveKit's `ConnectionErrorReason`. */
const NOT_ALLOWED = 0;
const INTERNAL_ERROR = 2;
const LEAVE_REQUEST = 4;
const TIMEOUT = 5;
const WEB_SOCKET = 6;

/** The error of a room that is over without our doing. `reason`: LiveKit's `DisconnectReason`. */
export function errorOfDisconnection(reason: number | undefined): VoiceError {
  const [code, name, message] = DISCONNECTIONS[reason ?? -1] ?? [
    "gateway-lost",
    reason ?? "",
    "The connection to the room was lost, and could not be mended",
  ];
  return new VoiceError(code, message, name === "" ? {} : { gatewayCode: name });
}

/**
 * The error of a room that could not be entered: `token-rejected` for a wrong or expired token, `gateway-rejected` for a
 * room that is full or does not exist, `gateway-timeout`, or `gateway-unreachable`.
 */
export function errorOfRoom(cause: unknown): VoiceError {
  if (cause instanceof VoiceError) return cause;
  const {
    reason,
    status,
    message = String(cause),
  } = (cause ?? {}) as {
    readonly reason?: unknown;
    readonly status?: unknown;
    readonly message?: string;
  };
  const code = codeOf(reason, status, message);
  const gatewayCode = typeof status === "number" ? { gatewayCode: status } : {};
  // Servers quote the token that they refuse.
  const told = message.replaceAll(JWT, "(token)");
  // The client has asked by HTTP meanwhile: the server is there, and takes the token.
  const why =
    reason === WEB_SOCKET || reason === INTERNAL_ERROR ? ". It may be full, or a proxy passes no WebSockets" : "";
  return new VoiceError(code, `The room could not be entered: ${told}${why}`, { cause, ...gatewayCode });
}

function codeOf(reason: unknown, status: unknown, message: string): VoiceErrorCode {
  if (status === 404) return "gateway-rejected";
  if (reason === LEAVE_REQUEST || reason === WEB_SOCKET || reason === INTERNAL_ERROR) return "gateway-rejected";
  if (reason === NOT_ALLOWED)
    return /max participants|room is full|limit/i.test(message) ? "gateway-rejected" : "token-rejected";
  if (status === 401 || status === 403) return "token-rejected";
  if (reason === TIMEOUT) return "gateway-timeout";
  return "gateway-unreachable";
}
