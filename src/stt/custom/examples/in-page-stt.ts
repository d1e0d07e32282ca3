import { sttFromGenerator, type Stt } from "../index.ts";

/** A model in the page, such as Whisper in a worker: from 16 kHz mono to text. */
export type Transcribe = (samples: Float32Array, language: string, signal: AbortSignal) => Promise<string>;

/** Recognises each utterance as a whole, when it has ended. Nothing leaves the page. */
export function inPageStt(transcribe: Transcribe): Stt {
  return sttFromGenerator({
    model: "whisper-tiny",
    provider: "in-page",
    capabilities: { interimResults: false },
    recognize: async function* (audio, { language, signal }) {
      let heard: Float32Array<ArrayBuffer>[] = [];
      for await (const input of audio) {
        if (input.type === "audio") {
          heard.push(input.samples);
          continue;
        }
        const utterance = new Float32Array(await new Blob(heard).arrayBuffer());
        heard = [];
        yield { type: "final", text: await transcribe(utterance, language, signal) };
        yield { type: "flushed" };
      }
    },
  });
}
