import type { IncomingHttpHeaders } from "node:http";
import type { GatewayError } from "../errors.ts";
import { credentialsOf, SUBPROTOCOL } from "../http/credentials.ts";
import type { Credentials } from "../http/credentials.ts";
import type { Tokens } from "../http/tokens.ts";
import { MAX_FRAME_BYTES } from "./messages.ts";
import { tellFailure } from "./tell-failure.ts";
import type { FailureSocket } from "./tell-failure.ts";

/** What a credential is good for. */
export interface Pass {
  /** By which its holder's sockets are counted. */
  readonly token: string;
  /** What it says of the session; empty unless it is a client secret. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** How the clients of a path come in: each protocol of browsers has its own way. */
export interface EntryWay {
  /** The subprotocol that browsers name, and that is echoed to them. */
  readonly subprotocol: string;
  /** Largest frame that is read at all, in bytes; beyond it the socket is closed with 1009. */
  readonly maxFrameBytes: number;
  /** Finds the credential, wherever it is. */
  credentialsOf(headers: IncomingHttpHeaders): Credentials;
  /** Verifies it. @throws GatewayError `token-refused` or `token-expired`. */
  verify(token: string | undefined): Promise<Pass>;
  /** Tells a browser in-band why it may not come in, and closes. */
  tellFailure(socket: FailureSocket, error: GatewayError): void;
}

/** The gateway's own way, with its own tokens. */
export function ownWay(tokens: Tokens): EntryWay {
  return {
    subprotocol: SUBPROTOCOL,
    maxFrameBytes: MAX_FRAME_BYTES,
    credentialsOf,
    verify: async (token) => ({ token: await tokens.verify(token), settings: {} }),
    tellFailure,
  };
}
