import type { Peers } from "../peers.ts";
import type { IssuedToken } from "./issued-token.ts";
import { GatewayError } from "../errors.ts";

/** Who signs, and for how long. */
export interface TokenOptions {
  /** `iss` of the tokens. */
  readonly apiKey: string;
  /** Signs them. */
  readonly apiSecret: string;
  /** From issue to expiry, in ms. */
  readonly lifetimeMs: number;
}

/** Issues and verifies tokens in the form of LiveKit Inference: `iss` is the API key, `inference.perform` is true. */
export class Tokens {
  readonly #jose: Peers["jose"];
  readonly #apiKey: string;
  readonly #secret: Uint8Array;
  readonly #lifetimeMs: number;

  constructor(jose: Peers["jose"], { apiKey, apiSecret, lifetimeMs }: TokenOptions) {
    this.#jose = jose;
    this.#apiKey = apiKey;
    this.#secret = new TextEncoder().encode(apiSecret);
    this.#lifetimeMs = lifetimeMs;
  }

  /** Signs a new token. */
  async issue(): Promise<IssuedToken> {
    const nowSeconds = Math.floor(Date.now() / 1000);
    const expiresAtSeconds = nowSeconds + Math.floor(this.#lifetimeMs / 1000);
    const token = await new this.#jose.SignJWT({ inference: { perform: true } })
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .setIssuer(this.#apiKey)
      .setSubject("agent")
      .setNotBefore(nowSeconds)
      .setExpirationTime(expiresAtSeconds)
      .sign(this.#secret);
    return { token, expiresAtMs: expiresAtSeconds * 1000 };
  }

  /**
   * Resolves if the token is good.
   * @throws GatewayError `token-refused`, with the rule that the token breaks.
   */
  async verify(token: string | undefined): Promise<void> {
    if (token === undefined || token === "")
      throw new GatewayError("token-refused", "No token: send bearer.<jwt> as a subprotocol");
    const rules = { issuer: this.#apiKey, algorithms: ["HS256"], requiredClaims: ["exp"] };
    const { payload } = await this.#jose.jwtVerify(token, this.#secret, rules).catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : "invalid";
      throw new GatewayError("token-refused", `The token was refused: ${why}`, { cause });
    });
    const grant = payload["inference"];
    const mayPerform = typeof grant === "object" && grant !== null && "perform" in grant && grant.perform === true;
    if (!mayPerform)
      throw new GatewayError("token-refused", "The token was refused: it lacks the grant inference.perform");
  }
}
