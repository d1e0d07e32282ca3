import type { EngineStream, StreamOutput } from "../engines/engine.ts";
import { SAMPLE_RATE_HZ } from "../engines/engine.ts";
import { GatewayError } from "../errors.ts";

import { Polyphase } from "../speech/polyphase.ts";
import { WIRE_RATE_HZ } from "./pcm24.ts";

/** Opens a recogniser's stream of 16 kHz samples. */
export type OpenStream = (output: StreamOutput) => Promise<EngineStream>;

/** Audio that may wait for the recogniser, in samples: 30 s. */
const MAX_WAITING_SAMPLES = 30 * SAMPLE_RATE_HZ;

/**
 * What a session hears with: one stream, opened by the first sound, that is cut into utterances. A recogniser that dies
 * spoils the utterance under way; the next one gets another.
 */
export class Recognition {
  readonly #openStream: OpenStream;
  #stream: EngineStream | undefined;
  #failure: GatewayError | undefined;
  #tail: Promise<void> = Promise.resolve();
  #finals: string[] = [];
  #waitingSamples = 0;
  #onTaken: (() => void)[] = [];
  #isOpen = true;

  constructor(openStream: OpenStream) {
    this.#openStream = openStream;
  }

  /** Resolves when so little waits for the recogniser that more may come. */
  async room(): Promise<void> {
    while (this.#waitingSamples > MAX_WAITING_SAMPLES)
      await new Promise<void>((resolve) => this.#onTaken.push(resolve));
  }

  /** Adds 16 kHz samples to the utterance. */
  push(samples: Int16Array): void {
    if (samples.length === 0) return;
    this.#waitingSamples += samples.length;
    this.#next(async () => {
      try {
        if (this.#failure === undefined) await (await this.#opened()).push(samples);
      } finally {
        this.#waitingSamples -= samples.length;
        for (const wake of this.#onTaken.splice(0)) wake();
      }
    });
  }

  /** Ends the utterance and resolves with what was said. @throws GatewayError if the recogniser failed in it. */
  end(): Promise<string> {
    const text = new Promise<string>((resolve, reject) => {
      this.#next(async () => {
        if (this.#failure === undefined) await this.#stream?.finalize().catch((error: unknown) => this.#fail(error));
        const [finals, failure] = [this.#finals, this.#failure];
        [this.#finals, this.#failure] = [[], undefined];
        if (!this.#isOpen) reject(new GatewayError("recognizer-lost", "The session is over"));
        else if (failure === undefined) resolve(finals.join(" "));
        else reject(failure);
      });
    });
    text.catch(() => undefined); // whoever needs it hears of it; perhaps nobody does
    return text;
  }

  /** Frees the recogniser. What was under way is lost. */
  close(): void {
    this.#isOpen = false;
    this.#stream?.close();
  }

  #next(job: () => Promise<void>): void {
    this.#tail = this.#tail.then(job).catch((error: unknown) => this.#fail(error));
  }

  async #opened(): Promise<EngineStream> {
    if (this.#stream !== undefined) return this.#stream;
    const output: StreamOutput = {
      send: (message) => {
        if (message.type === "final_transcript" && message.transcript !== "") this.#finals.push(message.transcript);
      },
      fail: (error) => this.#fail(error),
      drop: () => this.#fail(new GatewayError("recognizer-lost", "The recogniser has gone")),
    };
    const stream = await this.#openStream(output);
    if (!this.#isOpen) stream.close();
    this.#stream = stream;
    return stream;
  }

  #fail(error: unknown): void {
    this.#failure ??=
      error instanceof GatewayError ? error : new GatewayError("recognizer-lost", String(error), { cause: error });
    this.#stream?.close();
    this.#stream = undefined;
  }
}

/** What is said in samples at 24 kHz, by a stream of its own. @throws GatewayError if recognition fails. */
export async function recogniseOnce(openStream: OpenStream, samples: Int16Array): Promise<string> {
  const recognition = new Recognition(openStream);
  const resampler = new Polyphase(WIRE_RATE_HZ, SAMPLE_RATE_HZ);
  recognition.push(resampler.push(samples));
  recognition.push(resampler.flush());
  try {
    return await recognition.end();
  } finally {
    recognition.close();
  }
}
