import { VoiceError } from "../errors.ts";
import type { SpeechStreamOptions, Stt, SttCapabilities } from "../stt/contract.ts";
import type { SpeechData } from "../stt/speech-event.ts";
import { ScriptedStream, scriptedData, type ScriptedUtterance } from "./scripted-stream.ts";

/** A recogniser to make. */
export interface ScriptedSttOptions {
  /**
   * What is recognised, utterance by utterance, on whichever stream they are spoken; an error ends the stream it
   * comes on. After the last nothing is recognised.
   */
  readonly utterances: readonly (string | ScriptedUtterance | VoiceError)[];
  /** BCP 47 tag. @defaultValue "en" */
  readonly language?: string;
  /** What it claims to be able to do, where that is not everything. @defaultValue all but telling speakers apart and ending turns */
  readonly capabilities?: Partial<SttCapabilities>;
}

/** A recogniser that does not listen. */
export interface ScriptedStt extends Stt {
  /** Ends every stream that runs with this error. */
  fail(error: VoiceError): void;
}

const CAPABILITIES: SttCapabilities = {
  streaming: true,
  interimResults: true,
  diarization: false,
  alignedTranscript: "word",
  offlineRecognize: true,
  flush: "inline",
  endsTurns: false,
};

/**
 * A recogniser that says what it is told to, for tests of what an app makes of it: no gateway, no token, no network.
 * An utterance ends where the session asks for its text, which it does at the end of speech.
 */
export function scriptedStt(options: ScriptedSttOptions): ScriptedStt {
  const { language = "en" } = options;
  const waiting = options.utterances.map((utterance) =>
    typeof utterance === "string" ? { final: utterance } : utterance,
  );
  const capabilities = { ...CAPABILITIES, ...options.capabilities };
  const streams = new Set<ScriptedStream>();
  return {
    model: "scripted",
    provider: "vivavoce/testing",
    capabilities,
    stream: (streamOptions: SpeechStreamOptions) => {
      if (!capabilities.streaming) throw new VoiceError("not-supported", "This scripted recogniser does not stream");
      const stream = new ScriptedStream(waiting, language, streamOptions);
      streams.add(stream);
      return stream;
    },
    recognize: async (
      samples: Float32Array,
      { signal, startSample = 0, language: wanted = language } = {},
    ): Promise<SpeechData> => {
      signal?.throwIfAborted();
      if (!capabilities.offlineRecognize) {
        throw new VoiceError("not-supported", "This scripted recogniser takes no whole recordings");
      }
      const utterance = waiting.shift() ?? { final: "" };
      if (utterance instanceof Error) throw utterance;
      return scriptedData(utterance, wanted, startSample, startSample + samples.length);
    },
    fail: (error) => streams.forEach((stream) => stream.fail(error)),
  };
}
