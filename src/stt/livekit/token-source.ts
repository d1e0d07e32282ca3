import { VoiceError } from "../../errors.ts";
import { fetchToken, type Token, type TokenFunction, type TokenRequest } from "../../net/token.ts";

/** A token that was fetched ahead is not trusted for longer. */
const HOLD_MS = 30_000;

/** Fetches tokens, one for each connection; the next one ahead, if asked to. Pure. */
export class TokenSource {
  readonly #token: TokenFunction;
  readonly #nowMs: () => number;
  #held: { readonly token: Promise<Token>; readonly untilMs: number } | undefined;

  /** `nowMs` tells the wall clock, in ms since 1970. */
  constructor(token: TokenFunction, nowMs: () => number) {
    this.#token = token;
    this.#nowMs = nowMs;
  }

  /** Fetches the token of the next connection, unless one is held. Fails silently. */
  prewarm(): void {
    if (this.#held && this.#nowMs() < this.#held.untilMs) return;
    const { signal } = new AbortController();
    const token = fetchToken(this.#token, { signal, attempt: 1, reason: "connect" });
    token.catch(() => undefined);
    this.#held = { token, untilMs: this.#nowMs() + HOLD_MS };
  }

  /**
   * The token of a connection: the held one, once, unless the last one was refused.
   *
   * @throws VoiceError `token-failed` if the function throws, gives no token, or one that has expired; the reason of the
   * signal, unchanged, when aborted.
   */
  async take(request: TokenRequest): Promise<Token> {
    const held = this.#held;
    this.#held = undefined;
    if (held && request.reason !== "rejected" && this.#nowMs() < held.untilMs) {
      const token = await fetchToken(() => held.token, request).catch(() => undefined);
      if (token && this.#ageMs(token) < 0) return token;
    }
    const token = await fetchToken(this.#token, request);
    const ageMs = this.#ageMs(token);
    if (ageMs < 0) return token;
    throw new VoiceError(
      "token-failed",
      `The token function gave a token that expired ${ageMs} ms ago (expiresAtMs ${token.expiresAtMs})`,
    );
  }

  /** For how long it has been expired. */
  #ageMs({ expiresAtMs = Infinity }: Token): number {
    return this.#nowMs() - expiresAtMs;
  }
}
