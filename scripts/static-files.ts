import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";

/** The policy that the library promises to work under, sent with every response (a worker takes that of its own). */
export const STRICT_CSP = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "connect-src 'self' ws: wss:",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
].join("; ");

const MIME: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".wav": "audio/wav",
};

/** Serves the files of a folder under {@link STRICT_CSP}; `/` is `index.html`, unknown paths are 404. */
export function staticFiles(folder: string): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => void serve(folder, request, response);
}

async function serve(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader("Content-Security-Policy", STRICT_CSP);
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
