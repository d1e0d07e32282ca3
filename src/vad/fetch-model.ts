/** How long a model may take to arrive; meanwhile what is said waits. */
const FETCH_LIMIT_MS = 30_000;

/**
 * Fetches a model or wasm file and looks at its first bytes, since many servers answer with a page for unknown paths.
 *
 * @throws Error that says which file and why: HTTP status, HTML in place of the file, an empty body, or 30 s gone by;
 * the reason of `signal`, unchanged, when aborted.
 */
export async function fetchModel(url: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const limit = AbortSignal.timeout(FETCH_LIMIT_MS);
  const both = signal ? AbortSignal.any([signal, limit]) : limit;
  const response = await fetch(url, { signal: both }).catch((cause: unknown) => {
    signal?.throwIfAborted();
    if (limit.aborted) throw tooSlow(url, cause);
    const guess = "is the server down, or does a Content-Security-Policy forbid it?";
    throw new Error(`${url} could not be fetched (${guess})`, { cause });
  });
  if (!response.ok) throw new Error(`${url} could not be fetched: HTTP ${response.status}`);
  const body = await response.arrayBuffer().catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw limit.aborted ? tooSlow(url, cause) : cause;
  });
  const bytes = new Uint8Array(body);
  if (bytes.length === 0) throw new Error(`${url} is empty`);
  if (bytes[0] === LESS_THAN) throw new Error(`${url} is an HTML page, not the file (a fall-back for unknown paths?)`);
  return bytes;
}

const LESS_THAN = 0x3c;

function tooSlow(url: string, cause: unknown): Error {
  return new Error(`${url} did not arrive within ${FETCH_LIMIT_MS} ms`, { cause });
}
