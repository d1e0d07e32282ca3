/*
 * How a client proves itself:
 *
 *   browser's socket  → Sec-WebSocket-Protocol: vivavoce, bearer.<jwt>     ← 101, Sec-WebSocket-Protocol: vivavoce
 *                     refused: the upgrade succeeds, then ← {"type":"error","code":4401,…} ← close 4401,
 *                     since a browser cannot see why an upgrade failed
 *   all others        → Authorization: Bearer <jwt>                        ← 101, or HTTP 401
 */
import type { IncomingHttpHeaders } from "node:http";

/** The subprotocol that browsers name, and that is echoed to them. */
export const SUBPROTOCOL = "vivavoce";
const BEARER_SUBPROTOCOL = "bearer.";

/** What a client brought. */
export interface Credentials {
  /** True if the client speaks our subprotocol, so that a refusal can be told in-band. */
  readonly isBrowser: boolean;
  readonly token: string | undefined;
}

/** Reads the token of a request or an upgrade, wherever it is. */
export function credentialsOf(headers: IncomingHttpHeaders): Credentials {
  const offered = headers["sec-websocket-protocol"]?.split(",").map((name) => name.trim()) ?? [];
  const isBrowser = offered.includes(SUBPROTOCOL);
  const token = isBrowser
    ? offered.find((name) => name.startsWith(BEARER_SUBPROTOCOL))?.slice(BEARER_SUBPROTOCOL.length)
    : /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
  return { isBrowser, token };
}
