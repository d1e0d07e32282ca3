/** What of the upstream's API can be reached by WebSocket, by our path. The values are below the upstream's base. */
export const RELAYED_SOCKETS: ReadonlyMap<string, string> = below("/stt", "/tts", "/bargein", "/eot");

/** What of it takes POST requests. */
export const RELAYED_REQUESTS: ReadonlyMap<string, string> = below("/chat/completions", "/bargein", "/eot");

function below(...routes: readonly string[]): Map<string, string> {
  return new Map(routes.map((route) => [`/v1${route}`, route]));
}
