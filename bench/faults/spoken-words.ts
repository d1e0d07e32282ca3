import { COMMANDS, joined, loadSpeech, NOVELS, silence } from "../../e2e/speech.ts";
import { compareWords, wordsIn } from "../../e2e/word-error-rate.ts";
import { CAPTURE_RATE, FRAME_SAMPLES } from "../../src/audio/units.ts";
import { carryOut } from "./carry-out.ts";
import { Dice } from "./dice.ts";
import { FAULT_KINDS, planFaults, type FaultKind } from "./fault-plan.ts";
import type { Told } from "./judge.ts";
import type { SpeechScript } from "./speech-script.ts";
import type { Span } from "./spans.ts";

/** What the real recogniser heard in a run. */
export interface WordReport {
  readonly kind: FaultKind;
  readonly seed: number;
  readonly faults: number;
  readonly reconnects: number;
  /** The finals that stand. */
  readonly text: string;
  readonly words: number;
  /** Words changed, left out and put in: against the text without faults, and against what was said. */
  readonly errors: number;
  readonly errorsOfAll: number;
}

const MODEL = "pocketsphinx/en-us";
/** A decoder takes a core. */
const AT_A_TIME = 2;
const PAUSE_SECONDS = 1.6;
const CALM_SECONDS = 14;

/** The kinds that words are measured under: outages that can be bridged. */
const KINDS = FAULT_KINDS.filter((kind) => !["none", "long outage", "lasting outage", "stop in outage"].includes(kind));

/** Two commands, and the shorter sentences of a novel: 17 s of speech. */
async function writeRecordings(): Promise<{ readonly script: SpeechScript; readonly said: string }> {
  const recordings = [...COMMANDS.slice(0, 2), ...NOVELS.filter(({ text }) => text.length < 80)];
  const sounds: Float32Array[] = [silence(PAUSE_SECONDS)];
  const utterances: Span[] = [];
  let at = PAUSE_SECONDS * CAPTURE_RATE;
  for (const { file } of recordings) {
    const sound = await loadSpeech(file);
    utterances.push({ start: at, end: at + sound.length });
    sounds.push(sound, silence(PAUSE_SECONDS));
    at += sound.length + PAUSE_SECONDS * CAPTURE_RATE;
  }
  sounds.push(silence(CALM_SECONDS));
  const sound = joined(...sounds);
  const endSample = Math.floor(sound.length / FRAME_SAMPLES) * FRAME_SAMPLES;
  const script = { startSample: 0, endSample, utterances, closeAfterMs: 1_000, sound };
  return { script, said: recordings.map(({ text }) => text).join(" ") };
}

/** Real speech to the real recogniser: once without a fault, and `runs` times with. */
export async function runWords(runs: number, firstSeed: number): Promise<WordReport[]> {
  const { script, said } = await writeRecordings();
  const errorsIn = (text: string, expected: string): number => compareWords(wordsIn(expected), wordsIn(text)).errors;
  const run = async (seed: number, kind: FaultKind, undisturbed?: string): Promise<WordReport> => {
    const dice = new Dice(seed);
    const { told, network } = await carryOut({
      plan: planFaults(kind, dice),
      script,
      dice,
      model: MODEL,
      abilities: { alignedTranscript: "word", flush: "inline", endsTurns: false, interimResults: true },
      hasRealRecognizer: true,
    });
    const text = standingText(told);
    return {
      kind,
      seed,
      faults: network.injectedMs.length,
      reconnects: network.socketCount - 1,
      text,
      words: wordsIn(text).length,
      errors: errorsIn(text, undisturbed ?? text),
      errorsOfAll: errorsIn(text, said),
    };
  };
  const undisturbed = await run(firstSeed, "none");
  const reports = [undisturbed];
  const seeds = Array.from({ length: runs }, (_, index) => firstSeed + index).values();
  const lane = async (): Promise<void> => {
    for (const seed of seeds) reports.push(await run(seed, KINDS[seed % KINDS.length] ?? "drop", undisturbed.text));
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, lane));
  return reports;
}

/** The finals that were not taken back, in the order of what was said. */
function standingText(told: readonly Told[]): string {
  const finals = new Map<number, { readonly startSample: number; readonly text: string }>();
  for (const { event } of told) {
    if (event.type === "final-transcript") finals.set(event.transcriptId, event.data);
    if (event.type === "transcripts-superseded") for (const id of event.transcriptIds) finals.delete(id);
  }
  const inOrder = [...finals.values()].toSorted((a, b) => a.startSample - b.startSample);
  return inOrder.map(({ text }) => text).join(" ");
}
