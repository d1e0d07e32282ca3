import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";

/** The policy that the library promises to work under, sent with every response (a worker takes that of its own). */
export const STRICT_CSP = strictCsp();

function strictCsp(connectTo = ""): string {
  return [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    `connect-src 'self' ws: wss: ${connectTo}`.trim(),
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
  ].join("; ");
}

const MIME: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".wav": "audio/wav",
};

/**
 * Serves the files of a folder under {@link STRICT_CSP}; `/` is `index.html`, unknown paths are 404. `livekitUrl` is a
 * LiveKit server that the pages may also ask by HTTP, as its client does to learn why it was refused.
 */
export function staticFiles(
  folder: string,
  livekitUrl?: string,
): (request: IncomingMessage, response: ServerResponse) => void {
  const policy = livekitUrl === undefined ? STRICT_CSP : strictCsp(livekitUrl.replace(/^ws/, "http"));
  return (request, response) => {
    response.setHeader("Content-Security-Policy", policy);
    void serve(folder, request, response);
  };
}

async function serve(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader("X-Content-Type-Options", "nosniff");
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  const path = normalize(decodeURIComponent(pathname));
  if (path.includes("..") || path.includes("\0")) return void response.writeHead(400).end();
  const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
  try {
    const bytes = await readFile(file);
    response.setHeader("Content-Type", MIME[extname(file)] ?? "application/octet-stream");
    response.setHeader("Cache-Control", "no-cache");
    response.end(request.method === "HEAD" ? undefined : bytes);
  } catch {
    response.writeHead(404, { "Content-Type": "text/plain" }).end("Not found\n");
  }
}
