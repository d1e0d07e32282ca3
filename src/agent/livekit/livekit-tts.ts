import type { JsonValue } from "../../conversation/conversation-item.ts";
import type { Clock } from "../../net/clock.ts";
import type { OpenSocket } from "../../net/socket.ts";
import { systemClock } from "../../net/system-clock.ts";
import { openWebSocket } from "../../net/web-socket.ts";
import { fetchToken, type TokenFunction } from "../../net/token.ts";
import type { Speak } from "../cascade/respond.ts";
import { checkGatewayUrl, gatewayUrl } from "./gateway-url.ts";
import { TtsConnection } from "./tts-connection.ts";
import type { TtsSessionCreate } from "./wire.ts";

/** LiveKit's own clients use a connection for no longer than 300 s. */
const MAX_CONNECTION_AGE_MS = 300_000;

/** A voice of LiveKit Inference, or of a gateway that speaks its protocol. */
export interface LivekitTtsOptions {
  /** `provider/model` or `provider/model:voice`, such as `cartesia/sonic-3`. */
  readonly model: string;
  /** Fetches a short-lived token; called for each connection. */
  readonly token: TokenFunction;
  /** The provider's name of the voice. @defaultValue the model's own */
  readonly voice?: string;
  /** BCP 47 tag. @defaultValue the voice's own */
  readonly language?: string;
  /** What the provider takes besides, as it is. @defaultValue {} */
  readonly extra?: { readonly [name: string]: JsonValue };
  /** Rate of the audio, in Hz, a whole number in 8000..48000. @defaultValue 24000 */
  readonly sampleRateHz?: number;
  /** Base URL: `/v1` on the page's own origin, or absolute; `http` becomes `ws`. @defaultValue "/v1" */
  readonly url?: string | URL;
  /** Makes the socket. @defaultValue the platform's `WebSocket` */
  readonly webSocket?: OpenSocket;
  /** Tells how old a connection is. @defaultValue the system's */
  readonly clock?: Clock;
}

/** A `speak` for a cascade that holds a connection. */
export interface LivekitTts extends Speak {
  /** Lets go of the connection that is held for the next sentence; the next one makes its own. */
  close(): void;
}

/**
 * `speak` for a cascade, by LiveKit Inference's voices (`{url}/tts`). A connection serves sentence after sentence, until
 * it is 300 s old, cut off by an interruption, or broken.
 *
 * @throws TypeError or RangeError naming the option, the rule and the value.
 */
export function livekitTts(options: LivekitTtsOptions): LivekitTts {
  const { token, url = "/v1", sampleRateHz = 24_000, webSocket = openWebSocket, clock = systemClock } = options;
  if (typeof token !== "function") throw new TypeError("tts.token must be a function that fetches a token");
  if (!(Number.isInteger(sampleRateHz) && sampleRateHz >= 8_000 && sampleRateHz <= 48_000)) {
    throw new RangeError(`tts.sampleRateHz must be a whole number in [8000, 48000], got ${sampleRateHz}`);
  }
  checkGatewayUrl("tts.url", url);
  const create = sessionCreate(options, sampleRateHz);
  let held: { readonly connection: TtsConnection; readonly untilMs: number } | undefined;

  const connect = async (signal: AbortSignal): Promise<{ connection: TtsConnection; untilMs: number }> => {
    const taken = held;
    held = undefined;
    if (taken?.connection.isFree && clock.nowMs() < taken.untilMs) return taken;
    taken?.connection.close();
    const given = await fetchToken(token, { signal, attempt: 1, reason: "connect" });
    const target = gatewayUrl(given.url ?? url, "/tts", "ws");
    if (create.model !== undefined) target.searchParams.set("model", create.model);
    const connection = await TtsConnection.open(target.href, given.token, create, webSocket, signal);
    return { connection, untilMs: clock.nowMs() + MAX_CONNECTION_AGE_MS };
  };

  const speak: Speak = async function* (text, { signal }) {
    const taken = await connect(signal);
    for await (const event of taken.connection.speak(text, signal)) {
      if (event.type === "audio") yield { samples: event.samples, rateHz: sampleRateHz };
      else yield { samples: new Int16Array(0), rateHz: sampleRateHz, words: event.words };
    }
    held?.connection.close(); // two spoke at once
    held = taken;
  };
  const close = (): void => {
    held?.connection.close();
    held = undefined;
  };
  return Object.assign(speak, { close });
}

function sessionCreate({ model, voice, language, extra = {} }: LivekitTtsOptions, rateHz: number): TtsSessionCreate {
  if (typeof model !== "string" || model === "") {
    throw new TypeError(`tts.model must be "provider/model" or "provider/model:voice", got ${JSON.stringify(model)}`);
  }
  const colon = model.lastIndexOf(":");
  const name = colon < 0 ? model : model.slice(0, colon);
  const spoken = voice ?? (colon < 0 ? undefined : model.slice(colon + 1));
  return {
    type: "session.create",
    sample_rate: String(rateHz),
    encoding: "pcm_s16le",
    extra,
    model: name,
    ...(spoken === undefined ? {} : { voice: spoken }),
    ...(language === undefined ? {} : { language }),
  };
}
