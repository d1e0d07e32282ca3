import { expect, test } from "vitest";
import { FrameJudge } from "./frame-judge.ts";
import type { VadEngine } from "./vad-engine.ts";

/** Writes down what it was given, and answers with the first sample of the frame. */
class FakeEngine implements VadEngine {
  readonly log: string[] = [];

  process(window: Float32Array): number {
    this.log.push(`${window[63]!} | ${window[64]!}`);
    return window[64]!;
  }

  reset(): void {
    this.log.push("reset");
  }

  close(): Promise<void> {
    this.log.push("close");
    return Promise.resolve();
  }
}

function frame(value: number): Float32Array {
  return new Float32Array(512).fill(value);
}

test("each frame is judged behind the end of the one before; a reset forgets it in window and engine together", async () => {
  const engine = new FakeEngine();
  const judge = new FrameJudge(engine);
  expect([judge.judge(frame(0.5)), judge.judge(frame(0.25))]).toEqual([0.5, 0.25]);
  judge.reset();
  judge.judge(frame(1));
  await judge.close();
  expect(engine.log).toEqual(["0 | 0.5", "0.5 | 0.25", "reset", "0 | 1", "close"]);
});

test("warming up hears silence and forgets it", async () => {
  const engine = new FakeEngine();
  const judge = new FrameJudge(engine);
  await judge.warmUp();
  expect(engine.log).toEqual(["0 | 0", "0 | 0", "reset"]);
});
