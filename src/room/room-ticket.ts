import { VoiceError } from "../errors.ts";
import type { TokenRequest } from "../net/token.ts";

/*
 * → POST /livekit/token {"room_config": {"agents": [{"agent_name": "cook", "metadata": "{\"table\":7}"}]}}
 * ← {"server_url": "wss://rooms.example", "participant_token": "eyJ…"}
 *
 * https://docs.livekit.io/frontends/authentication/tokens/endpoint/
 */

/** Leave to enter a room. */
export interface RoomTicket {
  /** The LiveKit server: `wss://…`, or `https://…`, which means the same. */
  readonly serverUrl: string;
  /** A JWT of the app's own server; the room and who we are stand in it. */
  readonly participantToken: string;
}

/** Which room, as whom, and with which agent. All of it is the token server's to grant or refuse. */
export interface RoomWishes {
  readonly roomName?: string;
  readonly participantName?: string;
  readonly participantIdentity?: string;
  readonly participantMetadata?: string;
  readonly participantAttributes?: Readonly<Record<string, string>>;
  /** Agent that is to be sent into the room. */
  readonly agentName?: string;
  /** What it is told when it comes. */
  readonly agentMetadata?: string;
  /** Which deployment of the agent, on LiveKit Cloud. */
  readonly agentDeployment?: string;
}

/** What a token function is told: why it is asked, and what is wished for. */
export type RoomTicketRequest = TokenRequest & RoomWishes;

/** Fetches a ticket; called once per connection. */
export type RoomTicketFunction = (request: RoomTicketRequest) => RoomTicket | Promise<RoomTicket>;

/** Where tickets are fetched, each for one connection. */
export interface RoomTickets {
  /** Whether another one can be had when one is refused. */
  readonly canRenew: boolean;
  /**
   * Gets a ticket.
   *
   * @throws VoiceError `token-failed` if there is none, `token-rejected` if we may not have one; the reason of the
   * signal, unchanged, when aborted.
   */
  ticket(request: TokenRequest): Promise<RoomTicket>;
}

/** The body of a request to a token endpoint. Pure. */
export function ticketBody(wishes: RoomWishes): Record<string, unknown> {
  const agent = present({
    agent_name: wishes.agentName,
    metadata: wishes.agentMetadata,
    deployment: wishes.agentDeployment,
  });
  return present({
    room_name: wishes.roomName,
    participant_name: wishes.participantName,
    participant_identity: wishes.participantIdentity,
    participant_metadata: wishes.participantMetadata,
    participant_attributes: wishes.participantAttributes,
    room_config: Object.keys(agent).length === 0 ? undefined : { agents: [agent] },
  });
}

/**
 * Reads what a token endpoint or a token function gave, in either way of writing names. Pure.
 *
 * @throws VoiceError `token-failed` naming what is missing or wrong.
 */
export function readTicket(answer: unknown): RoomTicket {
  if (typeof answer !== "object" || answer === null) throw failed("The token source gave no object");
  const fields = answer as Readonly<Record<string, unknown>>;
  const serverUrl = fields["serverUrl"] ?? fields["server_url"];
  const participantToken = fields["participantToken"] ?? fields["participant_token"];
  if (typeof serverUrl !== "string" || !/^(?:wss?|https?):\/\/./.test(serverUrl)) {
    throw failed(`The token source gave no address of a server, but ${JSON.stringify(serverUrl)}`);
  }
  if (typeof participantToken !== "string" || participantToken === "") {
    throw failed("The token source gave no participant token");
  }
  return { serverUrl, participantToken };
}

function present(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function failed(message: string): VoiceError {
  return new VoiceError("token-failed", message);
}
