import { existsSync, readFileSync } from "node:fs";
import { SphinxDecoder } from "../gateway/pocketsphinx/decoder.ts";
import { readRecordings } from "./silero-models.ts";

const SAMPLE_RATE = 16_000;
const FRAME_SAMPLES = 512;
const PAUSE_SAMPLES = 2 * SAMPLE_RATE;
/** Where speech with aligned words may lie: beside the checkout. */
const SHARED_SPEECH = new URL("../../shared/speech/", import.meta.url);
const ALIGNED = "ps_sense0870";
/** The recording of `pocketsphinx-testdata` that is the same speech. */
const ALIGNED_RECORDING = /-0870\.wav$/;
const FILLER = /^(?:<.*>|\[.*\]|\+\+.*\+\+)$/;

/** Where a word is, in samples. */
interface Word {
  readonly start: number;
  readonly end: number;
}

/** Sound of which is known, frame by frame, whether somebody speaks. */
export interface LabelledSound {
  /** Mono, 16 kHz, -1..1. */
  readonly samples: Float32Array;
  /** For each frame of 512 samples whether its middle is within a word. */
  readonly isSpeech: readonly boolean[];
}

/** All labelled speech that is here, each piece followed by two seconds of silence; what is not here is named. */
export async function labelledSound(): Promise<LabelledSound> {
  const pieces = [...alignedSpeech(), ...(await recognisedSpeech())];
  const length = pieces.reduce((sum, { samples }) => sum + samples.length + PAUSE_SAMPLES, PAUSE_SAMPLES);
  const sound = new Float32Array(length);
  const isSpeech = Array.from({ length: Math.floor(length / FRAME_SAMPLES) }, () => false);
  let at = PAUSE_SAMPLES;
  for (const { samples, words } of pieces) {
    sound.set(samples, at);
    for (const { start, end } of words) {
      const middle = FRAME_SAMPLES / 2;
      const first = Math.ceil((at + start - middle) / FRAME_SAMPLES);
      const last = Math.floor((at + end - middle) / FRAME_SAMPLES);
      isSpeech.fill(true, first, last + 1);
    }
    at += samples.length + PAUSE_SAMPLES;
  }
  return { samples: sound, isSpeech };
}

/** The sound with white noise, so much weaker than the speech in it. Without `ratioDb`, as it is. */
export function withNoise({ samples, isSpeech }: LabelledSound, ratioDb?: number): Float32Array {
  if (ratioDb === undefined) return samples;
  const spoken = samples.filter((_, index) => isSpeech[Math.floor(index / FRAME_SAMPLES)]);
  const power = spoken.reduce((sum, sample) => sum + sample * sample, 0) / spoken.length;
  const amplitude = Math.sqrt(3 * power) * 10 ** (-ratioDb / 20);
  let seed = 5;
  const next = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 1_073_741_823.5 - 1;
  return samples.map((sample) => Math.max(-1, Math.min(1, sample + amplitude * next())));
}

interface Piece {
  readonly samples: Float32Array;
  readonly words: readonly Word[];
}

interface Alignment {
  readonly w: readonly { readonly t: string; readonly b: number; readonly d: number }[];
}

function alignedSpeech(): Piece[] {
  const [sound, alignment] = ["wav", "json"].map((ending) => new URL(`${ALIGNED}.${ending}`, SHARED_SPEECH));
  if (!existsSync(sound!) || !existsSync(alignment!)) {
    console.log("Not here, left out: ../shared/speech with aligned words.");
    return [];
  }
  const bytes = readFileSync(sound!).subarray(44);
  const samples = Float32Array.from({ length: bytes.length >> 1 }, (_, index) => bytes.readInt16LE(2 * index) / 32_767);
  const { w } = JSON.parse(readFileSync(alignment!, "utf8")) as Alignment;
  const words = w
    .filter(({ t }) => !FILLER.test(t))
    .map(({ b, d }) => ({ start: b * SAMPLE_RATE, end: (b + d) * SAMPLE_RATE }));
  return [{ samples, words }];
}

/** The recordings of `pocketsphinx-testdata` with the words that PocketSphinx hears, where it hears them. */
async function recognisedSpeech(): Promise<Piece[]> {
  const recordings = readRecordings().filter(({ name }) => !ALIGNED_RECORDING.test(name));
  const decoder = await SphinxDecoder.create().catch(() => undefined);
  if (!decoder || recordings.length === 0) {
    console.log("Not here, left out: PocketSphinx and its recordings.");
    return [];
  }
  return recordings.map(({ samples }) => {
    decoder.start();
    decoder.feed(Int16Array.from(samples, (sample) => Math.round(sample * 32_767)));
    decoder.end();
    const words = decoder.words().filter(({ text }) => !FILLER.test(text));
    return {
      samples,
      words: words.map(({ startFrame, endFrame }) => ({ start: startFrame * 160, end: (endFrame + 1) * 160 })),
    };
  });
}
