/** The server ends sessions after 60 minutes. */
const SESSION_MS = 3_600_000;
/** So long before, one is renewed as soon as nothing goes on. */
const AHEAD_MS = 300_000;
/** However wrong the page's clock is, no session is renewed before. */
const MIN_AGE_MS = 600_000;

/** The age at which a session is to be renewed, in ms; `lifeMs` is how long it will last, if the server told. Pure. */
export function renewalMs(lifeMs = SESSION_MS): number {
  return Math.min(Math.max(lifeMs - AHEAD_MS, MIN_AGE_MS), SESSION_MS - AHEAD_MS);
}
