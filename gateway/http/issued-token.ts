/** Longest life of a token, in ms. @see https://docs.livekit.io/home/get-started/authentication/ */
export const MAX_TOKEN_LIFETIME_MS = 600_000;

/** A token for one page, and when it ends. */
export interface IssuedToken {
  /** A JSON Web Token (HS256) with LiveKit's inference grant. */
  readonly token: string;
  /** When it ends, in ms since 1970. */
  readonly expiresAtMs: number;
}
