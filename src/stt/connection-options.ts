/** How hard a provider is tried. */
export interface ConnectionOptions {
  /**
   * Attempts after one that failed, a whole number in 0..1000; a final text or a healthy connection restores them.
   * More bridges longer outages. @defaultValue 20, which lasts longer than the 30 s of speech that can wait
   */
  readonly maxRetries?: number;
  /** From a failure to the next attempt, in ms, 0..60000, give or take a fifth; the first retry comes after 100. @defaultValue 2000 */
  readonly retryIntervalMs?: number;
  /** How long a connection may take to open, or a request to be answered, token included, in ms, 1..600000. @defaultValue 10000 */
  readonly timeoutMs?: number;
  /**
   * Back-pressure: how much may wait in the platform's own socket (`bufferedAmount`), in bytes, at least 1. What comes
   * after it waits in the library's ring of 30 s, from which the oldest is given up, and reported, when it is full.
   * @defaultValue 131072, 3 s of 16-bit audio in base64
   */
  readonly maxBufferedBytes?: number;
}

/** {@link ConnectionOptions} checked and completed. */
export type ConnectionSettings = Required<ConnectionOptions>;

/**
 * Checks options and fills in what is missing from those before.
 *
 * @throws RangeError naming the option, the rule and the value.
 */
export function connectionSettings(...options: readonly (ConnectionOptions | undefined)[]): ConnectionSettings {
  const settings: ConnectionSettings = {
    maxRetries: 20,
    retryIntervalMs: 2_000,
    timeoutMs: 10_000,
    maxBufferedBytes: 131_072,
  };
  for (const given of options) Object.assign(settings, given);
  requireIn("maxRetries", settings.maxRetries, 0, 1_000);
  if (!Number.isInteger(settings.maxRetries)) {
    throw new RangeError(`stt.connection.maxRetries must be a whole number, got ${settings.maxRetries}`);
  }
  requireIn("retryIntervalMs", settings.retryIntervalMs, 0, 60_000);
  requireIn("timeoutMs", settings.timeoutMs, 1, 600_000);
  requireIn("maxBufferedBytes", settings.maxBufferedBytes, 1, Number.POSITIVE_INFINITY);
  return settings;
}

function requireIn(option: string, value: number, min: number, max: number): void {
  if (value >= min && value <= max) return;
  throw new RangeError(`stt.connection.${option} must be in [${min}, ${max}], got ${value}`);
}
