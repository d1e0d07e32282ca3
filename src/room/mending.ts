/** Tries to mend a connection follow each other within this, in ms. */
const MAX_DELAY_MS = 2_000;
const FIRST_DELAY_MS = 300;
/** A connection that is not mended by then is lost. */
const LIMIT_MS = 60_000;

/** How often and how long a broken connection was tried to be mended so far. */
export interface MendingTries {
  readonly retryCount: number;
  readonly elapsedMs: number;
}

/**
 * When to try again, in ms from now, or never: at once, then in growing steps of 0.3 to 2 s with a fifth of chance in
 * them, for a minute. LiveKit's own steps grow to 7 s, of which a server that comes back costs several. Pure.
 */
export function mendingDelayMs({ retryCount, elapsedMs }: MendingTries, chance: number): number | undefined {
  if (elapsedMs >= LIMIT_MS) return undefined;
  if (retryCount === 0) return 0;
  return Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (retryCount - 1)) * (1 + chance / 5);
}
