import { VoiceError, type VoiceErrorCode } from "../errors.ts";
import { errorOfStatus } from "../net/status-error.ts";
import type { WireError } from "./wire.ts";

/** What no new attempt helps against: the account, and the secret. */
const CODES: Readonly<Record<string, VoiceErrorCode>> = {
  invalid_api_key: "token-rejected",
  session_expired: "gateway-lost",
  rate_limit_exceeded: "gateway-unavailable",
};
const FATAL: ReadonlySet<unknown> = new Set([
  "insufficient_quota",
  "account_deactivated",
  "billing_hard_limit_reached",
  "invalid_api_key",
  "session_expired",
]);

/** An error in the server's words, as one of ours; `gatewayCode` is its code, or else its type. */
export function errorOfServer(error: unknown): VoiceError {
  const { type, code, message } = (error ?? {}) as Partial<WireError>;
  const gatewayCode = [code, type].find((word) => typeof word === "string") ?? "unknown";
  const fallback = type === "server_error" ? "gateway-unavailable" : "gateway-rejected";
  const text = typeof message === "string" && message !== "" ? message : `The server reported ${gatewayCode}`;
  return new VoiceError(CODES[gatewayCode] ?? fallback, text, { gatewayCode });
}

/** Whether a session ends with such an error. Most are about one message. */
export function endsSession({ gatewayCode }: VoiceError): boolean {
  return FATAL.has(gatewayCode);
}

/** The error of a closed socket. OpenAI gives its reason as `type.code`. */
export function errorOfClose(code: number, reason: string): VoiceError {
  const [type, word] = reason.split(".");
  if (FATAL.has(word)) return errorOfServer({ type, code: word, message: `The server closed the session: ${word}` });
  const message = `The server closed the connection (${code}${reason === "" ? "" : `: ${reason}`})`;
  return code >= 4_000 ? errorOfStatus(code, message) : new VoiceError("gateway-lost", message, { gatewayCode: code });
}
