/*
 * /v1/stt?model=ledger           served here
 * /v1/stt?model=deepgram/nova-3  relayed at once
 * /v1/stt                        as the first message's model says: {"type":"session.create","model":…}
 */
import type { WebSocket } from "ws";
import { GatewayError } from "../errors.ts";
import { queryModel } from "../protocol/local-service.ts";
import type { LocalService } from "../protocol/local-service.ts";
import type { Visit } from "../protocol/socket-server.ts";
import { tellFailure } from "../protocol/tell-failure.ts";
import type { SocketRelay } from "./socket-relay.ts";

/** What lies behind the switch. */
export interface ModelSwitchOptions {
  /** Serves its models. */
  readonly local: LocalService;
  /** Serves all others. */
  readonly relay: SocketRelay;
  /** How long a client may say nothing before its first message, in ms. */
  readonly idleLimitMs: number;
}

/** Leads each socket of one path to where its model is. */
export class ModelSwitch {
  readonly #options: ModelSwitchOptions;

  constructor(options: ModelSwitchOptions) {
    this.#options = options;
  }

  /** Takes over a socket. */
  serve(client: WebSocket, { search, headers }: Visit): void {
    const { local, relay, idleLimitMs } = this.#options;
    const model = queryModel(search);
    const route = `${local.route}${search}`;
    if (model !== undefined) {
      if (local.serves(model)) local.begin(client, model);
      else relay.join(client, route, headers);
      return;
    }
    if (!local.isModelInMessage) return void relay.join(client, route, headers);
    const idleTimer = setTimeout(() => {
      tellFailure(client, new GatewayError("idle", "Session closed due to agent inactivity"));
    }, idleLimitMs);
    client.once("close", () => clearTimeout(idleTimer));
    client.once("message", (message: Buffer, isBinary) => {
      clearTimeout(idleTimer);
      const named = isBinary ? undefined : modelOf(message.toString());
      if (named !== undefined && local.serves(named)) {
        local.begin(client, undefined).receive(message.toString());
      } else relay.join(client, route, headers).receive(message, isBinary);
    });
  }
}

/** The model that a first message names; whatever else it is, is for whoever serves it to judge. */
function modelOf(text: string): string | undefined {
  try {
    const message: unknown = JSON.parse(text);
    const model = typeof message === "object" && message !== null && "model" in message ? message.model : undefined;
    return typeof model === "string" ? model : undefined;
  } catch {
    return undefined;
  }
}
