import type { IncomingMessage, ServerResponse } from "node:http";
import type { Ledger } from "../engines/ledger.ts";
import type { RequestHandler } from "../options.ts";
import type { Origins } from "./origins.ts";
import { listRecordings, readRecording } from "./recordings.ts";
import type { Tokens } from "./tokens.ts";

/** What the routes answer from. */
export interface RoutesContext {
  readonly origins: Origins;
  readonly tokens: Tokens;
  /** Undefined unless ledgers are exposed. */
  readonly ledgers: (() => readonly Ledger[]) | undefined;
  readonly health: () => Readonly<Record<string, unknown>>;
  readonly fallback: RequestHandler | undefined;
}

type Route = (context: RoutesContext, request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

const ROUTES: Readonly<Record<string, { readonly method: "GET" | "POST"; readonly answer: Route }>> = {
  "/token": { method: "POST", answer: answerToken },
  "/health": { method: "GET", answer: ({ health }, _, response) => sendJson(response, 200, health()) },
  "/recordings": { method: "GET", answer: async (_, __, response) => sendJson(response, 200, await listRecordings()) },
  "/ledger/last": { method: "GET", answer: answerLedger },
};

/** Answers plain HTTP: tokens, health, recordings, ledgers, and what is left to the fallback. */
export function answerRequest(context: RoutesContext, request: IncomingMessage, response: ServerResponse): void {
  const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
  const recordingId = /^\/recordings\/([a-z0-9-]+)\.wav$/.exec(path)?.[1];
  const route =
    recordingId === undefined ? findRoute(context, path) : { method: "GET", answer: recordingRoute(recordingId) };
  if (route === undefined) {
    if (context.fallback === undefined) sendJson(response, 404, { message: "There is nothing here" });
    else context.fallback(request, response);
    return;
  }
  allowOrigin(context.origins, request, response);
  if (request.method === "OPTIONS") {
    response
      .writeHead(204, { "Access-Control-Allow-Methods": route.method, "Access-Control-Allow-Headers": "Content-Type" })
      .end();
  } else if (request.method !== route.method) {
    response.setHeader("Allow", `${route.method}, OPTIONS`);
    sendJson(response, 405, { message: `Use ${route.method}` });
  } else {
    void answer(route.answer, context, request, response);
  }
}

function findRoute(
  context: RoutesContext,
  path: string,
): { readonly method: string; readonly answer: Route } | undefined {
  if (path === "/ledger/last" && context.ledgers === undefined) return undefined;
  return Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
}

async function answer(
  route: Route,
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

async function answerToken(
  { origins, tokens }: RoutesContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader("Cache-Control", "no-store");
  if (!origins.mayHaveToken(request.headers)) {
    sendJson(response, 403, { message: "Tokens are for pages of this server and of the allowed origins" });
    return;
  }
  sendJson(response, 200, await tokens.issue());
}

function answerLedger({ ledgers }: RoutesContext, _request: IncomingMessage, response: ServerResponse): void {
  const ledger = ledgers?.().at(-1);
  if (ledger === undefined) return sendJson(response, 404, { message: "No ledger session yet" });
  const pcm = ledger.pcm();
  response.setHeader("Cache-Control", "no-store");
  response.writeHead(200, { "Content-Type": "application/octet-stream" }).end(Buffer.from(pcm.buffer));
}

function recordingRoute(id: string): Route {
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

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}
