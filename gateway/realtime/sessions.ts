import type { WebSocket } from "ws";
import type { Answerer } from "../answers/answerer.ts";
import type { EngineTable } from "../engines/engine-table.ts";
import { GatewayError } from "../errors.ts";
import type { ServeSocket, Visit } from "../protocol/socket-server.ts";
import type { Synthesizer } from "../speech/synthesizer.ts";
import { tellFailure } from "./realtime-way.ts";
import type { ResponseMeans } from "./response.ts";
import { DEFAULT_PACE } from "./script.ts";
import type { RealtimeScript } from "./script.ts";
import { REALTIME_SCRIPTS } from "./scripts.ts";
import { RealtimeSession } from "./session.ts";

/** What realtime sessions are served with. */
export interface RealtimeSessionsOptions {
  /** Has the recognisers. */
  readonly engines: EngineTable;
  /** Thinks of answers. */
  readonly answerer: Answerer;
  /** Speaks them. */
  readonly synthesizer: Synthesizer;
  /** How long a client may say nothing, in ms. */
  readonly idleLimitMs: number;
}

/** The recogniser of whoever names none that is here; OpenAI's names are such. */
const RECOGNIZER = "pocketsphinx/en-us";
const ANSWERS = "rules/answers";

/** Serves `/v1/realtime`. */
export function serveRealtime(options: RealtimeSessionsOptions): ServeSocket {
  return (client, visit) => {
    try {
      begin(client, visit, options);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      tellFailure(client, error);
    }
  };
}

function begin(client: WebSocket, { search, settings }: Visit, options: RealtimeSessionsOptions): void {
  const { engines, idleLimitMs, synthesizer } = options;
  const query = new URLSearchParams(search);
  const model = readModel(query);
  const script = readScript(query, model);
  synthesizer.prepare();
  const session = new RealtimeSession({
    socket: client,
    model,
    settings,
    script,
    recognise: (name) => (output) =>
      engines.open(name !== undefined && engines.serves(name) ? name : RECOGNIZER, output),
    means: meansOf(options, model, script),
    idleLimitMs,
  });
  // A binary frame, which the protocol does not have, is no JSON either.
  client.on("message", (message: Buffer) => session.receive(message.toString()));
  client.on("close", () => session.end());
}

function readModel(query: URLSearchParams): string {
  const model = query.get("model");
  if (model !== null && model !== "") return model;
  throw new GatewayError("malformed-message", "You must provide a model parameter: /v1/realtime?model=…");
}

/** The script that a connection asks for by `model=script/<name>` or `script=<name>`. */
function readScript(query: URLSearchParams, model: string): RealtimeScript | undefined {
  const name = query.get("script") ?? /^script\/(.*)$/.exec(model)?.[1];
  if (name === undefined) return undefined;
  if (Object.hasOwn(REALTIME_SCRIPTS, name)) return REALTIME_SCRIPTS[name];
  const names = Object.keys(REALTIME_SCRIPTS).join(", ");
  throw new GatewayError(
    "unknown-model",
    `No script is called ${JSON.stringify(name.slice(0, 80))}; there are ${names}`,
  );
}

function meansOf(
  { answerer, synthesizer }: RealtimeSessionsOptions,
  model: string,
  script: RealtimeScript | undefined,
): ResponseMeans {
  return {
    answer: (request) => answerer.answer(request),
    speak: (text, request) => synthesizer.synthesize(text, request),
    model: script === undefined ? (model.startsWith("rules/") ? model : ANSWERS) : (script.model ?? "rules/long"),
    pace: script?.pace ?? DEFAULT_PACE,
  };
}
