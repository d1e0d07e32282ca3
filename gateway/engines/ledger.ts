import { createHash } from "node:crypto";
import type { Hash } from "node:crypto";
import { GatewayError } from "../errors.ts";
import type { Engine, EngineStream, StreamOutput, StreamRequest } from "./engine.ts";
import { SAMPLE_RATE_HZ } from "./engine.ts";
import { LedgerListener, listenerKind } from "./ledger-listener.ts";

/** Samples kept of one session: 10 min. What comes after is counted and hashed only. */
const MAX_KEPT_SAMPLES = 600 * SAMPLE_RATE_HZ;
/** Sessions kept. */
const MAX_LEDGERS = 32;

/** Exactly what one session sent. */
export class Ledger {
  readonly #chunks: Int16Array[] = [];
  readonly #hash: Hash = createHash("sha256");
  readonly #chunkSamples: number[] = [];
  readonly #finalizedAtSamples: number[] = [];
  #receivedSamples = 0;

  /** All samples received so far. */
  get receivedSamples(): number {
    return this.#receivedSamples;
  }

  /** Length of every `input_audio`, in samples. */
  get chunkSamples(): readonly number[] {
    return this.#chunkSamples;
  }

  /** Where each finalize came, in samples received before it; the goodbye of `session.close` is one too. */
  get finalizedAtSamples(): readonly number[] {
    return this.#finalizedAtSamples;
  }

  /** SHA-256 of all samples so far as little-endian bytes, in hex. */
  sha256(): string {
    return this.#hash.copy().digest("hex");
  }

  /** The received samples (mono, 16 kHz), as one array: the first 10 min. */
  pcm(): Int16Array {
    const kept = new Int16Array(this.#chunks.reduce((sum, { length }) => sum + length, 0));
    let offset = 0;
    for (const chunk of this.#chunks) {
      kept.set(chunk, offset);
      offset += chunk.length;
    }
    return kept;
  }

  /** Enters a chunk. */
  append(samples: Int16Array): void {
    const keep = Math.max(0, Math.min(samples.length, MAX_KEPT_SAMPLES - this.#receivedSamples));
    if (keep > 0) this.#chunks.push(samples.subarray(0, keep));
    this.#hash.update(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    this.#chunkSamples.push(samples.length);
    this.#receivedSamples += samples.length;
  }

  /** Enters a finalize; returns where the stretch that it ends began, in samples. */
  markFinalized(): number {
    const startSample = this.#finalizedAtSamples.at(-1) ?? 0;
    this.#finalizedAtSamples.push(this.#receivedSamples);
    return startSample;
  }
}

/**
 * The measuring instrument for loss: recognises nothing, keeps everything, and says exactly what came. The model `ledger`
 * counts samples of any sound; `ledger/indexed`, `ledger/words` and their like tell which samples of marked sound came.
 */
export class LedgerEngine implements Engine {
  readonly #ledgers: Ledger[] = [];

  /** One ledger per session, oldest first; the last 32. */
  get ledgers(): readonly Ledger[] {
    return this.#ledgers;
  }

  open({ model, output }: StreamRequest): Promise<EngineStream> {
    const kind = listenerKind(model);
    if (kind === undefined && model !== "ledger") {
      return Promise.reject(new GatewayError("unknown-model", `No ledger is called ${JSON.stringify(model)}`));
    }
    const ledger = new Ledger();
    this.#ledgers.push(ledger);
    if (this.#ledgers.length > MAX_LEDGERS) this.#ledgers.shift();
    const listener = kind && new LedgerListener(kind, (message) => output.send(message));
    return Promise.resolve({
      push: (samples) => {
        ledger.append(samples);
        listener?.push(samples);
      },
      finalize: () => {
        const startSample = ledger.markFinalized();
        if (listener) return Promise.resolve(listener.finalize());
        report(ledger, startSample, output);
        return Promise.resolve("answered" as const);
      },
      close: () => undefined,
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function report(ledger: Ledger, startSample: number, output: StreamOutput): void {
  const { receivedSamples, chunkSamples } = ledger;
  if (receivedSamples === startSample) return; // as real gateways: nothing new, no final
  output.send({
    type: "final_transcript",
    transcript: `received ${receivedSamples} samples`,
    language: "en",
    start: startSample / SAMPLE_RATE_HZ,
    duration: (receivedSamples - startSample) / SAMPLE_RATE_HZ,
    confidence: 1,
    words: [],
    extra: { receivedSamples, sha256: ledger.sha256(), chunkSamples: [...chunkSamples] },
  });
}
