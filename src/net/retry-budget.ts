/** The first retry comes this soon: most breaks are short. */
const FIRST_DELAY_MS = 100;
/** Delays vary by this much either way, so that many pages do not come back in step. */
const JITTER = 0.2;

/** What a budget is made of. */
export interface RetrySettings {
  /** Attempts after one that failed. */
  readonly maxRetries: number;
  /** Between them, in ms. */
  readonly retryIntervalMs: number;
}

/**
 * How often, and how soon, a failed attempt is repeated: LiveKit Agents' 0.1 s and then a constant interval, with
 * jitter. Pure.
 */
export class RetryBudget {
  readonly #settings: RetrySettings;
  readonly #random: () => number;
  #spent = 0;

  /** `random` gives numbers in [0, 1). */
  constructor(settings: RetrySettings, random: () => number = Math.random) {
    this.#settings = settings;
    this.#random = random;
  }

  /** How long to wait before the next attempt, in ms; `undefined` if there is to be none. */
  spend(): number | undefined {
    if (this.#spent === this.#settings.maxRetries) return undefined;
    const delayMs = this.#spent === 0 ? FIRST_DELAY_MS : this.#settings.retryIntervalMs;
    this.#spent += 1;
    return Math.round(delayMs * (1 + JITTER * (2 * this.#random() - 1)));
  }

  /** Things went well: all attempts are there again. */
  restore(): void {
    this.#spent = 0;
  }
}
