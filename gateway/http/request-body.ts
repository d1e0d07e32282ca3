import type { IncomingMessage } from "node:http";
import { GatewayError } from "../errors.ts";

/**
 * Reads a request's body into memory.
 * Aborting rejects with the signal's reason.
 * @throws GatewayError `too-large`, as soon as that is known; Error if the client leaves before the end.
 */
export async function readBody(request: IncomingMessage, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
  const tooLarge = (): GatewayError => new GatewayError("too-large", `A request may have ${maxBytes} bytes`);
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw tooLarge();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        request.pause();
        reject(tooLarge());
      } else chunks.push(chunk);
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("error", reject); // that the client has left is one
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
