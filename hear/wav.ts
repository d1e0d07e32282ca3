import { wavHeader } from "../gateway/http/wav.ts";
import { pcm16Bytes, toPcm16 } from "../src/audio/pcm16.ts";

/** A mono 16-bit WAV file of samples in -1..1. */
export function encodeWav(samples: Float32Array, sampleRate: number): Buffer {
  const pcm = pcm16Bytes(toPcm16(samples));
  return Buffer.concat([wavHeader(pcm.length, sampleRate), pcm]);
}
