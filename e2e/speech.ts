import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atRate, mono, readRecording } from "../hear/recording.ts";
import { encodeWav } from "../hear/wav.ts";
import { fromPcm16, pcm16FromBytes } from "../src/audio/pcm16.ts";

/** Debian's `pocketsphinx-testdata`. */
const TEST_DATA = "/usr/share/pocketsphinx/test/data";
/** Recordings beside a checkout, where there are any: see their own README. */
export const SHARED_SPEECH = join(import.meta.dirname, "../../shared/speech");

/** Short commands, and what the recogniser hears in them. */
export const COMMANDS = [
  { file: "goforward.raw", text: "go forward ten meters" },
  { file: "something.raw", text: "go somewhere and do something" },
  { file: "cards/001.wav", text: "ten of clubs" },
  { file: "cards/003.wav", text: "seven of clubs" },
] as const;

/** Read novels, with what was said. */
export const NOVELS = existsSync(`${TEST_DATA}/librivox/transcription`)
  ? readFileSync(`${TEST_DATA}/librivox/transcription`, "utf8")
      .trim()
      .split("\n")
      .flatMap((line) => {
        const [, text, name] = /^<s> (.*) <\/s> \((.*)\)$/.exec(line) ?? [];
        return text && name ? [{ file: `librivox/${name}.wav`, text }] : [];
      })
      .filter(({ file }) => existsSync(`${TEST_DATA}/${file}`))
  : [];

/** The recordings beside the checkout, where there are any, with what is said. */
export const SHARED = [
  {
    file: join(SHARED_SPEECH, "jfk.flac"),
    text: "and so my fellow americans ask not what your country can do for you ask what you can do for your country",
  },
  {
    file: join(SHARED_SPEECH, "vosk_test.wav"),
    text: "one zero zero zero one nine oh two one oh zero one eight zero three",
  },
].filter(({ file }) => existsSync(file));

/** A recording of the test data: mono, 16 kHz, -1..1. */
export async function loadSpeech(file: string): Promise<Float32Array> {
  const path = file.startsWith("/") ? file : `${TEST_DATA}/${file}`;
  if (path.endsWith(".raw")) return fromPcm16(pcm16FromBytes(readFileSync(path)));
  return mono(atRate(await readRecording(path), 16_000));
}

/** One after another. */
export function joined(...parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** So many seconds of nothing, at 16 kHz unless told otherwise. */
export function silence(seconds: number, sampleRate = 16_000): Float32Array {
  return new Float32Array(Math.round(seconds * sampleRate));
}

/** Writes sound to a WAV file of its own; `remove()` takes it away. */
export function temporaryWav(samples: Float32Array, sampleRate: number): { readonly path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "vivavoce-e2e-"));
  const path = join(folder, "speech.wav");
  writeFileSync(path, encodeWav(samples, sampleRate));
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}
