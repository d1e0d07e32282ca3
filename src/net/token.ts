import { VoiceError } from "../errors.ts";

/** Why a token is asked for. */
export type TokenReason = "connect" | "reconnect" | "rejected";

/** What a token function is told. */
export interface TokenRequest {
  /** Aborted when the session stops; hand it to `fetch`. */
  readonly signal: AbortSignal;
  /** 1 for the first connection of a stream. */
  readonly attempt: number;
  readonly reason: TokenReason;
}

/** A short-lived credential. */
export interface Token {
  readonly token: string;
  /** Where to connect instead of the configured URL. */
  readonly url?: string;
  /** When it ends, in ms since 1970. */
  readonly expiresAtMs?: number;
}

/** Fetches a short-lived token from the app's own server; called once per connection. */
export type TokenFunction = (request: TokenRequest) => Promise<string | Token>;

/**
 * Asks a token function.
 *
 * @throws VoiceError `token-failed` if it throws or gives no token; the reason of the signal, unchanged, when aborted.
 */
export async function fetchToken(token: TokenFunction, request: TokenRequest): Promise<Token> {
  request.signal.throwIfAborted();
  let given: string | Token;
  const settled = new AbortController();
  try {
    given = await Promise.race([token(request), aborted(request.signal, settled.signal)]);
  } catch (cause) {
    request.signal.throwIfAborted();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new VoiceError("token-failed", `The token function failed: ${why}`, { cause });
  } finally {
    settled.abort();
  }
  request.signal.throwIfAborted();
  const result = typeof given === "string" ? { token: given } : given;
  if (typeof result?.token !== "string" || result.token === "") {
    throw new VoiceError("token-failed", "The token function gave no token");
  }
  return result;
}

/** Rejects when `signal` aborts, for token functions that do not listen to it. Lets go of it when `settled` aborts. */
function aborted(signal: AbortSignal, settled: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: settled });
  });
}
