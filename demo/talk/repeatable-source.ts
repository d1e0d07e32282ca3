import type { AudioSource } from "vivavoce";

type OpenSource = Awaited<ReturnType<AudioSource["open"]>>;

/** A voice that says one recording after another, and is silent in between, so that it can be answered and interrupt. */
export class RepeatableSource implements AudioSource {
  readonly #first: AudioSource;
  #context: AudioContext | undefined;
  #mouth: GainNode | undefined;
  readonly #said: OpenSource[] = [];

  /** Says `first` when the session begins. */
  constructor(first: AudioSource) {
    this.#first = first;
  }

  async open(context: AudioContext): Promise<OpenSource> {
    const mouth = context.createGain();
    const first = await this.#first.open(context);
    first.node.connect(mouth);
    this.#said.push(first);
    this.#context = context;
    this.#mouth = mouth;
    return {
      node: mouth,
      ...(first.deviceRate === undefined ? {} : { deviceRate: first.deviceRate }),
      begin: () => first.begin(),
      onEnd: (callback) => first.onEnd((how) => how === "lost" && callback(how)),
      release: () => this.#release(),
    };
  }

  /** Says another recording into the session that runs. @throws what opening it throws */
  async say(source: AudioSource): Promise<void> {
    if (!this.#context) return;
    const opened = await source.open(this.#context);
    if (!this.#mouth) return opened.release();
    opened.node.connect(this.#mouth);
    this.#said.push(opened);
    opened.begin();
  }

  #release(): void {
    for (const opened of this.#said.splice(0)) opened.release();
    this.#mouth?.disconnect();
    this.#mouth = undefined;
    this.#context = undefined;
  }
}
