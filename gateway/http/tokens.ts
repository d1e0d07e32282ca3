import { randomUUID } from "node:crypto";
import { GatewayError } from "../errors.ts";
import type { Peers } from "../peers.ts";
import { signInferenceToken } from "./inference-token.ts";
import type { IssuedToken } from "./issued-token.ts";

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

  /** Signs a new token, unlike any other. */
  async issue(): Promise<IssuedToken> {
    const { token, expiresAtSeconds } = await signInferenceToken(this.#jose, {
      apiKey: this.#apiKey,
      secret: this.#secret,
      lifetimeMs: this.#lifetimeMs,
      tokenId: randomUUID(), // else two of one second were the same, and their holders counted as one
    });
    return { token, expiresAtMs: expiresAtSeconds * 1000 };
  }

  /**
   * Resolves with the token if it is good.
   * @throws GatewayError `token-refused`, with the rule that the token breaks.
   */
  async verify(token: string | undefined): Promise<string> {
    if (token === undefined || token === "")
      throw new GatewayError("token-refused", "No token: send bearer.<jwt> as a subprotocol, or Authorization");
    const rules = { issuer: this.#apiKey, algorithms: ["HS256"], requiredClaims: ["exp"] };
    const { payload } = await this.#jose.jwtVerify(token, this.#secret, rules).catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : "invalid";
      throw new GatewayError("token-refused", `The token was refused: ${why}`, { cause });
    });
    const grant = payload["inference"];
    const mayPerform = typeof grant === "object" && grant !== null && "perform" in grant && grant.perform === true;
    if (!mayPerform)
      throw new GatewayError("token-refused", "The token was refused: it lacks the grant inference.perform");
    return token;
  }
}
