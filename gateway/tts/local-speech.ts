import type { WebSocket } from "ws";
import type { LocalService } from "../protocol/local-service.ts";
import type { Synthesizer } from "../speech/synthesizer.ts";
import { SpeechModels } from "./speech-models.ts";
import { TtsSession } from "./tts-session.ts";

/** What texts are spoken with. */
export interface LocalSpeechOptions {
  /** Speaks. */
  readonly synthesizer: Synthesizer;
  /** Other names of models: `"cartesia/sonic-3"` → `"espeak-ng/en-us"`. */
  readonly modelAliases: Readonly<Record<string, string>>;
  /** How long a client may say nothing, in ms. */
  readonly idleLimitMs: number;
}

/** Serves LiveKit's text-to-speech protocol with the voices of this gateway. */
export class LocalSpeech implements LocalService {
  readonly route = "/tts";
  readonly isModelInMessage = false;
  readonly #options: LocalSpeechOptions;
  readonly #models: SpeechModels;

  constructor(options: LocalSpeechOptions) {
    this.#options = options;
    this.#models = new SpeechModels(options.modelAliases);
  }

  serves(model: string): boolean {
    return this.#models.serves(model);
  }

  begin(client: WebSocket, fallbackModel: string | undefined): TtsSession {
    const { synthesizer, idleLimitMs } = this.#options;
    const session = new TtsSession({ socket: client, synthesizer, models: this.#models, fallbackModel, idleLimitMs });
    client.on("message", (message: Buffer, isBinary) => {
      if (isBinary) session.receiveBinary();
      else session.receive(message.toString());
    });
    client.on("close", () => session.end());
    return session;
  }
}
