import { VoiceError, type VoiceErrorCode } from "../errors.ts";

/** Request timeout, too many requests, and "client closed request": what may pass when asked again. */
const PASSING: ReadonlySet<number> = new Set([408, 429, 499, 4408, 4429, 4499]);

/**
 * The error of an HTTP status, or of a gateway's code that is modelled on one (4401, 4503 …): `token-rejected` for 401
 * and 403, `gateway-unavailable` for what may pass, `gateway-rejected` for the rest.
 */
export function errorOfStatus(status: number | string, message: string, cause?: unknown): VoiceError {
  const options = { gatewayCode: status, ...(cause === undefined ? {} : { cause }) };
  return new VoiceError(codeOf(Number(status)), message, options);
}

function codeOf(status: number): VoiceErrorCode {
  if ([401, 403, 4401].includes(status)) return "token-rejected";
  const isServerFault = (status >= 500 && status < 600) || (status >= 4500 && status < 4600);
  return isServerFault || PASSING.has(status) ? "gateway-unavailable" : "gateway-rejected";
}
