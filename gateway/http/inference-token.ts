import type { Peers } from "../peers.ts";

/** What goes into a token. */
export interface InferenceTokenClaims {
  /** `iss`. */
  readonly apiKey: string;
  /** Signs it. */
  readonly secret: Uint8Array;
  /** From now to expiry, in ms; whole seconds count. */
  readonly lifetimeMs: number;
  /** `jti`; left out if undefined. */
  readonly tokenId?: string;
}

/** A signed token, and its last second since 1970. */
export interface SignedToken {
  readonly token: string;
  readonly expiresAtSeconds: number;
}

/**
 * Signs a token as LiveKit Inference takes it: HS256, `inference.perform`, subject `agent`.
 * @see https://docs.livekit.io/home/get-started/authentication/
 */
export async function signInferenceToken(
  jose: Peers["jose"],
  { apiKey, secret, lifetimeMs, tokenId }: InferenceTokenClaims,
): Promise<SignedToken> {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const expiresAtSeconds = nowSeconds + Math.floor(lifetimeMs / 1000);
  const jwt = new jose.SignJWT({ inference: { perform: true } })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuer(apiKey)
    .setSubject("agent")
    .setNotBefore(nowSeconds)
    .setExpirationTime(expiresAtSeconds);
  if (tokenId !== undefined) jwt.setJti(tokenId);
  return { token: await jwt.sign(secret), expiresAtSeconds };
}
