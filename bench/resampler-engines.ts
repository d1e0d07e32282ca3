import { createRequire } from "node:module";
import { Resampler as VadWebResampler } from "@ricky0123/vad-web/dist/resampler.js";
import { designKernel } from "../src/audio/kernel.ts";
import { Resampler } from "../src/audio/resampler.ts";

/** One resampler under test: float samples in, float samples out, as an audio worklet would use it. */
export interface Engine {
  readonly name: string;
  /** Converts one chunk, writes the result to the front of `output` and returns how many samples that was. */
  push(chunk: Float32Array, output: Float32Array): number;
}

/** Makes a fresh engine, with nothing of an earlier signal in it. */
export type EngineMaker = () => Promise<Engine>;

/** The longest chunk that an engine is given. */
export const MAX_CHUNK_SAMPLES = 128;

const MAX_OUTPUT_SAMPLES = 1_024;

/** This project's resampler. */
export async function makeOurs(inputRate: number, outputRate: number): Promise<Engine> {
  const resampler = new Resampler(designKernel(inputRate, outputRate));
  return { name: "vivavoce", push: (chunk, output) => resampler.push(chunk, output) };
}

/** The box average that `@ricky0123/vad-web` brings for its own model; it speaks in frames of 512. */
export async function makeVadWeb(inputRate: number, outputRate: number): Promise<Engine> {
  const resampler = new VadWebResampler({
    nativeSampleRate: inputRate,
    targetSampleRate: outputRate,
    targetFrameSize: 512,
  });
  return {
    name: "vad-web",
    push(chunk, output) {
      let written = 0;
      for (const frame of resampler.process(chunk)) {
        output.set(frame, written);
        written += frame.length;
      }
      return written;
    },
  };
}

// Node's `import` does not see the names in these two bundles, so they are required.
const require = createRequire(import.meta.url);
const libsamplerate = require("@alexanderolsen/libsamplerate-js") as typeof import("@alexanderolsen/libsamplerate-js");
const speexBundle = require("speex-resampler/app/speex_wasm.js") as { default(module: object): Promise<SpeexModule> };

/** The three sinc converters of libsamplerate, compiled to wasm. */
export async function makeLibsamplerate(
  quality: "fastest" | "medium" | "best",
  inputRate: number,
  outputRate: number,
): Promise<Engine> {
  const { SRC_SINC_FASTEST, SRC_SINC_MEDIUM_QUALITY, SRC_SINC_BEST_QUALITY } = libsamplerate.ConverterType;
  const converterType = {
    fastest: SRC_SINC_FASTEST,
    medium: SRC_SINC_MEDIUM_QUALITY,
    best: SRC_SINC_BEST_QUALITY,
  }[quality];
  const converter = await libsamplerate.create(1, inputRate, outputRate, { converterType });
  const written = { frames: 0 };
  return {
    name: `libsamplerate ${quality}`,
    push(chunk, output) {
      converter.full(chunk, output, written);
      return written.frames;
    },
  };
}

/** What the wasm module of `speex-resampler` offers. */
interface SpeexModule {
  readonly HEAP16: Int16Array;
  readonly HEAPU32: Uint32Array;
  _malloc(bytes: number): number;
  _speex_resampler_init(
    channels: number,
    inputRate: number,
    outputRate: number,
    quality: number,
    error: number,
  ): number;
  _speex_resampler_process_interleaved_int(
    state: number,
    input: number,
    inputLength: number,
    output: number,
    outputLength: number,
  ): number;
}

// Every instance would hang two more listeners on the process.
let speexModule: Promise<SpeexModule> | undefined;

/**
 * speexdsp, compiled to wasm, called directly: the package's wrapper rounds its output buffer down and drops the input
 * that would not fit. The module exports the 16-bit function only, so 16-bit noise is part of its figures.
 */
export async function makeSpeex(quality: number, inputRate: number, outputRate: number): Promise<Engine> {
  const speex = await (speexModule ??= speexBundle.default({}));
  const [error, inputLength, outputLength] = [speex._malloc(4), speex._malloc(4), speex._malloc(4)];
  const input = speex._malloc(2 * MAX_CHUNK_SAMPLES);
  const result = speex._malloc(2 * MAX_OUTPUT_SAMPLES);
  const state = speex._speex_resampler_init(1, inputRate, outputRate, quality, error);
  if (speex.HEAPU32[error / 4] !== 0) throw new Error(`speexdsp refuses ${inputRate} to ${outputRate} Hz`);
  return {
    name: `speexdsp q${quality}`,
    push(chunk, output) {
      for (let index = 0; index < chunk.length; index++)
        speex.HEAP16[input / 2 + index] = Math.round(chunk[index]! * 32_767);
      speex.HEAPU32[inputLength / 4] = chunk.length;
      speex.HEAPU32[outputLength / 4] = MAX_OUTPUT_SAMPLES;
      speex._speex_resampler_process_interleaved_int(state, input, inputLength, result, outputLength);
      if (speex.HEAPU32[inputLength / 4] !== chunk.length) throw new Error("speexdsp left input behind");
      const written = speex.HEAPU32[outputLength / 4]!;
      for (let index = 0; index < written; index++) output[index] = speex.HEAP16[result / 2 + index]! / 32_767;
      return written;
    },
  };
}
