/*
 * → POST /v1/realtime/client_secrets {"expires_after":{"anchor":"created_at","seconds":600},"session":{"type":"realtime",…}}
 * ← {"value":"ek_…","expires_at":1756310470,"session":{"type":"realtime",…}}
 *
 * As OpenAI's, except that pages ask here themselves, and so prove by their origin that they may.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { GatewayError } from "../errors.ts";
import { quote, readObject } from "../protocol/fields.ts";
import type { Fields } from "../protocol/fields.ts";
import { answerFields } from "./answer-fields.ts";
import { SECRET_SECONDS } from "./client-secrets.ts";
import type { ClientSecrets } from "./client-secrets.ts";

/** The secret carries its session, and must fit into the headers of an upgrade, which have 16 KiB in all. */
const MAX_BODY_BYTES = 8_192;

/** Issues a secret for the session that the request describes, or tells what is wrong with it. */
export function answerClientSecret(
  secrets: ClientSecrets,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  return answerFields(request, response, MAX_BODY_BYTES, async (fields) => {
    const session = { type: "realtime", ...readObject(fields, "session", "session") };
    const { value, expiresAtSeconds } = await secrets.issue(session, readSeconds(fields));
    return { status: 200, body: { value, expires_at: expiresAtSeconds, session } };
  });
}

function readSeconds(fields: Fields): number {
  const after = readObject(fields, "expires_after", "expires_after") ?? {};
  const { anchor = "created_at", seconds = SECRET_SECONDS.max } = after;
  if (anchor !== "created_at")
    throw new GatewayError("malformed-message", `expires_after.anchor must be "created_at", got ${quote(anchor)}`);
  const { min, max } = SECRET_SECONDS;
  if (typeof seconds === "number" && Number.isInteger(seconds) && seconds >= min && seconds <= max) return seconds;
  const range = `a whole number in [${min}, ${max}]`;
  throw new GatewayError("malformed-message", `expires_after.seconds must be ${range}, got ${quote(seconds)}`);
}
