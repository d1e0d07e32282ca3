/** Tries to mend a connection follow each other after this share of the time that it is broken for. */
const WAITED_SHARE = 1 / 5;
/** Never sooner and never later than this, in ms. */
const MIN_DELAY_MS = 300;
const MAX_DELAY_MS = 2_000;
/** A connection that is not mended by then is lost. */
const LIMIT_MS = 60_000;

/** How often and how long a broken connection was tried to be mended so far. */
export interface MendingTries {
  readonly retryCount: number;
  readonly elapsedMs: number;
}

/**
 * When to try again, in ms from now, or never: at once, then after a fifth of the time since it broke, 0.3 to 2 s, with a
 * fifth of chance in it, for a minute. A server that was away for 5 s is found within 1.2 s, and asked a second time after
 * another, since the first answer of one that was restarted is that it knows nobody. LiveKit's own steps grow to 7 s. Pure.
 */
export function mendingDelayMs({ retryCount, elapsedMs }: MendingTries, chance: number): number | undefined {
  if (elapsedMs >= LIMIT_MS) return undefined;
  if (retryCount === 0) return 0;
  return Math.min(MAX_DELAY_MS, Math.max(MIN_DELAY_MS, elapsedMs * WAITED_SHARE)) * (1 + chance / 5);
}
