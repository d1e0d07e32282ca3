import { randomUUID } from "node:crypto";
import type { Peers } from "../peers.ts";
import type { LivekitOptions } from "./room-options.ts";

/** An agent that comes to the room with its first participant. */
export interface AgentDispatch {
  /** The name that the agent's workers registered with. */
  readonly agentName: string;
  /** What the agent is told, as it is. */
  readonly metadata?: string;
  /** Which deployment of the agent; the newest if undefined. */
  readonly deployment?: string;
}

/** Who joins which room. */
export interface RoomGuest {
  /** Made on joining if it is not there. */
  readonly room: string;
  /** Who joins, unlike all others in the room: a second one of the same identity puts out the first. */
  readonly identity: string;
  /** How others see the guest. */
  readonly name?: string;
  /** For others to read, as it is. */
  readonly metadata?: string;
  /** For others to read. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** The agents to call. LiveKit looks at them only if the room is made for this guest. */
  readonly agents?: readonly AgentDispatch[];
}

/**
 * Signs tokens with which a page joins a room: HS256, the grant `video.roomJoin`, and the agents to call in `roomConfig`.
 * @see https://docs.livekit.io/frontends/reference/tokens-grants/
 */
export class RoomTokens {
  /** Where the rooms are. */
  readonly url: string;
  readonly #jose: Peers["jose"];
  readonly #apiKey: string;
  readonly #secret: Uint8Array;
  readonly #lifetimeMs: number;

  constructor(jose: Peers["jose"], { url, apiKey, apiSecret }: LivekitOptions, lifetimeMs: number) {
    this.url = url;
    this.#jose = jose;
    this.#apiKey = apiKey;
    this.#secret = new TextEncoder().encode(apiSecret);
    this.#lifetimeMs = lifetimeMs;
  }

  /** Signs a new token. Its end bounds the first connection only: LiveKit gives who is inside a newer one. */
  issue({ room, identity, agents = [], ...guest }: RoomGuest): Promise<string> {
    const nowSeconds = Math.floor(Date.now() / 1000);
    const roomConfig = agents.length > 0 ? { roomConfig: { agents } } : {};
    return new this.#jose.SignJWT({ ...guest, ...roomConfig, video: { roomJoin: true, room } })
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .setIssuer(this.#apiKey)
      .setSubject(identity)
      .setNotBefore(nowSeconds)
      .setExpirationTime(nowSeconds + Math.floor(this.#lifetimeMs / 1000))
      .setJti(randomUUID())
      .sign(this.#secret);
  }
}
