import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Answerer } from "./answers/answerer.ts";
import { EngineTable } from "./engines/engine-table.ts";
import { LedgerEngine } from "./engines/ledger.ts";
import type { Ledger } from "./engines/ledger.ts";
import { ScriptEngine } from "./engines/script.ts";
import { SCRIPTS } from "./engines/scripts.ts";
import { ChatCompletions } from "./chat/chat-completions.ts";
import type { ServeRequest } from "./http/api-requests.ts";
import { ApiRequests } from "./http/api-requests.ts";
import { ClientSecrets } from "./http/client-secrets.ts";
import { Origins } from "./http/origins.ts";
import { answerRequest } from "./http/routes.ts";
import { Tokens } from "./http/tokens.ts";
import type { IssuedToken } from "./http/issued-token.ts";
import { Seats } from "./limits/seats.ts";
import { resolveOptions } from "./options.ts";
import type { GatewayOptions } from "./options.ts";
import { loadPeers } from "./peers.ts";
import { PocketsphinxEngine } from "./pocketsphinx/pocketsphinx-engine.ts";
import { queryModel } from "./protocol/local-service.ts";
import type { LocalService } from "./protocol/local-service.ts";
import { LocalSessions } from "./protocol/local-sessions.ts";
import { SocketServer } from "./protocol/socket-server.ts";
import type { ServeSocket } from "./protocol/socket-server.ts";
import { realtimeWay } from "./realtime/realtime-way.ts";
import { serveRealtime } from "./realtime/sessions.ts";
import { Relay } from "./relay/relay.ts";
import { RoomTokens } from "./rooms/room-tokens.ts";
import { Synthesizer } from "./speech/synthesizer.ts";
import { LocalSpeech } from "./tts/local-speech.ts";

const REALTIME_PATH = "/v1/realtime";
const CHAT_PATH = "/v1/chat/completions";
/** Largest body of a request that goes nowhere else, in bytes. */
const MAX_REQUEST_BYTES = 1_048_576;

/** A running gateway. */
export interface Gateway {
  /** Where pages and tokens are, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Base of the speech API, such as `ws://127.0.0.1:8080/v1`; the socket is at `/stt?model=…` below it. */
  readonly webSocketUrl: string;
  readonly port: number;
  /** What each session of the model `ledger` sent, oldest first; the last 32. */
  readonly ledgers: readonly Ledger[];
  /** The process ids of the recognisers that serve streams now, oldest first. */
  readonly recognizerPids: readonly number[];
  /** The process ids of the voices that run now, oldest first. */
  readonly speakerPids: readonly number[];
  /** Issues a token without asking where the request came from. */
  issueToken(): Promise<IssuedToken>;
  /** Ends every session (close 1001). Resolves when no process, socket or timer is left. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts a gateway that speaks LiveKit Inference's protocols, and resolves when it listens.
 * @throws RangeError naming an option out of range; Error if the port is taken, or with what to install.
 */
export async function createGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const resolved = resolveOptions(options);
  const peers = await loadPeers();
  const { apiKey, apiSecret, tokenLifetimeMs, host, modelAliases, defaultEngine, idleLimitMs } = resolved;

  const tokens = new Tokens(peers.jose, { apiKey, apiSecret, lifetimeMs: tokenLifetimeMs });
  // A client that vanished without a word is noticed by TCP, and gives its seat back.
  const server = createServer({ keepAlive: true, keepAliveInitialDelay: 30_000 });
  const port = await listen(server, resolved.port, host);

  const ledger = new LedgerEngine();
  const pocketsphinx = new PocketsphinxEngine(resolved);
  const script = new ScriptEngine({ ...SCRIPTS, ...resolved.scripts });
  const engines = new EngineTable({ engines: { pocketsphinx, ledger, script }, modelAliases, defaultEngine });
  const synthesizer = new Synthesizer(resolved);
  const services = [
    new LocalSessions({ engines, idleLimitMs }),
    new LocalSpeech({ synthesizer, modelAliases, idleLimitMs }),
  ];
  const relay = resolved.relay && new Relay(peers, { ...resolved.relay, idleLimitMs });

  const socketSeats = new Seats({
    what: "connections",
    max: resolved.maxSockets,
    maxPerOrigin: resolved.maxSocketsPerOrigin,
    maxPerToken: resolved.maxSocketsPerToken,
  });
  const requestSeats = new Seats({
    what: "requests",
    max: resolved.maxRequests,
    maxPerOrigin: resolved.maxRequestsPerOrigin,
    maxPerToken: resolved.maxRequestsPerToken,
  });
  const secrets = new ClientSecrets(peers.jose, { apiKey, apiSecret });
  const answerer = new Answerer();
  const paths = new Map([
    ...(relay?.paths(services) ?? localPaths(services)),
    [REALTIME_PATH, serveRealtime({ engines, answerer, synthesizer, idleLimitMs })],
  ]);
  const ways = new Map([[REALTIME_PATH, realtimeWay(tokens, secrets)]]);
  const sockets = new SocketServer(peers.ws, { tokens, seats: socketSeats, paths, ways });

  const relayedRequests = relay?.requestPaths() ?? new Map<string, ServeRequest>();
  const chat = new ChatCompletions({ answerer, modelAliases, others: relayedRequests.get(CHAT_PATH) });
  const api = new ApiRequests({
    tokens,
    seats: requestSeats,
    paths: new Map([...relayedRequests, [CHAT_PATH, (request) => chat.answer(request)]]),
    maxRequestBytes: resolved.relay?.maxRequestBytes ?? MAX_REQUEST_BYTES,
  });

  const context = {
    origins: new Origins(resolved.allowedOrigins, host),
    tokens,
    secrets,
    roomTokens: resolved.livekit && new RoomTokens(peers.jose, resolved.livekit, tokenLifetimeMs),
    ledgers: resolved.exposeLedger ? () => ledger.ledgers : undefined,
    health: () => ({
      status: "ok",
      sockets: socketSeats.taken,
      requests: requestSeats.taken,
      streams: pocketsphinx.pids.length,
      maxStreams: resolved.maxStreams,
      speakers: synthesizer.pids.length,
      ...(relay && { relay: { ...relay.health, requests: requestSeats.taken } }),
    }),
    api,
    fallback: resolved.fallback,
  };
  server.on("request", (request, response) => answerRequest(context, request, response));
  server.on("upgrade", (request, socket, head) => void sockets.upgrade(request, socket, head));

  const authority = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  let closing: Promise<void> | undefined;
  const shutDown = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await Promise.all([sockets.close(), engines.close(), synthesizer.close(), api.close(), relay?.close()]);
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://${authority}`,
    webSocketUrl: `ws://${authority}/v1`,
    port,
    get ledgers() {
      return ledger.ledgers;
    },
    get recognizerPids() {
      return pocketsphinx.pids;
    },
    get speakerPids() {
      return synthesizer.pids;
    },
    issueToken: () => tokens.issue(),
    close: () => (closing ??= shutDown()),
  };
}

function localPaths(services: readonly LocalService[]): Map<string, ServeSocket> {
  return new Map(
    services.map((local): [string, ServeSocket] => [
      `/v1${local.route}`,
      (client, { search }) => void local.begin(client, queryModel(search)),
    ]),
  );
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
