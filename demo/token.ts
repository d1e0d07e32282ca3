/** What the server issued. */
interface Issued {
  readonly token?: string;
  readonly value?: string;
}

/**
 * Fetches a token from the page's own server.
 *
 * @throws Error if the server is not there or gives none.
 */
export async function fetchToken({ signal }: { readonly signal: AbortSignal }): Promise<string> {
  const { token = "" } = await issue("/token", signal);
  return token;
}

/**
 * Fetches an ephemeral secret for a realtime session from the page's own server.
 *
 * @throws Error if the server is not there or gives none.
 */
export async function fetchSecret({ signal }: { readonly signal: AbortSignal }): Promise<string> {
  const { value = "" } = await issue("/realtime/client_secrets", signal);
  return value;
}

async function issue(path: string, signal: AbortSignal): Promise<Issued> {
  const response = await fetch(path, { method: "POST", signal });
  if (!response.ok) throw new Error(`the server answered HTTP ${response.status}`);
  return (await response.json()) as Issued;
}
