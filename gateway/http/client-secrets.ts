import { randomUUID } from "node:crypto";
import { GatewayError } from "../errors.ts";
import type { Peers } from "../peers.ts";

/** What a secret begins with, as OpenAI's do; clients check for it. */
const PREFIX = "ek_";
/** Kept apart from the tokens of the speech API, which the same key signs. */
const AUDIENCE = "realtime";
/** Shortest and longest life of a secret, in seconds. */
export const SECRET_SECONDS = { min: 10, max: 600 } as const;

/** The configuration of a realtime session, as OpenAI's clients write it: any JSON object. */
export type SecretSession = Readonly<Record<string, unknown>>;

/** A secret for one page. */
export interface ClientSecret {
  /** Begins with `ek_`. */
  readonly value: string;
  /** When it ends, in seconds since 1970. */
  readonly expiresAtSeconds: number;
}

/** Issues and verifies secrets that carry their session's configuration with them, so that the server remembers nothing. */
export class ClientSecrets {
  readonly #jose: Peers["jose"];
  readonly #apiKey: string;
  readonly #secret: Uint8Array;

  constructor(jose: Peers["jose"], { apiKey, apiSecret }: { readonly apiKey: string; readonly apiSecret: string }) {
    this.#jose = jose;
    this.#apiKey = apiKey;
    this.#secret = new TextEncoder().encode(apiSecret);
  }

  /** Signs a secret for `session` that lasts `seconds`; no two are the same. */
  async issue(session: SecretSession, seconds: number): Promise<ClientSecret> {
    const nowSeconds = Math.floor(Date.now() / 1000);
    const expiresAtSeconds = nowSeconds + seconds;
    const jwt = await new this.#jose.SignJWT({ session })
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .setIssuer(this.#apiKey)
      .setAudience(AUDIENCE)
      .setIssuedAt(nowSeconds)
      .setExpirationTime(expiresAtSeconds)
      .setJti(randomUUID())
      .sign(this.#secret);
    return { value: `${PREFIX}${jwt}`, expiresAtSeconds };
  }

  /**
   * Resolves with the session's configuration.
   * @throws GatewayError `token-expired` if its time is up, otherwise `token-refused` with the rule that it breaks.
   */
  async verify(value: string | undefined): Promise<SecretSession> {
    if (value?.startsWith(PREFIX) !== true)
      throw new GatewayError("token-refused", `No client secret: it begins with ${PREFIX}`);
    const rules = { issuer: this.#apiKey, audience: AUDIENCE, algorithms: ["HS256"], requiredClaims: ["exp"] };
    const jwt = value.slice(PREFIX.length);
    const { payload } = await this.#jose.jwtVerify(jwt, this.#secret, rules).catch((cause: unknown) => {
      if (cause instanceof this.#jose.errors.JWTExpired)
        throw new GatewayError("token-expired", "The client secret has expired", { cause });
      const why = cause instanceof Error ? cause.message : "invalid";
      throw new GatewayError("token-refused", `The client secret was refused: ${why}`, { cause });
    });
    return isSession(payload["session"]) ? payload["session"] : {};
  }
}

function isSession(value: unknown): value is SecretSession {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
