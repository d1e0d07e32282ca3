import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Ledger } from "../engines/ledger.ts";
import type { RequestHandler } from "../options.ts";
import { answerRoomToken } from "../rooms/room-token-request.ts";
import type { RoomTokens } from "../rooms/room-tokens.ts";
import { sendJson } from "./answers.ts";
import type { ApiRequests } from "./api-requests.ts";
import { answerClientSecret } from "./client-secret-request.ts";
import type { ClientSecrets } from "./client-secrets.ts";
import type { Origins } from "./origins.ts";
import { listRecordings, readRecording } from "./recordings.ts";
import { targetOf } from "./request-target.ts";
import type { Tokens } from "./tokens.ts";

/** What the routes answer from. */
export interface RoutesContext {
  readonly origins: Origins;
  readonly tokens: Tokens;
  readonly secrets: ClientSecrets;
  /** Undefined without a LiveKit server. */
  readonly roomTokens: RoomTokens | undefined;
  /** Undefined unless ledgers are exposed. */
  readonly ledgers: (() => readonly Ledger[]) | undefined;
  readonly health: () => Readonly<Record<string, unknown>>;
  readonly api: ApiRequests;
  readonly fallback: RequestHandler | undefined;
}

type Answer = (context: RoutesContext, request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

interface Route {
  readonly method: "GET" | "POST";
  readonly answer: Answer;
}

const API: Route = { method: "POST", answer: ({ api }, request, response) => api.answer(request, response) };
const CLIENT_SECRETS: Route = { method: "POST", answer: answerSecret };

const ROUTES: Readonly<Record<string, Route>> = {
  "/token": { method: "POST", answer: answerToken },
  "/realtime/client_secrets": CLIENT_SECRETS,
  "/v1/realtime/client_secrets": CLIENT_SECRETS,
  "/livekit/token": { method: "POST", answer: answerRoom },
  "/health": { method: "GET", answer: ({ health }, _, response) => sendJson(response, 200, health()) },
  "/recordings": { method: "GET", answer: async (_, __, response) => sendJson(response, 200, await listRecordings()) },
  "/ledger/last": { method: "GET", answer: answerLedger },
};

/** Answers plain HTTP: tokens, client secrets, health, recordings, ledgers, the API, and what is left to the fallback. */
export function answerRequest(context: RoutesContext, request: IncomingMessage, response: ServerResponse): void {
  const route = findRoute(context, targetOf(request.url).path);
  if (route === undefined) {
    if (context.fallback === undefined) sendJson(response, 404, { message: "There is nothing here" });
    else context.fallback(request, response);
    return;
  }
  allowOrigin(context.origins, request, response);
  if (request.method === "OPTIONS") {
    response.writeHead(204, preflightHeaders(route, request)).end();
  } else if (request.method !== route.method) {
    response.setHeader("Allow", `${route.method}, OPTIONS`);
    sendJson(response, 405, { message: `Use ${route.method}` });
  } else {
    void answer(route.answer, context, request, response);
  }
}

function findRoute({ ledgers, roomTokens, api }: RoutesContext, path: string): Route | undefined {
  const recordingId = /^\/recordings\/([a-z0-9-]+)\.wav$/.exec(path)?.[1];
  if (recordingId !== undefined) return { method: "GET", answer: answerRecording(recordingId) };
  if (api.has(path)) return API;
  if (path === "/ledger/last" && ledgers === undefined) return undefined;
  if (path === "/livekit/token" && roomTokens === undefined) return undefined;
  return Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
}

/** Only pages of allowed origins get as far as using these; theirs may bring any header, what is passed on is chosen later. */
function preflightHeaders(route: Route, { headers }: IncomingMessage): OutgoingHttpHeaders {
  const asked = route === API ? headers["access-control-request-headers"] : undefined;
  return { "Access-Control-Allow-Methods": route.method, "Access-Control-Allow-Headers": asked ?? "Content-Type" };
}

async function answer(
  route: Answer,
  context: RoutesContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await route(context, request, response);
  } catch {
    if (response.headersSent) response.destroy();
    else sendJson(response, 500, { message: "The gateway could not answer" });
  }
}

async function answerToken(context: RoutesContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!mayHaveToken(context, request, response)) return;
  sendJson(response, 200, await context.tokens.issue());
}

async function answerSecret(context: RoutesContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (mayHaveToken(context, request, response)) await answerClientSecret(context.secrets, request, response);
}

async function answerRoom(context: RoutesContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { roomTokens } = context;
  if (roomTokens && mayHaveToken(context, request, response)) await answerRoomToken(roomTokens, request, response);
}

/** True if the page may; tells it otherwise. */
function mayHaveToken({ origins }: RoutesContext, { headers }: IncomingMessage, response: ServerResponse): boolean {
  response.setHeader("Cache-Control", "no-store");
  if (origins.mayHaveToken(headers)) return true;
  sendJson(response, 403, { message: "Tokens are for pages of this server and of the allowed origins" });
  return false;
}

function answerLedger({ ledgers }: RoutesContext, _request: IncomingMessage, response: ServerResponse): void {
  const ledger = ledgers?.().at(-1);
  if (ledger === undefined) return sendJson(response, 404, { message: "No ledger session yet" });
  const pcm = ledger.pcm();
  response.setHeader("Cache-Control", "no-store");
  response.writeHead(200, { "Content-Type": "application/octet-stream" }).end(Buffer.from(pcm.buffer));
}

function answerRecording(id: string): Answer {
  return async (_context, _request, response) => {
    const wav = await readRecording(id);
    if (wav === undefined) return sendJson(response, 404, { message: `There is no recording ${id}` });
    response.writeHead(200, { "Content-Type": "audio/wav", "Content-Length": wav.length }).end(wav);
  };
}

function allowOrigin(origins: Origins, { headers }: IncomingMessage, response: ServerResponse): void {
  response.setHeader("Vary", "Origin");
  response.setHeader("X-Content-Type-Options", "nosniff");
  if (origins.isAllowed(headers.origin)) response.setHeader("Access-Control-Allow-Origin", headers.origin);
}
