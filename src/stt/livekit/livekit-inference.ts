import { CAPTURE_RATE } from "../../audio/units.ts";
import { VoiceError } from "../../errors.ts";
import type { Clock } from "../../net/clock.ts";
import type { OpenSocket } from "../../net/socket.ts";
import { openWebSocket } from "../../net/web-socket.ts";
import type { TokenRequest } from "../../net/token.ts";
import type { Endpoint } from "../codec.ts";
import type { SpeechStreamOptions, Stt } from "../contract.ts";
import { CodecSpeechStream, type SpeechStreamParts } from "../speech-stream.ts";
import { LivekitCodec } from "./codec.ts";
import type { ModelString } from "./extra-by-model.ts";
import { LiveSession } from "./live-session.ts";
import type { LivekitModelOptions, LivekitUpdateOptions } from "./options.ts";
import { LivekitSettings } from "./settings.ts";
import { TokenSource } from "./token-source.ts";

/** A connection to LiveKit Inference, or to a gateway that speaks its protocol. */
export interface LivekitInferenceOptions<M extends ModelString = string> extends LivekitModelOptions<M> {
  /** Base URL of the gateway: `/v1` on the page's own origin, or absolute; `http` becomes `ws`. @defaultValue "/v1" */
  readonly url?: string | URL;
  /** Makes the socket; for Node, proxies and tests. @defaultValue the platform's `WebSocket` */
  readonly webSocket?: OpenSocket;
  /** Time of retries and deadlines; for tests. @defaultValue the platform's */
  readonly clock?: Clock;
}

/** Speech-to-text by LiveKit Inference. */
export interface LivekitStt<M extends ModelString = string> extends Stt {
  /**
   * Changes what counts from now on: in running streams, where the model can, and for later connections. While a person
   * speaks, a stream waits for the end of the speech, since the provider may have to start anew; the latest counts.
   *
   * @throws TypeError that names the option, the rule and the value; then nothing has changed.
   */
  updateOptions<N extends ModelString = M>(options: LivekitUpdateOptions<N>): void;
  /** Fetches the token of the next connection ahead; it is held for 30 s, or until it expires. Fails silently. */
  prewarm(): void;
}

/** 50 ms a message, as LiveKit's own clients send. */
const PACKET_SAMPLES = CAPTURE_RATE / 20;

/**
 * Speech-to-text by LiveKit Inference. The model decides what `extra` accepts.
 *
 * Speechmatics' models end no utterance by themselves. The session's VAD does it for them, by `session.finalize` at each
 * end of speech: it is their VAD, and there is never a second one. Other providers decide for themselves, by the silence
 * that they hear.
 *
 * @throws TypeError or RangeError that names the option, the rule and the value.
 */
export function livekitInference<M extends ModelString = "auto">(options: LivekitInferenceOptions<M>): LivekitStt<M>;
export function livekitInference(options: LivekitInferenceOptions): LivekitStt {
  const settings = new LivekitSettings(options);
  const { url = "/v1", connection, clock, webSocket = openWebSocket } = options;
  if (!isWebUrl(url)) throw new TypeError(`stt.url must be an http or ws URL, absolute or of this page, got "${url}"`);
  const tokens = new TokenSource(options.token, Date.now);
  const sessions = new Map<CodecSpeechStream, LiveSession>();

  const endpoint = async (request: TokenRequest): Promise<Endpoint> => {
    const given = await tokens.take(request);
    return { url: socketUrl(given.url ?? url, settings.model), protocols: ["vivavoce", `bearer.${given.token}`] };
  };

  function stream(streamOptions: SpeechStreamOptions): CodecSpeechStream {
    const session = new LiveSession(settings, newRequestId(), (message) => running.say(message));
    const parts: SpeechStreamParts = {
      get model() {
        return settings.model;
      },
      get provider() {
        return settings.provider;
      },
      get capabilities() {
        return settings.capabilities;
      },
      packetSamples: PACKET_SAMPLES,
      endpoint,
      makeCodec: () => {
        session.connecting();
        return new LivekitCodec(session);
      },
      openSocket: webSocket,
      ...(connection === undefined ? {} : { connection }),
      ...(clock === undefined ? {} : { clock }),
    };
    const onEvent: SpeechStreamOptions["onEvent"] = (event) => {
      streamOptions.onEvent(event);
      session.hear(event);
    };
    const running = new CodecSpeechStream(parts, { ...streamOptions, onEvent });
    forgetEnded();
    sessions.set(running, session);
    return running;
  }

  function forgetEnded(): void {
    for (const running of sessions.keys()) if (running.health.connection === "ended") sessions.delete(running);
  }

  return {
    get model() {
      return settings.model;
    },
    get provider() {
      return settings.provider;
    },
    get capabilities() {
      return settings.capabilities;
    },
    stream,
    recognize: () => {
      const message = `LiveKit Inference recognises no whole recordings (${settings.model}): use stream()`;
      return Promise.reject(new VoiceError("not-supported", message));
    },
    updateOptions: (changes) => {
      settings.update(changes);
      forgetEnded();
      for (const session of sessions.values()) session.update();
    },
    prewarm: () => tokens.prewarm(),
  };
}

function newRequestId(): string {
  return `stt_request_${Math.random().toString(16).slice(2)}`;
}

function isWebUrl(url: string | URL): boolean {
  try {
    return /^(http|ws)s?:$/.test(new URL(url, "http://page").protocol);
  } catch {
    return false;
  }
}

function socketUrl(base: string | URL, model: string): string {
  const url = new URL(base, typeof document === "undefined" ? undefined : document.baseURI);
  url.protocol = url.protocol.replace("http", "ws");
  url.pathname = `${url.pathname.replace(/\/$/, "")}/stt`;
  if (model !== "auto") url.searchParams.set("model", model);
  return url.href;
}
