#!/usr/bin/env node
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { createGateway } from "./gateway.ts";
import type { GatewayOptions } from "./options.ts";
import { relayFromEnvironment } from "./relay/environment.ts";
import { livekitFromEnvironment } from "./rooms/room-options.ts";

const USAGE = `vivavoce-gateway [options]
  --port <n>             port to listen at (8790; 0 takes any)
  --host <address>       address to listen at (127.0.0.1)
  --alias <name=engine>  serve the model <name> with <engine>; may be repeated
  --default <engine>     engine for unknown models, such as pocketsphinx
  --origin <origin>      page of another origin that may fetch tokens; may be repeated
  --max-streams <n>      most PocketSphinx streams at once
  --warm <n>             decoders kept ready (1)
  --max-speakers <n>     most texts spoken at once
  --relay                pass to LiveKit Inference what no engine here serves
  --livekit              give tokens for the rooms of a LiveKit server, at POST /livekit/token
  --max-sockets <n>      most WebSockets at once (64); also -per-origin, -per-token
  --max-requests <n>     most requests of the API at once (64); also -per-origin, -per-token
  --expose-ledger        serve GET /ledger/last (for tests)
  --help
VIVAVOCE_API_KEY and VIVAVOCE_API_SECRET sign the tokens; without them a secret is made up.
--relay reads LIVEKIT_INFERENCE_URL, LIVEKIT_INFERENCE_API_KEY and LIVEKIT_INFERENCE_API_SECRET, or LIVEKIT_API_KEY and
LIVEKIT_API_SECRET. --livekit reads LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET.`;

/** Flags that are whole numbers, and their options. */
const NUMBERS = {
  "max-streams": "maxStreams",
  warm: "warm",
  "max-speakers": "maxSpeakers",
  "max-sockets": "maxSockets",
  "max-sockets-per-origin": "maxSocketsPerOrigin",
  "max-sockets-per-token": "maxSocketsPerToken",
  "max-requests": "maxRequests",
  "max-requests-per-origin": "maxRequestsPerOrigin",
  "max-requests-per-token": "maxRequestsPerToken",
} as const satisfies Readonly<Record<string, keyof GatewayOptions>>;
const NUMBER_FLAGS = Object.fromEntries(Object.keys(NUMBERS).map((flag) => [flag, { type: "string" as const }]));

/** Reads the command line; undefined asks for the usage text. */
function readOptions(args: string[]): GatewayOptions | undefined {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: "string", default: "8790" },
      host: { type: "string" },
      alias: { type: "string", multiple: true, default: [] },
      default: { type: "string" },
      origin: { type: "string", multiple: true, default: [] },
      relay: { type: "boolean", default: false },
      livekit: { type: "boolean", default: false },
      ...NUMBER_FLAGS,
      "expose-ledger": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const { VIVAVOCE_API_KEY: apiKey, VIVAVOCE_API_SECRET: apiSecret } = process.env;
  return {
    port: Number(values.port),
    modelAliases: Object.fromEntries(values.alias.map(readAlias)),
    allowedOrigins: values.origin,
    exposeLedger: values["expose-ledger"],
    ...(values.host !== undefined && { host: values.host }),
    ...(values.default !== undefined && { defaultEngine: values.default }),
    ...readNumbers(values),
    ...(values.relay && { relay: relayFromEnvironment(process.env) }),
    ...(values.livekit && { livekit: livekitFromEnvironment(process.env) }),
    ...(apiKey && { apiKey }),
    ...(apiSecret && { apiSecret }),
  };
}

function readNumbers(
  values: Readonly<Record<string, unknown>>,
): Partial<Record<(typeof NUMBERS)[keyof typeof NUMBERS], number>> {
  const given = Object.entries(NUMBERS).filter(([flag]) => values[flag] !== undefined);
  return Object.fromEntries(given.map(([flag, option]) => [option, Number(values[flag])]));
}

function readAlias(text: string): [name: string, engine: string] {
  const [, name, engine] = /^([^=]+)=([^=]+)$/.exec(text) ?? [];
  if (name === undefined || engine === undefined) throw new RangeError(`--alias must be name=engine, got ${text}`);
  return [name, engine];
}

function warnWithoutKoffi(): void {
  try {
    createRequire(import.meta.url).resolve("koffi");
  } catch {
    console.error("koffi is missing, so the model pocketsphinx is not available: npm install koffi");
  }
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(USAGE);
    return;
  }
  const gateway = await createGateway(options);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void gateway.close());
  warnWithoutKoffi();
  // Last: whoever waits for this line may send a signal at once.
  console.log(`vivavoce-gateway ready at ${gateway.url} (${gateway.webSocketUrl}/stt)`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
