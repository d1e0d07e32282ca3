import { CAPTURE_RATE, msToSamples } from "../../audio/units.ts";
import { VoiceError } from "../../errors.ts";
import { systemClock } from "../../net/system-clock.ts";
import { openWebSocket } from "../../net/web-socket.ts";
import { fetchToken, type TokenRequest } from "../../net/token.ts";
import type { Endpoint, SttCodec } from "../codec.ts";
import { connectionSettings } from "../connection-options.ts";
import type { SpeechStream, SpeechStreamOptions, Stt, SttCapabilities } from "../contract.ts";
import type { SpeechData } from "../speech-event.ts";
import { CodecSpeechStream } from "../speech-stream.ts";
import { CustomSocket } from "./custom-socket.ts";
import { checkUrl, completeUrl } from "./custom-url.ts";
import { CustomWebSocketCodec } from "./custom-web-socket-codec.ts";
import type { CustomWebSocketOptions, WebSocketContext } from "./custom-web-socket-options.ts";
import { GuardedCodec } from "./guarded-codec.ts";
import { providerFailed } from "./provider-failed.ts";

/**
 * Speech-to-text by any server that takes audio by WebSocket while it is spoken. Connections, retries, replays and times
 * are the library's. What the options cannot say, a subclass can: it overrides `makeCodec`.
 */
export class CustomWebSocketStt implements Stt {
  readonly model: string;
  readonly provider: string;
  readonly capabilities: SttCapabilities;
  readonly #options: CustomWebSocketOptions;

  /**
   * Opens nothing.
   *
   * @throws TypeError if `url` is no address, `token` no function, or there is no message for the flush that
   * `capabilities` claim; RangeError if a number is out of range.
   */
  constructor(options: CustomWebSocketOptions) {
    const { url, token, flush, keepAlive, packetMs = 50, model = "unknown", provider = "custom-websocket" } = options;
    checkUrl(url);
    if (token !== undefined && typeof token !== "function") {
      throw new TypeError("stt.token must be a function that fetches a token");
    }
    const sampleRate: number = options.sampleRate ?? CAPTURE_RATE;
    if (sampleRate !== CAPTURE_RATE) throw new RangeError(`stt.sampleRate must be 16000 Hz, got ${sampleRate}`);
    if (!(packetMs >= 10 && packetMs <= 1_000)) {
      throw new RangeError(`stt.packetMs must be in [10, 1000] ms, got ${packetMs}`);
    }
    if (keepAlive && !(keepAlive.everyMs > 0)) {
      throw new RangeError(`stt.keepAlive.everyMs must be above 0 ms, got ${keepAlive.everyMs}`);
    }
    connectionSettings(options.connection);
    this.model = model;
    this.provider = provider;
    this.capabilities = {
      interimResults: true,
      diarization: false,
      alignedTranscript: false,
      flush: flush === undefined ? "none" : "inline",
      endsTurns: false,
      ...options.capabilities,
      streaming: true,
      offlineRecognize: false,
    };
    const hasOwnCodec = this.makeCodec !== CustomWebSocketStt.prototype.makeCodec;
    if (this.capabilities.flush !== "none" && flush === undefined && !hasOwnCodec) {
      throw new TypeError(`stt.capabilities.flush "${this.capabilities.flush}" needs a stt.flush message`);
    }
    this.#options = options;
  }

  stream(streamOptions: SpeechStreamOptions): SpeechStream {
    const { connection, keepAlive, packetMs = 50, language = "en-US" } = this.#options;
    const { webSocket = openWebSocket, clock = systemClock } = this.#options;
    let context: WebSocketContext = { language };
    let socket: CustomSocket | undefined;
    return new CodecSpeechStream(
      {
        model: this.model,
        provider: this.provider,
        capabilities: this.capabilities,
        packetSamples: msToSamples(packetMs),
        endpoint: async (request) => {
          const { token, ...endpoint } = await this.#endpoint(request);
          context = { language, ...(token === undefined ? {} : { token }) };
          return endpoint;
        },
        makeCodec: () =>
          new GuardedCodec(
            () => this.makeCodec(context),
            (error) => socket?.fail(error),
          ),
        openSocket: (url, protocols) => (socket = new CustomSocket(webSocket(url, protocols), clock, keepAlive)),
        clock,
        ...(connection ? { connection } : {}),
      },
      streamOptions,
    );
  }

  recognize(): Promise<SpeechData> {
    const message = `${this.provider} recognises streams only: it has no request for a whole recording`;
    return Promise.reject(new VoiceError("not-supported", message));
  }

  /**
   * Makes the codec of one connection. Override it for a language that the options cannot describe, or that has to
   * remember something; an empty message is not sent.
   */
  protected makeCodec(context: WebSocketContext): SttCodec {
    const { config, hello, encodeAudio, decode, flush, finish, goodbye } = this.#options;
    return new CustomWebSocketCodec({
      language: context.language,
      config,
      hello: hello && (() => hello(context)),
      encodeAudio,
      decode,
      flush,
      finish,
      goodbye,
    });
  }

  async #endpoint(request: TokenRequest): Promise<Endpoint & { readonly token?: string }> {
    const { token, url, protocols = bearerProtocols } = this.#options;
    const given = token && (await fetchToken(token, request));
    try {
      return {
        url: completeUrl(given?.url ?? url, "ws").href,
        protocols: protocols(given?.token),
        ...(given ? { token: given.token } : {}),
      };
    } catch (cause) {
      throw providerFailed(cause);
    }
  }
}

/** The server picks the first, so that the token does not come back. */
function bearerProtocols(token: string | undefined): string[] {
  return token === undefined ? [] : ["vivavoce", `bearer.${token}`];
}
