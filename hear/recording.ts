import { readFile } from "node:fs/promises";
import decode from "audio-decode";
import { downmix } from "../src/audio/downmix.ts";
import { designKernel } from "../src/audio/kernel.ts";
import { Resampler } from "../src/audio/resampler.ts";

/** A recording in memory: one array per channel, -1..1, and the rate in Hz. */
export interface Recording {
  readonly channels: readonly Float32Array[];
  readonly sampleRate: number;
}

/**
 * Decodes a WAV or FLAC file of any rate and channel count.
 *
 * @throws Error of the decoder or the file system; RangeError if there is no sound in it.
 */
export async function readRecording(path: string): Promise<Recording> {
  const { channelData, sampleRate } = await decode(await readFile(path));
  if (!channelData[0] || channelData[0].length === 0) throw new RangeError(`${path} holds no sound`);
  return { channels: channelData, sampleRate };
}

/** The recording at another rate. */
export function atRate({ channels, sampleRate }: Recording, wantedRate: number): Recording {
  if (sampleRate === wantedRate) return { channels, sampleRate };
  return { channels: channels.map((channel) => resample(channel, sampleRate, wantedRate)), sampleRate: wantedRate };
}

/** The mean of the channels. */
export function mono({ channels }: Recording): Float32Array {
  return downmix(channels);
}

function resample(samples: Float32Array, fromRate: number, toRate: number): Float32Array {
  const kernel = designKernel(fromRate, toRate);
  const resampler = new Resampler(kernel);
  const output = new Float32Array(resampler.maxOutputSamples(samples.length));
  const tail = new Float32Array(resampler.maxOutputSamples(Math.max(1, kernel.delayInputSamples)));
  const written = resampler.push(samples, output);
  const rest = resampler.flush(tail);
  const whole = new Float32Array(written + rest);
  whole.set(output.subarray(0, written));
  whole.set(tail.subarray(0, rest), written);
  return whole;
}
