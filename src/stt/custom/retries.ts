import { VoiceError } from "../../errors.ts";
import type { Clock } from "../../net/clock.ts";
import type { TokenReason, TokenRequest } from "../../net/token.ts";
import type { ConnectionSettings } from "../connection-options.ts";
import { RetryBudget } from "../../net/retry-budget.ts";
import { providerFailed } from "./provider-failed.ts";

/** What retries go by. */
export interface RetryRules {
  readonly settings: ConnectionSettings;
  readonly clock: Clock;
  /** Aborting it rejects with its reason, unchanged, whatever is under way. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Attempts something until it succeeds, an error is not worth another attempt, or there are none left. A refused token
 * is worth one more, with a fresh one. `attempt` is told a signal that also ends with its time limit; one that does not
 * listen to it is left behind.
 *
 * @throws VoiceError the last error; the signal's reason when aborted.
 */
export async function withRetries<T>(attempt: (request: TokenRequest) => Promise<T>, rules: RetryRules): Promise<T> {
  const budget = new RetryBudget(rules.settings);
  let reason: TokenReason = "connect";
  for (let count = 1; ; count++) {
    rules.signal?.throwIfAborted();
    try {
      return await limited((signal) => attempt({ signal, attempt: count, reason }), rules);
    } catch (cause) {
      rules.signal?.throwIfAborted();
      const error = providerFailed(cause);
      const isStale: boolean = error.code === "token-rejected" && reason !== "rejected";
      const delayMs = error.retryable || isStale ? budget.spend() : undefined;
      if (delayMs === undefined) throw error;
      reason = isStale ? "rejected" : "reconnect";
      await pause(isStale ? 0 : delayMs, rules);
    }
  }
}

/** Lets a job run until it is done, its time is up or it is aborted. */
async function limited<T>(
  job: (signal: AbortSignal) => Promise<T>,
  { settings, clock, signal }: RetryRules,
): Promise<T> {
  const over = new AbortController();
  const abort = (): void => over.abort(signal?.reason);
  const { timeoutMs } = settings;
  const cancel = clock.schedule(timeoutMs, () =>
    over.abort(new VoiceError("gateway-timeout", `No answer came within ${timeoutMs} ms`)),
  );
  signal?.addEventListener("abort", abort, { once: true });
  try {
    const ended = new Promise<never>((_, reject) =>
      over.signal.addEventListener("abort", () => reject(over.signal.reason), { once: true }),
    );
    // The end comes before whatever the job makes of it.
    return await Promise.race([job(over.signal), ended]);
  } finally {
    cancel();
    signal?.removeEventListener("abort", abort);
  }
}

function pause(delayMs: number, { clock, signal }: RetryRules): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.schedule(delayMs, () => {
      signal?.removeEventListener("abort", abort);
      resolve();
    });
    signal?.addEventListener("abort", abort, { once: true });
  });
}
