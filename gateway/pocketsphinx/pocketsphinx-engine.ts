import type { Engine, EngineStream, StreamRequest } from "../engines/engine.ts";
import { GatewayError } from "../errors.ts";
import type { EndpointerOptions } from "./endpointer.ts";
import { RecognizerProcess } from "./recognizer-process.ts";

/** How many decoders there may be, and how they cut. A decoder's process takes about 180 MB, and half a second to begin. */
export interface PocketsphinxOptions extends Pick<EndpointerOptions, "endSilenceMs"> {
  /** Most streams at once. */
  readonly maxStreams: number;
  /** Decoders kept ready, so that a stream begins without a wait. */
  readonly warm: number;
}

/**
 * Real streaming English recognition. Each stream has a process of its own, warmed on the same recording and used for
 * one stream only: so every stream hears equally well, and the same audio gives the same text.
 */
export class PocketsphinxEngine implements Engine {
  readonly #options: Pick<PocketsphinxOptions, "maxStreams" | "warm">;
  readonly #cutting: EndpointerOptions;
  readonly #spare: RecognizerProcess[] = [];
  readonly #taken = new Set<RecognizerProcess>();
  readonly #exits = new Set<Promise<void>>();
  #isOpen = true;

  constructor(options: PocketsphinxOptions) {
    // Only what is named: the caller's object holds a secret, and the command line of a process is public.
    const { maxStreams, warm, endSilenceMs } = options;
    this.#options = { maxStreams, warm };
    this.#cutting = endSilenceMs === undefined ? {} : { endSilenceMs };
    this.#refill();
  }

  /** The ids of the processes that serve streams, oldest first. */
  get pids(): readonly number[] {
    return [...this.#taken].filter(({ isAlive }) => isAlive).flatMap(({ pid }) => pid ?? []);
  }

  async open({ output }: StreamRequest): Promise<EngineStream> {
    if (!this.#isOpen) throw new GatewayError("full", "The gateway is closing");
    if (this.#streams >= this.#options.maxStreams) {
      throw new GatewayError("full", `All ${this.#options.maxStreams} streams of the recogniser are taken`);
    }
    const recognizer = this.#takeSpare() ?? this.#start();
    this.#taken.add(recognizer);
    void recognizer.exited().then(() => {
      this.#taken.delete(recognizer);
      this.#refill();
    });
    await recognizer.ready;
    this.#refill();
    recognizer.attach(output);
    return recognizer;
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    for (const recognizer of [...this.#spare, ...this.#taken]) recognizer.close();
    await Promise.all(this.#exits);
  }

  /** A stream that was closed counts no more, though its process may take some milliseconds to go. */
  get #streams(): number {
    return [...this.#taken].filter(({ isAlive }) => isAlive).length;
  }

  #takeSpare(): RecognizerProcess | undefined {
    for (let spare = this.#spare.shift(); spare !== undefined; spare = this.#spare.shift())
      if (spare.isAlive) return spare;
    return undefined;
  }

  #refill(): void {
    const { warm, maxStreams } = this.#options;
    const isWanted = (): boolean => this.#spare.length < warm && this.#spare.length + this.#streams < maxStreams;
    while (this.#isOpen && isWanted()) this.#spare.push(this.#start());
  }

  #start(): RecognizerProcess {
    const recognizer = new RecognizerProcess(this.#cutting);
    const exit = recognizer.exited();
    this.#exits.add(exit);
    void exit.then(() => this.#exits.delete(exit));
    return recognizer;
  }
}
