import { CAPTURE_RATE } from "../../audio/units.ts";
import type { Clock } from "../../net/clock.ts";
import { systemClock } from "../../net/system-clock.ts";
import type { CodecTranscript } from "../codec.ts";
import { connectionSettings, type ConnectionOptions } from "../connection-options.ts";
import type { Stt, SttCapabilities } from "../contract.ts";
import { CodecSpeechStream } from "../speech-stream.ts";
import { readEvent, type CustomSttEvent } from "./custom-event.ts";
import { GeneratorCodec } from "./generator-codec.ts";
import { GeneratorSocket, type Recognizer, type RecognizerInput } from "./generator-socket.ts";
import { joinTranscripts, placeRecording } from "./place-recording.ts";
import { pump } from "./pump.ts";
import { withRetries } from "./retries.ts";

/** A recogniser that runs in the page, or wherever the app likes. */
export interface GeneratorSttOptions {
  /**
   * Turns what is heard into what is said, from the beginning of a connection to its end. One that throws is called again
   * with what it had not answered.
   */
  readonly recognize: Recognizer<CustomSttEvent>;
  /** Name of the model, for metrics. @defaultValue "unknown" */
  readonly model?: string;
  /** Name of the provider, for metrics. @defaultValue "custom" */
  readonly provider?: string;
  /** BCP 47 tag of what is spoken. @defaultValue "en-US" */
  readonly language?: string;
  /**
   * What it can do. With `flush: "none"` it is never asked: silence ends its utterances, made up if need be.
   * @defaultValue interim results and `flush: "inline"`; nothing else
   */
  readonly capabilities?: Partial<Omit<SttCapabilities, "streaming" | "offlineRecognize">>;
  /** How hard to try. @defaultValue 3 retries, 60 s for a whole recording, the rest as ever */
  readonly connection?: ConnectionOptions;
  /** Does what the first call would have to wait for, such as loading a model. @defaultValue nothing */
  readonly prewarm?: () => void;
  /** Times retries and limits; for tests. @defaultValue the platform's timers */
  readonly clock?: Clock;
}

/** What fails in the page fails again, most often; and a model in the page takes its time. */
const CONNECTION = { maxRetries: 3, timeoutMs: 60_000 };
/** 50 ms. */
const PACKET_SAMPLES = CAPTURE_RATE / 20;

/**
 * Speech-to-text by an async generator from audio to events, such as a model that runs in the page.
 *
 * @throws TypeError if `recognize` is no function; RangeError if `connection` is out of range.
 */
export function sttFromGenerator(options: GeneratorSttOptions): Stt {
  const { recognize, model = "unknown", provider = "custom", clock = systemClock, prewarm } = options;
  if (typeof recognize !== "function") throw new TypeError("stt.recognize must be a function that gives events");
  const connection = connectionSettings(CONNECTION, options.connection);
  const capabilities: SttCapabilities = {
    interimResults: true,
    diarization: false,
    alignedTranscript: false,
    flush: "inline",
    endsTurns: false,
    ...options.capabilities,
    streaming: true,
    offlineRecognize: true,
  };
  return {
    model,
    provider,
    capabilities,
    stream: (streamOptions) => {
      const { language = "en-US" } = options;
      const parts = {
        model,
        provider,
        capabilities,
        packetSamples: PACKET_SAMPLES,
        endpoint: () => Promise.resolve({ url: provider, protocols: [] }),
        makeCodec: () => new GeneratorCodec(language),
        openSocket: () => new GeneratorSocket(recognize, language, clock),
        connection,
        clock,
      };
      return new CodecSpeechStream(parts, streamOptions);
    },
    recognize: async (samples, recognizeOptions = {}) => {
      const { language = options.language ?? "en-US", signal, startSample = 0 } = recognizeOptions;
      const settings = connectionSettings(connection, recognizeOptions.connection);
      const attempt = async (given: AbortSignal): Promise<CodecTranscript[]> => {
        const finals: CodecTranscript[] = [];
        const outputs = recognize(whole(samples, capabilities), { language, signal: given });
        await pump<unknown>(outputs, given, (output) => {
          const event = readEvent(output, language);
          if (event?.type === "failed") throw event.error;
          if (event?.type === "final") finals.push(event.transcript);
        });
        return finals;
      };
      const finals = await withRetries((request) => attempt(request.signal), { settings, clock, signal });
      return placeRecording(joinTranscripts(finals, language), startSample, samples.length);
    },
    ...(prewarm ? { prewarm } : {}),
  };
}

async function* whole(samples: Float32Array, { flush }: SttCapabilities): AsyncGenerator<RecognizerInput> {
  // A copy, so that a recogniser may transfer it to a worker, and be called again.
  yield { type: "audio", startMs: 0, samples: samples.slice() };
  if (flush !== "none") yield { type: "flush" };
}
