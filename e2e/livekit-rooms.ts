import { SignJWT } from "jose";
import type { LivekitServer } from "./livekit-server.ts";

const LIFETIME = "10m";

/** What of a server is needed to sign for it. */
export type Signer = Pick<LivekitServer, "url" | "apiKey" | "apiSecret">;

/** What a token says, in LiveKit's words. @see https://docs.livekit.io/frontends/reference/tokens-grants/ */
export interface RoomClaims {
  /** `sub`. */
  readonly identity: string;
  readonly video: Readonly<Record<string, unknown>>;
  readonly [claim: string]: unknown;
}

/** Signs a token of LiveKit's. Until a time that is over (`"-1m"`), it is an expired one. */
export function signRoomToken(server: Signer, { identity, ...claims }: RoomClaims, until = LIFETIME): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer(server.apiKey)
    .setSubject(identity)
    .setExpirationTime(until)
    .sign(new TextEncoder().encode(server.apiSecret));
}

/**
 * Calls the server's own API, such as `callLivekit(server, "RoomService/DeleteRoom", { room })`.
 * @throws Error with what the server says, if it refuses.
 * @see https://docs.livekit.io/reference/other/roomservice-api/
 */
export async function callLivekit<Answer = unknown>(
  server: Signer,
  method: string,
  body: { readonly room?: string; readonly name?: string; readonly [field: string]: unknown },
): Promise<Answer> {
  const room = body.room ?? body.name;
  const video = { roomCreate: true, roomList: true, roomAdmin: true, ...(room !== undefined && { room }) };
  const token = await signRoomToken(server, { identity: "tests", video });
  const response = await fetch(`${server.url.replace("ws", "http")}/twirp/livekit.${method}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}
