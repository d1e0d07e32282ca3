import { FRAME_SAMPLES } from "../../../audio/units.ts";
import { FrameJudge } from "../../frame-judge.ts";
import { type SpeechChange, SpeechDetector, type SpeechDetectorOptions } from "../../speech-detector.ts";
import type { VadEngine } from "../../vad-engine.ts";

/** The probability of each whole frame of a signal, from a fresh state. The engine stays open. */
export async function judgeSignal(engine: VadEngine, samples: Float32Array): Promise<Float64Array> {
  const judge = new FrameJudge(engine);
  judge.reset();
  const probabilities = new Float64Array(Math.floor(samples.length / FRAME_SAMPLES));
  for (const index of probabilities.keys()) {
    const start = index * FRAME_SAMPLES;
    probabilities[index] = await judge.judge(samples.subarray(start, start + FRAME_SAMPLES));
  }
  return probabilities;
}

/** Where speech begins and ends, given the probability of each frame. */
export function speechChanges(probabilities: Float64Array, options: SpeechDetectorOptions = {}): SpeechChange[] {
  const detector = new SpeechDetector(options);
  return Array.from(probabilities, (probability, index) =>
    detector.push(index * FRAME_SAMPLES, (index + 1) * FRAME_SAMPLES, probability),
  ).filter((change) => change !== undefined);
}

/** The largest difference between two series of the same length. */
export function largestDifference(ones: Float64Array, others: Float64Array): number {
  return ones.reduce((largest, one, index) => Math.max(largest, Math.abs(one - others[index]!)), 0);
}
