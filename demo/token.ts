/**
 * Fetches a token from the page's own server.
 *
 * @throws Error if the server is not there or gives none.
 */
export async function fetchToken({ signal }: { readonly signal: AbortSignal }): Promise<string> {
  const response = await fetch("/token", { method: "POST", signal });
  if (!response.ok) throw new Error(`the server answered HTTP ${response.status}`);
  const { token } = (await response.json()) as { readonly token: string };
  return token;
}
