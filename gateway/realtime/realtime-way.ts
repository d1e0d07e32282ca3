/*
 * How a client proves itself at `/v1/realtime`:
 *
 *   browser  → Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.<ek_… or token>   ← 101, realtime
 *              refused: ← {"type":"error","error":{"code":"invalid_api_key",…}} ← close 4401
 *   others   → Authorization: Bearer <ek_… or token>                                       ← 101, or HTTP 401
 */
import { GATEWAY_ERRORS } from "../errors.ts";
import type { GatewayError } from "../errors.ts";
import type { ClientSecrets } from "../http/client-secrets.ts";
import { credentialsOf } from "../http/credentials.ts";
import type { Tokens } from "../http/tokens.ts";
import type { EntryWay } from "../protocol/entry-way.ts";
import type { FailureSocket } from "../protocol/tell-failure.ts";
import { newId } from "./ids.ts";
import { MAX_APPEND_CHARS } from "./pcm24.ts";
import { toRealtimeError, wireErrorOf } from "./realtime-error.ts";

const SUBPROTOCOL = "realtime";
const KEY_SUBPROTOCOL = "openai-insecure-api-key.";
const SECRET_PREFIX = "ek_";
/** What a frame may have besides its audio, in bytes. */
const ENVELOPE_BYTES = 64 * 1024;

/** The way of OpenAI Realtime's clients. */
export function realtimeWay(tokens: Tokens, secrets: ClientSecrets): EntryWay {
  return {
    subprotocol: SUBPROTOCOL,
    maxFrameBytes: MAX_APPEND_CHARS + ENVELOPE_BYTES,
    credentialsOf: (headers) => {
      const offered = headers["sec-websocket-protocol"]?.split(",").map((name) => name.trim()) ?? [];
      const key = offered.find((name) => name.startsWith(KEY_SUBPROTOCOL))?.slice(KEY_SUBPROTOCOL.length);
      // Some clients of Node name the subprotocol, and prove themselves by the header nevertheless.
      const token = key ?? credentialsOf({ authorization: headers.authorization }).token;
      return { isBrowser: offered.includes(SUBPROTOCOL), token };
    },
    verify: async (token) => {
      if (token?.startsWith(SECRET_PREFIX) !== true) return { token: await tokens.verify(token), settings: {} };
      return { token, settings: await secrets.verify(token) };
    },
    tellFailure,
  };
}

/** Tells a client in-band why it may not come in, in OpenAI's words, and closes. */
export function tellFailure(socket: FailureSocket, error: GatewayError): void {
  const told = { type: "error", event_id: newId("event"), error: wireErrorOf(toRealtimeError(error)) };
  socket.send(JSON.stringify(told));
  socket.close(error.reason === "token-expired" ? GATEWAY_ERRORS["token-refused"] : error.closeCode);
}
