import { CAPTURE_RATE } from "../../audio/units.ts";
import { openWebSocket, type OpenSocket } from "../../net/socket.ts";
import { fetchToken, type TokenFunction } from "../../net/token.ts";
import type { Endpoint } from "../codec.ts";
import type { Stt } from "../contract.ts";
import { CodecSpeechStream } from "../speech-stream.ts";
import { encodeUpdate, LivekitCodec } from "./codec.ts";
import { capabilitiesOf, parseModel } from "./models.ts";
import type { SessionCreate, SessionUpdate } from "./wire.ts";

/** A connection to LiveKit Inference, or to a gateway that speaks its protocol. */
export interface LivekitInferenceOptions {
  /** `"provider/model"` or `"provider/model:language"`, such as `"deepgram/nova-3:en"`. */
  readonly model: string;
  /** Base URL of the gateway: `/v1` on the page's own origin, or absolute; `http` becomes `ws`. @defaultValue "/v1" */
  readonly url?: string | URL;
  /** Fetches a short-lived token, once per connection. No long-lived secret belongs in a page. */
  readonly token: TokenFunction;
  /** BCP 47 tag; wins over the one in `model`. */
  readonly language?: string;
  /** Options of the model itself, passed on as they are. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** How long a connection may take to open, token included, in ms. @defaultValue 10000 */
  readonly connectTimeoutMs?: number;
  /** Makes the socket; for Node, proxies and tests. @defaultValue the platform's `WebSocket` */
  readonly webSocket?: OpenSocket;
}

/** What may change while streams run. */
export interface LivekitUpdateOptions {
  /** BCP 47 tag. @defaultValue unchanged */
  readonly language?: string;
  /** Options of the model to add or replace; others stay. @defaultValue unchanged */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Speech-to-text by LiveKit Inference. */
export interface LivekitStt extends Stt {
  /** Changes language or model options: at once in running streams (where the model can), and for later connections. */
  updateOptions(options: LivekitUpdateOptions): void;
}

/** 50 ms a message, as LiveKit's own clients send. */
const PACKET_SAMPLES = CAPTURE_RATE / 20;

/**
 * Speech-to-text by LiveKit Inference.
 *
 * @throws TypeError if `model` or `token` is missing; RangeError if the time limit is not a positive number of ms.
 */
export function livekitInference(options: LivekitInferenceOptions): LivekitStt {
  const { url = "/v1", token, extra = {}, connectTimeoutMs = 10_000, webSocket = openWebSocket } = options;
  const name = parseModel(options.model);
  const language = options.language ?? name.language;
  if (typeof token !== "function") throw new TypeError("stt.token must be a function that fetches a token");
  if (!(connectTimeoutMs > 0 && connectTimeoutMs <= 600_000)) {
    throw new RangeError(`stt.connectTimeoutMs must be in (0, 600000] ms, got ${connectTimeoutMs}`);
  }
  let create: SessionCreate = {
    settings: {
      sample_rate: String(CAPTURE_RATE),
      encoding: "pcm_s16le",
      extra,
      ...(language === undefined ? {} : { language }),
    },
    ...(name.model === "auto" ? {} : { model: name.model }),
    connection: { timeout: connectTimeoutMs / 1000, retries: 3 },
    type: "session.create",
  };
  const endpoint = async (attempt: number, signal: AbortSignal): Promise<Endpoint> => {
    const given = await fetchToken(token, { signal, attempt, reason: attempt === 1 ? "connect" : "reconnect" });
    return { url: socketUrl(given.url ?? url, name.model), protocols: ["vivavoce", `bearer.${given.token}`] };
  };
  const capabilities = capabilitiesOf(name.model);
  const parts = {
    capabilities,
    packetSamples: PACKET_SAMPLES,
    endpoint,
    makeCodec: () => new LivekitCodec(create),
    openSocket: webSocket,
    connectTimeoutMs,
  };
  const streams = new Set<CodecSpeechStream>();
  return {
    model: name.model,
    provider: name.provider,
    capabilities,
    stream: (streamOptions) => {
      const stream = new CodecSpeechStream(parts, streamOptions);
      streams.add(stream);
      streamOptions.signal.addEventListener("abort", () => streams.delete(stream), { once: true });
      return stream;
    },
    updateOptions: (changes) => {
      const settings: SessionUpdate["settings"] = {
        ...(changes.language === undefined ? {} : { language: changes.language }),
        ...(changes.extra === undefined ? {} : { extra: changes.extra }),
      };
      create = {
        ...create,
        settings: { ...create.settings, ...settings, extra: { ...create.settings.extra, ...changes.extra } },
      };
      const message = encodeUpdate(settings);
      for (const stream of streams) stream.say(message);
    },
  };
}

function socketUrl(base: string | URL, model: string): string {
  const page = typeof document === "undefined" ? undefined : document.baseURI;
  const url = new URL(`${String(base).replace(/\/$/, "")}/stt`, page);
  url.protocol = url.protocol.replace("http", "ws");
  url.searchParams.set("model", model);
  return url.href;
}
