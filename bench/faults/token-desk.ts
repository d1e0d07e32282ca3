import { SignJWT } from "jose";
import type { Fault } from "./fault-plan.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** Who signs, as the gateway knows it. */
export interface TokenSigner {
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** What is wrong with a token. */
export type BadToken = Extract<Fault, { readonly type: "refuse" }>["how"];

const LIFETIME_SECONDS = 600;

/** The app's own server, as far as tokens go: gives good ones, unless it is told otherwise. */
export class TokenDesk {
  readonly #time: VirtualTime;
  readonly #signer: TokenSigner;
  readonly #trace: (what: string) => void;
  readonly #bad: BadToken[] = [];
  #delayMs = 0;

  constructor(time: VirtualTime, signer: TokenSigner, trace: (what: string) => void) {
    this.#time = time;
    this.#signer = signer;
    this.#trace = trace;
  }

  /** The next tokens are no good. */
  spoil(how: BadToken, times: number): void {
    for (let count = 0; count < times; count++) this.#bad.push(how);
  }

  /** The next token takes this long. */
  delay(delayMs: number): void {
    this.#delayMs = delayMs;
  }

  /**
   * A token, good or bad.
   *
   * @throws Error where the fault is that there is none.
   */
  async issue(): Promise<string> {
    const delayMs = this.#delayMs;
    this.#delayMs = 0;
    if (delayMs > 0) await new Promise<void>((resolve) => this.#time.onPage(delayMs, resolve));
    const how = this.#bad.shift();
    if (how) this.#trace(`token: ${how}`);
    if (how === "throws") throw new Error("HTTP 503");
    if (how === "nonsense") return "nonsense";
    return this.#time.during(this.#sign(how === "expired" ? -LIFETIME_SECONDS : LIFETIME_SECONDS));
  }

  #sign(lifetimeSeconds: number): Promise<string> {
    const { apiKey, apiSecret } = this.#signer;
    return new SignJWT({ inference: { perform: true } })
      .setProtectedHeader({ alg: "HS256" })
      .setIssuer(apiKey)
      .setExpirationTime(Math.floor(Date.now() / 1_000) + lifetimeSeconds)
      .sign(new TextEncoder().encode(apiSecret));
  }
}
