import { VoiceError } from "../errors.ts";
import type { Clock } from "../net/clock.ts";

/** How long a provider of the app's own may take. */
export interface TimeLimit {
  /** Until the next piece, in ms. */
  readonly limitMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * What a provider yields, and no longer than it is wanted: it ends with the reason of `signal` when that aborts, whatever
 * the provider makes of it.
 *
 * @throws VoiceError `provider-failed` for what the provider throws, and when a piece does not come within `limitMs`.
 */
export async function* piecesOf<T>(what: string, provide: () => AsyncIterable<T>, limit: TimeLimit): AsyncGenerator<T> {
  const { limitMs, signal } = limit;
  let iterator: AsyncIterator<T> | undefined;
  try {
    signal.throwIfAborted();
    iterator = iteratorOf(provide());
    for (;;) {
      const { done, value } = await within(iterator.next(), limit, `${what} gave nothing for ${limitMs} ms`);
      if (done) {
        iterator = undefined;
        return;
      }
      yield value;
      signal.throwIfAborted();
    }
  } catch (cause) {
    signal.throwIfAborted();
    throw providerError(what, cause);
  } finally {
    void letGo(iterator);
  }
}

function iteratorOf<T>(provided: AsyncIterable<T>): AsyncIterator<T> {
  if (typeof provided?.[Symbol.asyncIterator] === "function") return provided[Symbol.asyncIterator]();
  throw new TypeError("it must return an async iterable, as an async function* does");
}

/** Not to be awaited: a provider that hangs would hold up what comes next. */
async function letGo(iterator: AsyncIterator<unknown> | undefined): Promise<void> {
  try {
    await iterator?.return?.();
  } catch {
    // it is not wanted any more, and neither is its complaint
  }
}

/** Waits for a promise of the app's. @throws VoiceError `provider-failed` when time is up, or the reason of the signal */
export function within<T>(promise: Promise<T>, { limitMs, clock, signal }: TimeLimit, message: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      callOff();
      signal.removeEventListener("abort", abort);
      finish();
    };
    const abort = (): void => settle(() => reject(signal.reason));
    const callOff = clock.schedule(limitMs, () => settle(() => reject(new VoiceError("provider-failed", message))));
    signal.addEventListener("abort", abort, { once: true });
    // In any case listened to: a promise that nobody hears fails the page.
    Promise.resolve(promise).then(
      (value) => settle(() => resolve(value)),
      (cause: unknown) => settle(() => reject(cause)),
    );
    if (signal.aborted) abort();
  });
}

/** What the app's own part of an agent threw, as this library's error. */
export function providerError(what: string, cause: unknown): VoiceError {
  if (cause instanceof VoiceError) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new VoiceError("provider-failed", `${what} failed: ${why}`, { cause });
}
