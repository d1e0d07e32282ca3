import { pcm16Bytes, toPcm16 } from "./pcm16.ts";

/** Bytes before the samples. */
const HEADER_BYTES = 44;
const BYTES_PER_SAMPLE = 2;

/**
 * Makes a WAV file of 16-bit PCM out of samples: mono, -1..1, at `sampleRate` Hz.
 *
 * @see http://soundfile.sapp.org/doc/WaveFormat/
 */
export function encodeWav(samples: Float32Array, sampleRate: number): Uint8Array<ArrayBuffer> {
  const pcm = pcm16Bytes(toPcm16(samples));
  const file = new Uint8Array(HEADER_BYTES + pcm.length);
  const view = new DataView(file.buffer);
  const name = (offset: number, letters: string): void =>
    file.set(
      Array.from(letters, (letter) => letter.charCodeAt(0)),
      offset,
    );
  name(0, "RIFF");
  view.setUint32(4, HEADER_BYTES - 8 + pcm.length, true);
  name(8, "WAVEfmt ");
  view.setUint32(16, 16, true); // length of the fmt chunk
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // mono
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * BYTES_PER_SAMPLE, true);
  view.setUint16(32, BYTES_PER_SAMPLE, true);
  view.setUint16(34, 8 * BYTES_PER_SAMPLE, true);
  name(36, "data");
  view.setUint32(40, pcm.length, true);
  file.set(pcm, HEADER_BYTES);
  return file;
}
