import { VoiceError } from "../errors.ts";
import { errorOfStatus } from "../net/status-error.ts";
import { fetchToken, type TokenRequest } from "../net/token.ts";
import {
  readTicket,
  ticketBody,
  type RoomTicket,
  type RoomTicketFunction,
  type RoomTicketRequest,
  type RoomTickets,
  type RoomWishes,
} from "./room-ticket.ts";

/** An endpoint of the app's own server that gives tickets, as LiveKit's token sources ask it. */
export interface TicketEndpointOptions {
  /** Where to POST to. Relative ones are the page's. */
  readonly endpoint: string | URL;
  /** Sent along, such as a session's header. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether cookies go along. @defaultValue "same-origin" */
  readonly credentials?: "omit" | "same-origin" | "include";
}

/** Where tickets come from: an endpoint, a function, or a ticket that is there already and never renewed. */
export type TicketSource = string | URL | TicketEndpointOptions | RoomTicketFunction | RoomTicket;

/** Fetches tickets from whatever source. */
export class TicketOffice implements RoomTickets {
  readonly canRenew: boolean;
  readonly #fetch: RoomTicketFunction;
  readonly #wishes: RoomWishes;

  /** @throws TypeError naming what the source must be. */
  constructor(source: TicketSource, wishes: RoomWishes) {
    this.#wishes = wishes;
    this.canRenew = !isTicket(source);
    this.#fetch = fetchFrom(source);
  }

  async ticket(request: TokenRequest): Promise<RoomTicket> {
    let refusal: VoiceError | undefined;
    const ask = async (): Promise<{ token: string; url: string }> => {
      try {
        const { serverUrl, participantToken } = readTicket(await this.#fetch({ ...this.#wishes, ...request }));
        return { token: participantToken, url: serverUrl };
      } catch (cause) {
        if (cause instanceof VoiceError) refusal = cause;
        throw cause;
      }
    };
    try {
      const { token, url = "" } = await fetchToken(ask, request);
      return { serverUrl: url, participantToken: token };
    } catch (cause) {
      request.signal.throwIfAborted();
      throw refusal ?? cause;
    }
  }
}

function fetchFrom(source: TicketSource): RoomTicketFunction {
  if (typeof source === "function") return source;
  if (typeof source === "string" || source instanceof URL)
    return (request) => askEndpoint({ endpoint: source }, request);
  if (isTicket(source)) return () => source;
  if (typeof source === "object" && source !== null && "endpoint" in source) {
    return (request) => askEndpoint(source, request);
  }
  throw new TypeError("room.token must be an endpoint, a function, or { serverUrl, participantToken }");
}

function isTicket(source: TicketSource): source is RoomTicket {
  return typeof source === "object" && source !== null && "participantToken" in source;
}

async function askEndpoint(options: TicketEndpointOptions, request: RoomTicketRequest): Promise<RoomTicket> {
  const { endpoint, headers, credentials = "same-origin" } = options;
  const { signal } = request;
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(ticketBody(request)),
    credentials,
    signal,
  });
  if (!response.ok) {
    const { code } = errorOfStatus(response.status, "");
    const message = `The token endpoint answered ${response.status}: ${(await response.text()).slice(0, 200)}`;
    // That the endpoint has no ticket now is no word of the room's server.
    const isRefused = code === "token-rejected";
    throw new VoiceError(isRefused ? code : "token-failed", message, { gatewayCode: response.status });
  }
  return readTicket(await response.json());
}
