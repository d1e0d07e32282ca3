import { GatewayError } from "../errors.ts";
import type { Engine, EngineStream, StreamOutput } from "./engine.ts";

/** Which engine serves which model. */
export interface EngineTableOptions {
  /** By the part of the model's name before the first `/`, such as `pocketsphinx` or `script`. */
  readonly engines: Readonly<Record<string, Engine>>;
  /** Other names of models: `"deepgram/nova-3"` → `"pocketsphinx/en-us"`. */
  readonly modelAliases: Readonly<Record<string, string>>;
  /** What serves a model that nothing else does, and a session that names none. */
  readonly defaultEngine: string | undefined;
}

/** Finds the engine for a model's name as clients write it: `provider/model`, with or without `:language`. */
export class EngineTable {
  readonly #engines: ReadonlyMap<string, Engine>;
  readonly #aliases: ReadonlyMap<string, string>;
  readonly #defaultEngine: string | undefined;

  constructor({ engines, modelAliases, defaultEngine }: EngineTableOptions) {
    this.#engines = new Map(Object.entries(engines));
    this.#aliases = new Map(Object.entries(modelAliases));
    this.#defaultEngine = defaultEngine;
  }

  /**
   * Opens a stream of the engine that serves `model`.
   * @throws GatewayError `unknown-model`, or whatever the engine says.
   */
  async open(model: string | undefined, output: StreamOutput): Promise<EngineStream> {
    const name = this.#resolve(model);
    const engine = this.#engines.get(name.split("/", 1)[0] ?? "");
    if (engine === undefined) throw this.#unknown(model);
    return engine.open({ model: name.slice(name.indexOf("/") + 1), output });
  }

  /** True if an engine serves `model` by its name or by an alias; the default engine does not count. */
  serves(model: string): boolean {
    return this.#find(model) !== undefined;
  }

  /** Closes every engine. */
  async close(): Promise<void> {
    await Promise.all([...this.#engines.values()].map((engine) => engine.close()));
  }

  #resolve(model: string | undefined): string {
    const name = (model === undefined ? undefined : this.#find(model)) ?? this.#defaultEngine;
    if (name === undefined) throw this.#unknown(model);
    return name;
  }

  /** A model's name after aliases, if an engine has it. */
  #find(model: string): string | undefined {
    const [, plain = model] = /^(.*):[^:]*$/.exec(model) ?? [];
    const name = this.#aliases.get(model) ?? this.#aliases.get(plain) ?? plain;
    return this.#engines.has(name.split("/", 1)[0] ?? "") ? name : undefined;
  }

  #unknown(model: string | undefined): GatewayError {
    const known = [...this.#engines.keys(), ...this.#aliases.keys()].join(", ");
    const what =
      model === undefined
        ? "The session names no model"
        : `No engine serves the model ${JSON.stringify(model.slice(0, 80))}`;
    return new GatewayError("unknown-model", `${what}; there are ${known}`);
  }
}
