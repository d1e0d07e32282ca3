import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { FrameJudge } from "./frame-judge.ts";
import { OnnxEngine } from "./onnx-engine.ts";
import { SpeechDetector } from "./speech-detector.ts";

const FRAME = 512;
/** "go forward ten meters", 16 kHz, from Debian's package pocketsphinx-testdata. */
const RECORDING = "/usr/share/pocketsphinx/test/data/goforward.raw";
const hasRecording = existsSync(RECORDING);

function modelFile(version: string): string {
  return join(dirname(createRequire(import.meta.url).resolve("@ricky0123/vad-web")), `silero_vad_${version}.onnx`);
}

async function speechFrames(): Promise<Float32Array[]> {
  const bytes = await readFile(RECORDING);
  const samples = Float32Array.from({ length: bytes.length >> 1 }, (_, index) => bytes.readInt16LE(2 * index) / 32_768);
  return Array.from({ length: Math.floor(samples.length / FRAME) }, (_, index) =>
    samples.subarray(index * FRAME, (index + 1) * FRAME),
  );
}

async function judgeAll(judge: FrameJudge, frames: readonly Float32Array[]): Promise<number[]> {
  const probabilities: number[] = [];
  for (const frame of frames) probabilities.push(await judge.judge(frame));
  return probabilities;
}

describe.skipIf(!hasRecording).each(["v5", "v6"])(
  "Silero %s on real speech (needs pocketsphinx-testdata)",
  (version) => {
    let judge: FrameJudge;
    let engine: OnnxEngine;
    let frames: Float32Array[];
    let probabilities: number[];

    beforeAll(async () => {
      engine = await OnnxEngine.create(await readFile(modelFile(version)));
      judge = new FrameJudge(engine);
      await judge.warmUp();
      frames = await speechFrames();
      probabilities = await judgeAll(judge, frames);
      return () => judge.close();
    });

    test("speech is probable where somebody speaks, and not in the silence before", () => {
      const at = (ms: number): number => Math.floor((16 * ms) / FRAME);
      expect(probabilities.every((probability) => probability >= 0 && probability <= 1)).toBe(true);
      expect(Math.max(...probabilities.slice(at(500), at(2_100)))).toBeGreaterThan(0.5);
      expect(Math.max(...probabilities.slice(0, at(300)))).toBeLessThan(0.3);
    });

    test("the detector finds one stretch of speech", () => {
      const detector = new SpeechDetector();
      const changes = probabilities.flatMap(
        (probability, index) => detector.push(index * FRAME, (index + 1) * FRAME, probability) ?? [],
      );
      const last = detector.reset(frames.length * FRAME);
      expect([...changes, ...(last ? [last] : [])].map(({ type }) => type)).toEqual(["speech-started", "speech-ended"]);
    });

    test("after a reset the same sound gives the same probabilities", async () => {
      judge.reset();
      expect(await judgeAll(judge, frames)).toEqual(probabilities);
    });

    test("what was heard before matters, beyond the context", async () => {
      const window = new Float32Array(576);
      const alone: number[] = [];
      for (const [index, frame] of frames.entries()) {
        window.set(frames[index - 1]?.subarray(-64) ?? new Float32Array(64));
        window.set(frame, 64);
        engine.reset();
        alone.push(await engine.process(window));
      }
      const worst = Math.max(...alone.map((probability, index) => Math.abs(probability - probabilities[index]!)));
      expect(worst).toBeGreaterThan(0.05);
    });

    test("the context before each frame matters", async () => {
      engine.reset();
      const bare: number[] = [];
      const window = new Float32Array(576);
      for (const frame of frames) {
        window.set(frame, 64);
        bare.push(await engine.process(window));
      }
      const worst = Math.max(...bare.map((probability, index) => Math.abs(probability - probabilities[index]!)));
      expect(worst).toBeGreaterThan(0.05);
    });
  },
);

test("a file that is no model is refused", async () => {
  await expect(OnnxEngine.create(new Uint8Array([1, 2, 3]))).rejects.toThrow();
});
