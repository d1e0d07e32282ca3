import { describe, expect, test } from "vitest";
import { CAPTURE_RATE } from "../../audio/units.ts";
import type { OverlapVerdict } from "../overlap-detector.ts";
import { OverlapJudge } from "./overlap-judge.ts";

function samples(seconds: number): number {
  return Math.round(seconds * CAPTURE_RATE);
}

class Court {
  readonly verdicts: OverlapVerdict[] = [];
  readonly asked: number[] = [];
  readonly lengths: number[] = [];
  readonly late: number[] = [];
  canSend = true;
  nowMs = 1_000;
  #heard = samples(3);
  readonly judge = new OverlapJudge({
    minFrames: 2,
    answerTimeoutMs: 700,
    nowMs: () => this.nowMs,
    send: (createdAt, pcm) => {
      if (this.canSend) {
        this.asked.push(createdAt);
        this.lengths.push(pcm.length);
      }
      return this.canSend;
    },
    onVerdict: (verdict) => this.verdicts.push(verdict),
    onLate: (waitedMs) => this.late.push(waitedMs),
  });

  hear(seconds: number): this {
    this.judge.push(this.#heard, new Float32Array(samples(seconds)));
    this.#heard += samples(seconds);
    return this;
  }

  answer(isInterruption: boolean, createdAt = this.asked.at(-1) ?? 0, probabilities = [0.2, 0.9, 0.6]): this {
    this.judge.answered({ type: "answer", isInterruption, createdAt, predictionMs: 20, probabilities }, samples(9));
    return this;
  }
}

function overlapping(): Court {
  const court = new Court();
  court.judge.agentHeard(true, samples(3));
  court.hear(2);
  court.judge.userStarted(samples(5));
  return court;
}

describe("one verdict for each overlap", () => {
  test("yes, as soon as the model finds an interruption; nothing after it", () => {
    const court = overlapping().hear(0.1);
    court.nowMs += 30;
    court.answer(true).hear(1).answer(true);
    court.judge.userEnded(samples(10));
    court.judge.agentHeard(false, samples(11));
    expect(court.verdicts).toEqual([
      {
        isInterruption: true,
        isInconclusive: false,
        overlapStartSample: samples(5),
        atSample: samples(9),
        probability: 0.6,
        roundTripMs: 30,
        predictionMs: 20,
        requests: 1,
      },
    ]);
    expect(court.asked).toHaveLength(1);
  });

  test("no, when the person stops, with what was answered last", () => {
    const court = overlapping().hear(0.25).answer(false);
    court.judge.userEnded(samples(6));
    expect(court.verdicts).toMatchObject([
      { isInterruption: false, isInconclusive: false, atSample: samples(6), probability: 0.6, requests: 2 },
    ]);
  });

  test("no, without a probability, when nothing was answered", () => {
    const court = overlapping().hear(0.25);
    court.judge.userEnded(samples(6));
    expect(court.verdicts).toMatchObject([{ isInterruption: false, probability: 0, roundTripMs: 0, predictionMs: 0 }]);
  });

  test("inconclusive, when the agent ends first; the person's end then says nothing", () => {
    const court = overlapping().hear(0.1).answer(false);
    court.judge.agentHeard(false, samples(7));
    court.judge.userEnded(samples(8));
    expect(court.verdicts).toMatchObject([{ isInterruption: false, isInconclusive: true, atSample: samples(7) }]);
  });

  test("none where the person spoke alone", () => {
    const court = new Court();
    court.judge.userStarted(samples(1));
    court.hear(2).judge.userEnded(samples(3));
    expect([court.verdicts, court.asked]).toEqual([[], []]);
  });
});

test("a person who speaks when the agent begins, or goes on, overlaps from there on", () => {
  const court = new Court();
  court.judge.userStarted(samples(1));
  court.judge.agentHeard(true, samples(3));
  court.hear(0.1).answer(true);
  expect(court.verdicts).toMatchObject([{ overlapStartSample: samples(3), isInterruption: true }]);
  expect(court.lengths).toEqual([1_600]); // nothing of what came before
});

test("the first window holds the speech so far, and 1 s before it", () => {
  expect(overlapping().hear(0.1).lengths).toEqual([samples(1 + 0.1)]);
});

test("answers about an earlier overlap, and to what was never asked, count for nothing", () => {
  const court = overlapping().hear(0.1);
  court.judge.userEnded(samples(6));
  court.judge.userStarted(samples(7));
  court.answer(true).answer(true, 12_345);
  expect(court.verdicts).toHaveLength(1);
  court.hear(0.1).answer(true);
  expect(court.verdicts).toMatchObject([
    { isInterruption: false },
    { isInterruption: true, overlapStartSample: samples(7) },
  ]);
});

test("each window has a name of its own, also within one millisecond", () => {
  const { asked } = overlapping().hear(0.5);
  expect(asked).toEqual([1_000_000, 1_000_001, 1_000_002, 1_000_003, 1_000_004]);
});

describe("a model that is late", () => {
  test("is found out at the next window after 700 ms, which is not sent", () => {
    const court = overlapping().hear(0.1);
    court.nowMs += 700;
    court.hear(0.1);
    expect(court.late).toEqual([]);
    court.nowMs += 1;
    court.hear(0.1);
    expect([court.late, court.asked.length]).toEqual([[701], 2]);
  });

  test("is found out at the end of the overlap, too: that is no verdict", () => {
    const court = overlapping().hear(0.1);
    court.nowMs += 800;
    court.judge.userEnded(samples(6));
    expect([court.late, court.verdicts]).toEqual([[800], []]);
  });

  test("is not one that could not be asked", () => {
    const court = overlapping();
    court.canSend = false;
    court.hear(0.1);
    court.nowMs += 5_000;
    court.hear(0.1);
    court.judge.userEnded(samples(6));
    expect([court.late, court.verdicts.length, court.verdicts[0]?.requests]).toEqual([[], 1, 0]);
  });
});
