import { CodecSpeechStream, type Stt } from "../../index.ts";
import { VoiceError } from "../index.ts";
import { AcmeCodec } from "./acme-codec.ts";

/** Speech-to-text by Acme. The stream brings sockets, retries, replays and times. */
export function acmeStt(server: string, token: () => Promise<string>, language = "en"): Stt {
  const model = "acme-1";
  const provider = "acme";
  const capabilities = {
    streaming: true,
    interimResults: true,
    diarization: false,
    alignedTranscript: false,
    offlineRecognize: false,
    flush: "inline",
    endsTurns: false,
  } as const;
  return {
    model,
    provider,
    capabilities,
    stream: (options) =>
      new CodecSpeechStream(
        {
          model,
          provider,
          capabilities,
          packetSamples: 1_600, // 100 ms a message
          endpoint: async () => ({ url: `${server}/stt`, protocols: ["acme", await token()] }),
          makeCodec: () => new AcmeCodec(language),
          openSocket: (url, protocols) => new WebSocket(url, protocols),
        },
        options,
      ),
    recognize: () => Promise.reject(new VoiceError("not-supported", "Acme takes streams only")),
  };
}
