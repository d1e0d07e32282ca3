import { execFile } from "node:child_process";
import { access, readFile, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { RECORDINGS_FOLDER } from "../pocketsphinx/installation.ts";
import { WAV_HEADER_BYTES, wavHeader } from "./wav.ts";

const SAMPLE_RATE_HZ = 16_000;

/** A recording as `GET /recordings` lists it. */
export interface Recording {
  /** Its name in `/recordings/<id>.wav`. */
  readonly id: string;
  readonly title: string;
  /** What is said. */
  readonly text: string;
  readonly durationMs: number;
}

interface Source {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** Below the folder of `pocketsphinx-testdata`; 16 kHz, headless or with a 44-byte header. */
  readonly file: string;
}

const SOURCES: readonly Source[] = [
  { id: "go-forward", title: "A command", text: "go forward ten meters", file: "goforward.raw" },
  { id: "go-somewhere", title: "Another command", text: "go somewhere and do something", file: "something.raw" },
  { id: "ten-of-clubs", title: "A card", text: "ten of clubs", file: "cards/001.wav" },
  { id: "seven-of-clubs", title: "Another card", text: "seven of clubs", file: "cards/003.wav" },
  {
    id: "amiable",
    title: "A sentence from a novel",
    text: "he might even have been made amiable himself",
    file: "librivox/sense_and_sensibility_01_austen_64kb-0930.wav",
  },
];

const execute = promisify(execFile);

/** Lists the recordings that can be had here; none where neither the test recordings nor espeak-ng are installed. */
export async function listRecordings(): Promise<readonly Recording[]> {
  const durations = await Promise.all(SOURCES.map((source) => durationMs(source)));
  return SOURCES.flatMap(({ id, title, text }, index) => {
    const duration = durations[index];
    return duration === undefined ? [] : [{ id, title, text, durationMs: duration }];
  });
}

/** A recording as a WAV file (16-bit, mono, 16 kHz), or nothing if there is none of that name here. */
export async function readRecording(id: string): Promise<Buffer | undefined> {
  const source = SOURCES.find((candidate) => candidate.id === id);
  if (source === undefined) return undefined;
  const pcm = (await readPcm(source.file)) ?? (await speak(source.text));
  return pcm && Buffer.concat([wavHeader(pcm.length, SAMPLE_RATE_HZ), pcm]);
}

async function durationMs(source: Source): Promise<number | undefined> {
  const path = `${RECORDINGS_FOLDER}/${source.file}`;
  const bytes = await stat(path).then(
    ({ size }) => size - headerBytes(source.file),
    async () => (await speak(source.text))?.length,
  );
  return bytes === undefined ? undefined : Math.round(bytes / 2 / (SAMPLE_RATE_HZ / 1000));
}

async function readPcm(file: string): Promise<Buffer | undefined> {
  const path = `${RECORDINGS_FOLDER}/${file}`;
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const bytes = await readFile(path);
  return bytes.subarray(headerBytes(file), bytes.length - (bytes.length % 2));
}

function headerBytes(file: string): number {
  return file.endsWith(".wav") ? WAV_HEADER_BYTES : 0;
}

/** Speaks a text with espeak-ng, where that is installed. */
async function speak(text: string): Promise<Buffer | undefined> {
  const spoken = await execute("espeak-ng", ["--stdout", text], { encoding: "buffer", maxBuffer: 8 << 20 }).catch(
    () => undefined,
  );
  if (spoken === undefined) return undefined;
  const sampleRate = spoken.stdout.readUInt32LE(24);
  return resample(spoken.stdout.subarray(WAV_HEADER_BYTES), sampleRate);
}

/** Linear interpolation: good enough for a synthetic voice, whose 22.05 kHz hold little above 8 kHz. */
function resample(pcm: Buffer, sampleRate: number): Buffer {
  const last = Math.floor(pcm.length / 2) - 1;
  const resampled = Buffer.alloc(Math.floor(((last + 1) * SAMPLE_RATE_HZ) / sampleRate) * 2);
  for (let index = 0; index * 2 < resampled.length; index++) {
    const position = (index * sampleRate) / SAMPLE_RATE_HZ;
    const left = Math.min(last, Math.floor(position));
    const before = pcm.readInt16LE(left * 2);
    const after = pcm.readInt16LE(Math.min(last, left + 1) * 2);
    resampled.writeInt16LE(Math.round(before + (after - before) * (position - left)), index * 2);
  }
  return resampled;
}
