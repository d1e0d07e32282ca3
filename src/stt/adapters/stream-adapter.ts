import { CAPTURE_RATE, msToSamples } from "../../audio/units.ts";
import type { Clock } from "../../net/clock.ts";
import { systemClock } from "../../net/system-clock.ts";
import type { Stt } from "../contract.ts";
import { BatchSpeechStream } from "./batch-speech-stream.ts";
import { requireInRange } from "./require-in-range.ts";
import { VadSpeechStream, type StreamVad } from "./vad-speech-stream.ts";

/** How utterances are cut out of the audio. */
export interface StreamAdapterOptions {
  /**
   * Tells where utterances are, for callers that have no gate. Not for a session: its own VAD does that already.
   *
   * @defaultValue none: an utterance ends with `flush()`
   */
  readonly vad?: StreamVad;
  /** Longer utterances are recognised in pieces of at most this length, in ms, 1000..600000. @defaultValue 60000 */
  readonly maxUtteranceMs?: number;
  /** Time, for tests. @defaultValue the platform's */
  readonly clock?: Clock;
}

/** Audio that may wait while requests take longer than speaking does: 5 min, 19 MB. */
const MAX_WAITING_SAMPLES = 300 * CAPTURE_RATE;

/**
 * Makes a recogniser of whole recordings into one that streams: each utterance becomes one request when it has ended.
 * There are no interim texts, and requests are made strictly one after another.
 *
 * @throws TypeError if the STT cannot recognise whole recordings; RangeError if an option is out of its range.
 */
export function streamAdapter(stt: Stt, options: StreamAdapterOptions = {}): Stt {
  const { vad, maxUtteranceMs = 60_000, clock = systemClock } = options;
  if (!stt.capabilities.offlineRecognize) {
    throw new TypeError(`streamAdapter() needs an stt that recognises whole recordings; ${stt.model} does not`);
  }
  requireInRange("maxUtteranceMs", maxUtteranceMs, 1_000, 600_000, "ms");
  const parts = {
    stt,
    maxUtteranceSamples: msToSamples(maxUtteranceMs),
    maxWaitingSamples: MAX_WAITING_SAMPLES,
    opensOnSpeech: !vad,
    clock,
  };
  return {
    get model() {
      return stt.model;
    },
    get provider() {
      return stt.provider;
    },
    get capabilities() {
      return {
        ...stt.capabilities,
        streaming: true,
        interimResults: false,
        flush: "inline" as const,
        endsTurns: false,
      };
    },
    stream: (streamOptions) => {
      const batch = new BatchSpeechStream(parts, streamOptions);
      return vad ? new VadSpeechStream(batch, vad, clock, streamOptions) : batch;
    },
    recognize: (samples, recognizeOptions) => stt.recognize(samples, recognizeOptions),
    prewarm: () => stt.prewarm?.(),
  };
}
