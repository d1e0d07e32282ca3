import { createHash } from "node:crypto";
import { GatewayError } from "../errors.ts";

/** How many there may be at once of one kind of thing. */
export interface SeatsOptions {
  /** What is counted, in the plural, for messages: `connections`, `requests`. */
  readonly what: string;
  /** Most at once, whoever asks. */
  readonly max: number;
  /** Most at once of one page's origin. Who sends no `Origin` is not counted by it. */
  readonly maxPerOrigin: number;
  /** Most at once of one token. */
  readonly maxPerToken: number;
}

/** Who asks for a seat. */
export interface Visitor {
  /** The `Origin` header, if there is one. */
  readonly origin: string | undefined;
  /** The token that was verified. */
  readonly token: string;
}

/** Counts what is going on at once: in all, by page and by token. */
export class Seats {
  readonly #options: SeatsOptions;
  readonly #byOrigin = new Map<string, number>();
  readonly #byToken = new Map<string, number>();
  #taken = 0;

  constructor(options: SeatsOptions) {
    this.#options = options;
  }

  /** How many are taken now. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * Takes a seat, and returns what gives it back; giving back twice counts once.
   * @throws GatewayError `too-many` if this page or this token has all of its own, `full` if there is none left at all.
   */
  take({ origin, token }: Visitor): () => void {
    const { what, max, maxPerOrigin, maxPerToken } = this.#options;
    const tokenId = createHash("sha256").update(token).digest("base64url"); // a list of seats is no place for tokens
    if ((this.#byToken.get(tokenId) ?? 0) >= maxPerToken)
      throw new GatewayError("too-many", `This token has all of its ${maxPerToken} ${what}`);
    if (origin !== undefined && (this.#byOrigin.get(origin) ?? 0) >= maxPerOrigin)
      throw new GatewayError("too-many", `Pages of ${origin.slice(0, 80)} have all of their ${maxPerOrigin} ${what}`);
    if (this.#taken >= max) throw new GatewayError("full", `All ${max} ${what} are taken`);

    this.#count(tokenId, origin, 1);
    let isTaken = true;
    return () => {
      if (isTaken) this.#count(tokenId, origin, -1);
      isTaken = false;
    };
  }

  #count(tokenId: string, origin: string | undefined, change: 1 | -1): void {
    this.#taken += change;
    add(this.#byToken, tokenId, change);
    if (origin !== undefined) add(this.#byOrigin, origin, change);
  }
}

/** Adds to a count; one that falls to zero is forgotten. */
function add(counts: Map<string, number>, key: string, change: number): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
