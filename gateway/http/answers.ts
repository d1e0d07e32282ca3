import { STATUS_CODES } from "node:http";
import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { GatewayError, GatewayErrorName } from "../errors.ts";

/** What a refusal is over HTTP; all others are a fault of this server. */
const STATUS: Readonly<Partial<Record<GatewayErrorName, number>>> = {
  "malformed-message": 400,
  "token-refused": 401,
  "token-expired": 401,
  "unknown-model": 404,
  "too-large": 413,
  "too-many": 429,
  "upstream-refused": 502,
  "upstream-unreachable": 502,
  "upstream-lost": 502,
  full: 503,
  "upstream-busy": 503,
  "upstream-timeout": 504,
};

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}

/**
 * Answers with an error, in the form that clients of `/chat/completions` know.
 * @see https://platform.openai.com/docs/guides/error-codes
 */
export function sendError(response: ServerResponse, error: GatewayError): void {
  const { reason: type, code, message } = error;
  if (type === "token-refused") response.setHeader("WWW-Authenticate", "Bearer");
  sendJson(response, STATUS[type] ?? 500, { error: { type, code, message, param: null } });
}

/** Refuses an upgrade, with the error's HTTP status or the one given. */
export function refuseUpgrade(socket: Duplex, refusal: GatewayError | 404): void {
  const status = typeof refusal === "number" ? refusal : (STATUS[refusal.reason] ?? 500);
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
  socket.end(head, () => socket.destroy());
}
