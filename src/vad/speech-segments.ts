import { openWorker, type AssetLocation } from "../assets.ts";
import { downmix } from "../audio/downmix.ts";
import { Framer } from "../audio/framer.ts";
import { designKernel } from "../audio/kernel.ts";
import { Resampler } from "../audio/resampler.ts";
import { CAPTURE_RATE, FRAME_SAMPLES } from "../audio/units.ts";
import { VoiceError } from "../errors.ts";
import { SegmentCutter, type SegmentOptions, type SpeechSegment } from "./segment-cutter.ts";
import type { Vad } from "./silero.ts";
import type { JudgeCommand, JudgedFrame, JudgeRequest, WorkerNotice } from "./worker-messages.ts";

/** What can be searched for speech: a decoded recording, mono samples (-1..1), or a stream of mono chunks of any size. */
export type SegmentInput =
  | AudioBuffer
  | { readonly samples: Float32Array; readonly sampleRate: number }
  | { readonly chunks: AsyncIterable<Float32Array> | Iterable<Float32Array>; readonly sampleRate: number };

/** How to search. */
export interface SpeechSegmentsOptions extends SegmentOptions {
  /** The detector, such as `silero()`. */
  readonly vad: Vad;
  /** Folder of the library's worker, wasm and model. @defaultValue beside the module */
  readonly assets?: AssetLocation;
  /** Aborting it throws its reason from the iteration and stops the worker. */
  readonly signal?: AbortSignal;
}

/** Frames on their way through the worker at a time. */
const FRAMES_IN_FLIGHT = 32;

/**
 * Finds the speech in a recording or stream, in order, in a worker of its own.
 *
 * ```ts
 * for await (const { startMs, endMs, audio } of speechSegments(audioBuffer, { vad: silero() })) …
 * ```
 *
 * @throws VoiceError `asset-failed` if worker or model cannot be loaded, `vad-failed` if the model breaks; RangeError
 * for bad options or a rate without a sane ratio to 16 kHz.
 */
export async function* speechSegments(
  input: SegmentInput,
  options: SpeechSegmentsOptions,
): AsyncGenerator<SpeechSegment, void, void> {
  const { vad, assets, signal = new AbortController().signal } = options;
  const cutter = new SegmentCutter(vad.detector, options);
  const closed = new AbortController();
  const { scriptUrl, load } = vad.worker(assets);
  const worker = await openWorker(scriptUrl, signal);
  try {
    worker.postMessage(load);
    const either = AbortSignal.any([signal, closed.signal]);
    worker.addEventListener("error", ({ message }) =>
      closed.abort(new VoiceError("vad-failed", `The VAD worker broke: ${message}`)),
    );
    await loaded(worker, either);
    const { port1: port, port2 } = new MessageChannel();
    worker.postMessage({ type: "judge", port: port2 } satisfies JudgeCommand, [port2]);
    for await (const { samples, probability } of judged(framesOf(input), port, either)) {
      const segment = cutter.push(samples, probability);
      if (segment) yield segment;
    }
    const last = cutter.finish();
    if (last) yield last;
  } finally {
    closed.abort();
    worker.terminate();
  }
}

function loaded(worker: Worker, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    worker.addEventListener(
      "message",
      ({ data }: MessageEvent<WorkerNotice>) => {
        if (data.type === "loaded") resolve();
        if (data.type === "load-failed")
          reject(new VoiceError("asset-failed", `The speech model could not be loaded: ${data.message}`));
      },
      { signal },
    );
  });
}

type Judged = Extract<JudgedFrame, { type: "judged" }>;

/** Sends frames ahead of the answers, and gives the answers in order. */
async function* judged(
  frames: AsyncIterable<Float32Array>,
  port: MessagePort,
  signal: AbortSignal,
): AsyncGenerator<Judged, void, void> {
  const answers: JudgedFrame[] = [];
  let wake = (): void => undefined;
  port.onmessage = ({ data }: MessageEvent<JudgedFrame>): void => {
    answers.push(data);
    wake();
  };
  const onAbort = (): void => wake();
  signal.addEventListener("abort", onAbort);
  const next = async (): Promise<Judged> => {
    while (answers.length === 0 && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
    signal.throwIfAborted();
    const answer = answers.shift()!;
    if (answer.type === "judge-failed") throw new VoiceError("vad-failed", `The speech model broke: ${answer.message}`);
    return answer;
  };
  try {
    let inFlight = 0;
    for await (const samples of frames) {
      port.postMessage({ samples } satisfies JudgeRequest, [samples.buffer]);
      inFlight += 1;
      if (inFlight < FRAMES_IN_FLIGHT) continue;
      yield await next();
      inFlight -= 1;
    }
    for (; inFlight > 0; inFlight--) yield await next();
  } finally {
    signal.removeEventListener("abort", onAbort);
    port.close();
  }
}

/** The input as frames of 512 samples at 16 kHz, each with a buffer of its own; the last may be shorter. */
async function* framesOf(input: SegmentInput): AsyncGenerator<Float32Array<ArrayBuffer>, void, void> {
  const resampler = new Resampler(designKernel(input.sampleRate, CAPTURE_RATE));
  const framer = new Framer(FRAME_SAMPLES);
  const frames: Float32Array<ArrayBuffer>[] = [];
  const keep = (frame: Float32Array, filledSamples = frame.length): void =>
    void frames.push(frame.slice(0, filledSamples));
  const take = (): Float32Array<ArrayBuffer>[] => frames.splice(0);
  for await (const chunk of chunksOf(input)) {
    const output = new Float32Array(resampler.maxOutputSamples(chunk.length));
    framer.push(output, keep, resampler.push(chunk, output));
    yield* take();
  }
  const tail = new Float32Array(CAPTURE_RATE);
  framer.push(tail, keep, resampler.flush(tail));
  framer.flush(keep);
  yield* take();
}

/** How much of a recording is resampled at a time. */
const CHUNK_SAMPLES = 16_384;

function* chunksOfSamples(samples: Float32Array): Generator<Float32Array> {
  for (let start = 0; start < samples.length; start += CHUNK_SAMPLES)
    yield samples.subarray(start, start + CHUNK_SAMPLES);
}

function chunksOf(input: SegmentInput): AsyncIterable<Float32Array> | Iterable<Float32Array> {
  if ("chunks" in input) return input.chunks;
  return chunksOfSamples("samples" in input ? input.samples : downmix(channelsOf(input)));
}

function channelsOf(buffer: AudioBuffer): Float32Array[] {
  return Array.from({ length: buffer.numberOfChannels }, (_, channel) => buffer.getChannelData(channel));
}
