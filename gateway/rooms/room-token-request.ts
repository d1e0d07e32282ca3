/*
 * → POST /livekit/token {"room_name":"kitchen","participant_name":"Ada","room_config":{"agents":[{"agent_name":"cook"}]}}
 * ← 201 {"server_url":"ws://127.0.0.1:7880","participant_token":"eyJ…"}
 *
 * LiveKit's endpoint for token sources, for development: whoever may ask may choose the room and who they are.
 * https://docs.livekit.io/frontends/build/authentication/endpoint/
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { GatewayError } from "../errors.ts";
import { answerFields } from "../http/answer-fields.ts";
import { isFields, missing, quote, readObject, readText } from "../protocol/fields.ts";
import type { Fields } from "../protocol/fields.ts";
import type { AgentDispatch, RoomGuest, RoomTokens } from "./room-tokens.ts";

/** The token carries all of it, and clients put it into a URL. */
const MAX_BODY_BYTES = 8_192;
/** Longest name of a room and longest identity, in characters: LiveKit's own limits. */
const MAX_NAME_LENGTH = 256;
const FIELDS = [
  "room_name",
  "participant_identity",
  "participant_name",
  "participant_metadata",
  "participant_attributes",
  "room_config",
];

/** Issues a token for the room and the guest that the request describes, or tells what is wrong with it. */
export function answerRoomToken(tokens: RoomTokens, request: IncomingMessage, response: ServerResponse): Promise<void> {
  return answerFields(request, response, MAX_BODY_BYTES, async (fields) => {
    const participantToken = await tokens.issue(readGuest(fields));
    return { status: 201, body: { server_url: tokens.url, participant_token: participantToken } };
  });
}

function readGuest(fields: Fields): RoomGuest {
  requireKnown(fields, FIELDS, "");
  const name = readText(fields, "participant_name", "participant_name");
  const metadata = readText(fields, "participant_metadata", "participant_metadata");
  const attributes = readAttributes(fields);
  return {
    room: readName(fields, "room_name") ?? `room-${randomUUID()}`,
    identity: readName(fields, "participant_identity") ?? `guest-${randomUUID()}`,
    ...(name && { name }),
    ...(metadata && { metadata }),
    ...(attributes && { attributes }),
    agents: readAgents(readObject(fields, "room_config", "room_config") ?? {}),
  };
}

/** Undefined if it is left out or empty, which are the same in protocol buffers. */
function readName(fields: Fields, key: string): string | undefined {
  const name = readText(fields, key, key) || undefined;
  if (name !== undefined && name.length > MAX_NAME_LENGTH)
    throw new GatewayError("malformed-message", `${key} may have ${MAX_NAME_LENGTH} characters, got ${name.length}`);
  return name;
}

function readAttributes(fields: Fields): Readonly<Record<string, string>> | undefined {
  const attributes = readObject(fields, "participant_attributes", "participant_attributes");
  const entries = Object.keys(attributes ?? {}).map((key): [string, string] => {
    const path = `participant_attributes.${key}`;
    return [key, readText(attributes ?? {}, key, path) ?? missing(path)];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** Of a room's configuration a page chooses the agents; the rest, such as recordings, is not its affair. */
function readAgents(config: Fields): AgentDispatch[] {
  requireKnown(config, ["agents"], "room_config.");
  const { agents = [] } = config;
  if (!Array.isArray(agents))
    throw new GatewayError("malformed-message", `room_config.agents must be an array, got ${quote(agents)}`);
  return agents.map((agent: unknown, index) => readAgent(agent, `room_config.agents[${index}]`));
}

function readAgent(agent: unknown, path: string): AgentDispatch {
  if (!isFields(agent)) throw new GatewayError("malformed-message", `${path} must be an object, got ${quote(agent)}`);
  requireKnown(agent, ["agent_name", "metadata", "deployment"], `${path}.`);
  const metadata = readText(agent, "metadata", `${path}.metadata`);
  const deployment = readText(agent, "deployment", `${path}.deployment`);
  return {
    agentName: readText(agent, "agent_name", `${path}.agent_name`) ?? "",
    ...(metadata && { metadata }),
    ...(deployment && { deployment }),
  };
}

/** What is not known is refused: who asks for it should not believe to have it. */
function requireKnown(fields: Fields, known: readonly string[], prefix: string): void {
  const unknown = Object.keys(fields).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new GatewayError("malformed-message", `${prefix}${unknown} is nothing that can be asked for here`);
}
