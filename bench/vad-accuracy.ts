import { pathToFileURL } from "node:url";
import { judgeSignal } from "../src/vad/silero/testing/judge-signal.ts";
import { labelledSound, withNoise } from "./labelled-sound.ts";
import { create } from "./silero-speed.ts";
import { formatTable } from "./table.ts";

const MODELS = ["v5", "v6"] as const;
const THRESHOLD = 0.5;
const CONDITIONS = [
  ["quiet", undefined],
  ["noise, 20 dB", 20],
  ["noise, 10 dB", 10],
  ["noise, 0 dB", 0],
] as const;

/** Compares onnxruntime and our own engine by what they tell of labelled sound, and prints a table. */
export async function benchVadAccuracy(): Promise<void> {
  const sound = await labelledSound();
  const spoken = sound.isSpeech.filter(Boolean).length;
  if (spoken === 0) return;
  const rows: string[][] = [["", "precision", "recall", "AUC", "", "precision", "recall", "AUC", "flips"]];
  for (const model of MODELS) {
    const engines = [await create("onnxruntime", model), await create("simd", model)];
    for (const [condition, ratioDb] of CONDITIONS) {
      const samples = withNoise(sound, ratioDb);
      const [onnx, ours] = [await judgeSignal(engines[0]!, samples), await judgeSignal(engines[1]!, samples)];
      const flips = onnx.filter((probability, index) => probability >= THRESHOLD !== ours[index]! >= THRESHOLD).length;
      const [theirScores, ourScores] = [scores(onnx, sound.isSpeech), scores(ours, sound.isSpeech)];
      rows.push([`${model} ${condition}`, ...theirScores, "", ...ourScores, String(flips)]);
    }
    for (const engine of engines) await engine.close();
  }
  console.log(formatTable(rows));
  console.log(
    `\nonnxruntime to the left, SIMD with weights of 24 bits to the right. ${sound.isSpeech.length} frames, of which`,
  );
  console.log(
    `${spoken} lie in words; speech is a probability of at least ${THRESHOLD}; flips: frames that they judge differently.`,
  );
}

/** Precision, recall and area under the curve, each in [0, 1]. */
function scores(probabilities: Float64Array, isSpeech: readonly boolean[]): string[] {
  const judged = Array.from(probabilities, (probability, index) => ({ probability, speech: isSpeech[index]! }));
  const positives = judged.filter(({ probability }) => probability >= THRESHOLD);
  const hits = positives.filter(({ speech }) => speech).length;
  const spoken = judged.filter(({ speech }) => speech).length;
  return [hits / positives.length, hits / spoken, areaUnderCurve(judged)].map((share) => share.toFixed(4));
}

/** How likely a frame of speech is judged higher than one without (ROC-AUC); a tie counts half. */
function areaUnderCurve(judged: readonly { probability: number; speech: boolean }[]): number {
  const sorted = judged.toSorted((one, other) => one.probability - other.probability);
  const spoken = sorted.filter(({ speech }) => speech).length;
  let rankSum = 0;
  for (let first = 0; first < sorted.length;) {
    let end = first;
    while (end < sorted.length && sorted[end]!.probability === sorted[first]!.probability) end++;
    const rank = (first + 1 + end) / 2;
    rankSum += rank * sorted.slice(first, end).filter(({ speech }) => speech).length;
    first = end;
  }
  return (rankSum - (spoken * (spoken + 1)) / 2) / (spoken * (sorted.length - spoken));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await benchVadAccuracy();
