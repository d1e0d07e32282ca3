/** Takes what a source gives until it ends. Aborting tells the source to return, takes nothing more, and does not wait. */
export async function pump<T>(source: AsyncIterable<T>, signal: AbortSignal, take: (value: T) => void): Promise<void> {
  const iterator = source[Symbol.asyncIterator]();
  const left = async (): Promise<void> => void (await iterator.return?.());
  const leave = (): void => void left().catch(() => undefined); // nobody is there to be told
  let isAtEnd = false;
  signal.addEventListener("abort", leave, { once: true });
  try {
    while (!signal.aborted) {
      const { done, value } = await iterator.next();
      if (done) isAtEnd = true;
      if (done || signal.aborted) return;
      take(value);
    }
  } finally {
    signal.removeEventListener("abort", leave);
    if (!isAtEnd) leave();
  }
}
