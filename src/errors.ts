/**
 * What can go wrong, as one branchable word. A code names the cause, not the place:
 *
 * - `microphone-*`: the device or its permission. `denied` by the person or the page's policy, `missing`, `busy`, or
 *   `failed` for any other reason (see `cause`). `microphone-lost`: the track ended while capturing.
 * - `source-failed`: a source of the app's own could not be opened (see `cause`).
 * - `audio-context-failed`: Web Audio is missing, closed, or did not start in time.
 * - `asset-failed`: a worklet, worker, wasm or model file could not be loaded; the message names the file and why.
 * - `vad-failed`: the speech model stopped working after it had loaded.
 * - `gateway-unreachable`: no socket could be opened. `gateway-lost`: an open socket broke. `gateway-timeout`: no answer
 *   in time. `gateway-rejected`: the gateway answered with an error (see `VoiceError.gatewayCode`).
 *   `gateway-unavailable`: it answered that it cannot serve now: full, restarting, or short of a recogniser.
 * - `token-failed`: the token function threw. `token-rejected`: the gateway refused the token.
 * - `protocol-violated`: the other side sent something that its protocol does not allow.
 * - `invalid-state`: the call makes no sense now, such as starting a session that has ended.
 * - `not-supported`: the model or provider cannot do this, such as recognising a whole recording at once.
 * - `provider-failed`: a provider of the app's own threw (see `cause`).
 */
export type VoiceErrorCode =
  | "microphone-denied"
  | "microphone-missing"
  | "microphone-busy"
  | "microphone-failed"
  | "microphone-lost"
  | "source-failed"
  | "audio-context-failed"
  | "asset-failed"
  | "vad-failed"
  | "gateway-unreachable"
  | "gateway-lost"
  | "gateway-timeout"
  | "gateway-rejected"
  | "gateway-unavailable"
  | "token-failed"
  | "token-rejected"
  | "protocol-violated"
  | "invalid-state"
  | "not-supported"
  | "provider-failed";

const RETRYABLE: ReadonlySet<VoiceErrorCode> = new Set<VoiceErrorCode>([
  "gateway-unreachable",
  "gateway-lost",
  "gateway-timeout",
  "gateway-unavailable",
  "token-failed",
  "provider-failed",
]);

/** Extra facts about a {@link VoiceError}. */
export interface VoiceErrorOptions {
  /** What was caught, unchanged. */
  readonly cause?: unknown;
  /** The gateway's own code, where it sent one. */
  readonly gatewayCode?: number | string;
}

/** The one error class of this library: branch on `code`, show `message`, log `cause`. */
export class VoiceError extends Error {
  override readonly name = "VoiceError";
  /** What went wrong, as one of a closed list of words. */
  readonly code: VoiceErrorCode;
  /** True if the same attempt may succeed later without a change. Derived from `code`. */
  readonly retryable: boolean;
  /** The gateway's own error code, if it sent one (LiveKit Inference: a number, such as 2007 for an idle session). */
  readonly gatewayCode: number | string | undefined;

  /** Makes an error. Callers of the library rarely need to: they receive them. */
  constructor(code: VoiceErrorCode, message: string, options: VoiceErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.retryable = RETRYABLE.has(code);
    this.gatewayCode = options.gatewayCode;
  }
}
