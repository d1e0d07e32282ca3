/**
 * Fetches a model or wasm file and looks at its first bytes, since many servers answer with a page for unknown paths.
 *
 * @throws Error that says which file and why: HTTP status, HTML in place of the file, or an empty body.
 */
export async function fetchModel(url: string): Promise<Uint8Array<ArrayBuffer>> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw new Error(`${url} could not be fetched (is the server down, or does a Content-Security-Policy forbid it?)`, {
      cause,
    });
  }
  if (!response.ok) throw new Error(`${url} could not be fetched: HTTP ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length === 0) throw new Error(`${url} is empty`);
  if (bytes[0] === LESS_THAN) throw new Error(`${url} is an HTML page, not the file (a fall-back for unknown paths?)`);
  return bytes;
}

const LESS_THAN = 0x3c;
