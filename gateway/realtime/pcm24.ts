import { RealtimeError } from "./realtime-error.ts";

/** Sample rate of OpenAI Realtime's PCM, in both directions. */
export const WIRE_RATE_HZ = 24_000;

/** Samples in a millisecond of it. */
export const WIRE_SAMPLES_PER_MS = WIRE_RATE_HZ / 1000;

/** Most base64 in one `input_audio_buffer.append`, in characters: 15 MiB. */
export const MAX_APPEND_CHARS = 15 * 2 ** 20;

/**
 * Decodes little-endian 16-bit samples from base64, strictly: what does not encode back to the same text was not base64.
 * @throws RealtimeError `invalid_value` naming `param`.
 */
export function decodePcm24(base64: string, param: string): Int16Array {
  const invalid = (why: string): RealtimeError =>
    new RealtimeError("invalid_value", `Invalid '${param}': ${why}.`, { param });
  if (base64.length > MAX_APPEND_CHARS)
    throw invalid(`audio may have ${MAX_APPEND_CHARS} characters of base64, got ${base64.length}`);
  const bytes = Buffer.from(base64, "base64");
  if (bytes.toString("base64") !== base64) throw invalid("audio must be canonical base64");
  if (bytes.length % 2 !== 0) throw invalid(`16-bit audio cannot have ${bytes.length} bytes`);
  const samples = new Int16Array(bytes.length / 2);
  for (let index = 0; index < samples.length; index++) samples[index] = bytes.readInt16LE(index * 2);
  return samples;
}

/** Encodes samples as little-endian base64. */
export function encodePcm24(samples: Int16Array): string {
  const bytes = Buffer.allocUnsafe(samples.length * 2);
  for (let index = 0; index < samples.length; index++) bytes.writeInt16LE(samples[index] ?? 0, index * 2);
  return bytes.toString("base64");
}
