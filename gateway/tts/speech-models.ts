import { GatewayError } from "../errors.ts";
import { DEFAULT_VOICE } from "../speech/synthesizer.ts";

const PROVIDER = "espeak-ng";

/** Who is to speak, as clients name it; what is left out is up to the gateway. */
export interface WishedVoice {
  /** `espeak-ng`, `espeak-ng/<voice>`, or an alias of one. */
  readonly model?: string | undefined;
  readonly voice?: string | undefined;
  /** Such as `de`; counts where neither voice nor model says more. */
  readonly language?: string | undefined;
}

/** Knows which models speak here, and with which voice of espeak-ng. */
export class SpeechModels {
  readonly #aliases: ReadonlyMap<string, string>;

  /** `modelAliases`: other names of models, `"cartesia/sonic-3"` → `"espeak-ng/en-us"`. */
  constructor(modelAliases: Readonly<Record<string, string>>) {
    this.#aliases = new Map(Object.entries(modelAliases));
  }

  /** True if `model` speaks here, by its name or by an alias. */
  serves(model: string): boolean {
    return providerOf(this.#aliases.get(model) ?? model) === PROVIDER;
  }

  /**
   * The voice that fulfils a wish: the one it names, else its model's, else its language's. An alias that leads to a
   * voice is that voice, since what the client calls a voice is another provider's.
   * @throws GatewayError `unknown-model`.
   */
  voiceFor({ model, voice, language }: WishedVoice): string {
    if (model === undefined || !this.serves(model)) throw this.#unknown(model);
    const alias = this.#aliases.get(model);
    const own = voiceOf(alias ?? model);
    return (alias === undefined ? undefined : own) ?? voice ?? own ?? language ?? DEFAULT_VOICE;
  }

  #unknown(model: string | undefined): GatewayError {
    const what =
      model === undefined ? "The session names no model" : `Nobody speaks as ${JSON.stringify(model.slice(0, 80))}`;
    const aliases = [...this.#aliases.keys()].filter((alias) => this.serves(alias));
    return new GatewayError("unknown-model", `${what}; there are ${[`${PROVIDER}/<voice>`, ...aliases].join(", ")}`);
  }
}

function providerOf(model: string): string {
  return model.split("/", 1)[0] ?? "";
}

function voiceOf(model: string): string | undefined {
  return model.slice(PROVIDER.length + 1) || undefined;
}
