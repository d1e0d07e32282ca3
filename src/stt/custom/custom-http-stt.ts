import { pcm16Bytes, toPcm16 } from "../../audio/pcm16.ts";
import { CAPTURE_RATE } from "../../audio/units.ts";
import { encodeWav } from "../../audio/wav.ts";
import { VoiceError } from "../../errors.ts";
import { systemClock } from "../../net/system-clock.ts";
import { errorOfStatus } from "../../net/status-error.ts";
import { fetchToken, type TokenRequest } from "../../net/token.ts";
import type { CodecTranscript } from "../codec.ts";
import { connectionSettings } from "../connection-options.ts";
import type { RecognizeOptions, SpeechStream, Stt, SttCapabilities } from "../contract.ts";
import type { SpeechData } from "../speech-event.ts";
import type { CustomHttpOptions, HttpContext, HttpRecording, HttpReply, HttpRequest } from "./custom-http-options.ts";
import { readTranscript } from "./custom-transcript.ts";
import { checkUrl, completeUrl } from "./custom-url.ts";
import { parseObject, transcriptOf } from "./lenient-json.ts";
import { placeRecording } from "./place-recording.ts";
import { providerFailed } from "./provider-failed.ts";
import { readBody } from "./read-body.ts";
import { withRetries } from "./retries.ts";

/** A person waits for the answer, so this ends sooner than a stream's patience. */
const CONNECTION = { maxRetries: 3, timeoutMs: 30_000 };
/** Of what a server says to an error, this much is told on. */
const REASON_CHARACTERS = 200;

/**
 * Speech-to-text by any server that takes a whole recording by HTTP. What the options cannot say, a subclass can: it
 * overrides `buildRequest`, `readReply`, or both.
 */
export class CustomHttpStt implements Stt {
  readonly model: string;
  readonly provider: string;
  readonly capabilities: SttCapabilities;
  /** BCP 47 tag of what is spoken, where `recognize()` is not told another. */
  readonly language: string;
  readonly #options: CustomHttpOptions;

  /**
   * Opens nothing.
   *
   * @throws TypeError if `url` is no address or `token` no function; RangeError if `connection` is out of range.
   */
  constructor(options: CustomHttpOptions) {
    const { url, token, language = "en-US", model = "unknown", provider = "custom-http", capabilities } = options;
    checkUrl(url);
    if (token !== undefined && typeof token !== "function") {
      throw new TypeError("stt.token must be a function that fetches a token");
    }
    connectionSettings(CONNECTION, options.connection);
    this.model = model;
    this.provider = provider;
    this.language = language;
    this.capabilities = {
      streaming: false,
      interimResults: false,
      diarization: false,
      alignedTranscript: false,
      offlineRecognize: true,
      flush: "none",
      endsTurns: false,
      ...capabilities,
    };
    this.#options = options;
  }

  stream(): SpeechStream {
    throw new VoiceError("not-supported", `${this.provider} takes whole recordings only: wrap it in streamAdapter()`);
  }

  async recognize(samples: Float32Array, options: RecognizeOptions = {}): Promise<SpeechData> {
    const { language = this.language, signal, startSample = 0 } = options;
    const { connection, onFailure, clock = systemClock } = this.#options;
    signal?.throwIfAborted();
    const settings = connectionSettings(CONNECTION, connection, options.connection);
    let transcript = readTranscript("", language);
    try {
      const attempt = (request: TokenRequest): Promise<CodecTranscript> => this.#ask(samples, language, request);
      // Servers refuse a recording without a sample; there is nothing to hear in it.
      if (samples.length > 0) transcript = await withRetries(attempt, { settings, clock, signal });
    } catch (error) {
      if (signal?.aborted || onFailure !== "empty-final") throw error;
      transcript = { ...transcript, confidence: 0 };
    }
    return placeRecording(transcript, startSample, samples.length);
  }

  /**
   * Makes the request for a recording. Override it for a server with a format of its own; the `request` option is for
   * those who would rather not subclass.
   *
   * @returns what `fetch` takes: a `Request`, or options for one to `context.url`.
   */
  protected buildRequest(recording: HttpRecording, context: HttpContext): HttpRequest | Promise<HttpRequest> {
    const { request, format = "multipart", headers } = this.#options;
    if (request) return request(recording, context);
    const { token, language } = context;
    const all = { ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }), ...headers };
    if (format === "multipart") {
      const body = new FormData();
      body.append("audio", recording.wav(), "audio.wav");
      body.append("language", language);
      return { headers: all, body };
    }
    const url = new URL(context.url);
    url.searchParams.set("language", language);
    if (format === "pcm16") url.searchParams.set("sample_rate", String(CAPTURE_RATE));
    return new Request(url, { method: "POST", headers: all, body: recording[format]() });
  }

  /**
   * Reads a successful reply, all of which is there. Override it for a server with a format of its own; the `reply`
   * option is for those who would rather not subclass.
   *
   * @throws anything, which is told as `protocol-violated`.
   */
  protected async readReply(reply: Response, context: HttpContext): Promise<HttpReply> {
    if (this.#options.reply) return this.#options.reply(reply, context);
    const json = await reply.text();
    const transcript = transcriptOf(parseObject(json));
    if (transcript) return transcript;
    throw new VoiceError("protocol-violated", `There is no text in the answer: ${json.slice(0, REASON_CHARACTERS)}`);
  }

  async #ask(samples: Float32Array, language: string, request: TokenRequest): Promise<CodecTranscript> {
    const { token, url } = this.#options;
    const given = token && (await fetchToken(token, request));
    const context: HttpContext = {
      ...request,
      url: completeUrl(given?.url ?? url, "http").href,
      language,
      ...(given ? { token: given.token } : {}),
    };
    const reply = await this.#send(await this.#build(samples, context), context);
    if (!reply.ok) throw await refusal(reply);
    try {
      return readTranscript(await this.readReply(reply, context), language);
    } catch (cause) {
      if (cause instanceof VoiceError) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new VoiceError("protocol-violated", `The answer could not be read: ${why}`, { cause });
    }
  }

  async #build(samples: Float32Array, context: HttpContext): Promise<HttpRequest> {
    try {
      return await this.buildRequest(recordingOf(samples), context);
    } catch (cause) {
      throw providerFailed(cause);
    }
  }

  async #send(request: HttpRequest, { url, signal }: HttpContext): Promise<Response> {
    const { fetch = globalThis.fetch } = this.#options;
    const isWhole = request instanceof Request;
    let response: Response;
    try {
      response = isWhole ? await fetch(request, { signal }) : await fetch(url, { method: "POST", ...request, signal });
    } catch (cause) {
      const where = new URL(isWhole ? request.url : url);
      // The query stays untold: some servers want secrets there.
      throw new VoiceError("gateway-unreachable", `No answer from ${where.origin}${where.pathname}`, { cause });
    }
    return readBody(response);
  }
}

async function refusal(reply: Response): Promise<VoiceError> {
  const words = (await reply.text()).trim().slice(0, REASON_CHARACTERS);
  return errorOfStatus(reply.status, `The server answered ${reply.status}: ${words || reply.statusText}`);
}

function recordingOf(samples: Float32Array): HttpRecording {
  return {
    samples,
    wav: () => new Blob([encodeWav(samples, CAPTURE_RATE)], { type: "audio/wav" }),
    pcm16: () => new Blob([pcm16Bytes(toPcm16(samples))], { type: "application/octet-stream" }),
  };
}
