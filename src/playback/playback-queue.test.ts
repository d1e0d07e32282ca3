import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { designKernel } from "../audio/kernel.ts";
import { Resampler } from "../audio/resampler.ts";
import { makeSine } from "../audio/sine.ts";
import type { PlaybackReport } from "./playback-messages.ts";
import type { PlaybackItem } from "./playback.ts";
import { QUANTUM, WiredPlayback } from "./testing/wired-playback.ts";

const ITEM_RATES = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];
const OUTPUT_RATES = [44_100, 48_000];
const pairs = ITEM_RATES.flatMap((from) => OUTPUT_RATES.map((to) => [from, to] as const));

/** What an item of these samples must sound like. */
function resampled(samples: Float32Array, from: number, to: number): Float32Array {
  const resampler = new Resampler(designKernel(from, to, 20_000));
  const output = new Float32Array(resampler.maxOutputSamples(samples.length) + 10_000);
  const count = resampler.push(samples, output);
  return output.slice(0, count + resampler.flush(output.subarray(count)));
}

function tone(rateHz: number, samples: number): Float32Array {
  return makeSine(440, rateHz, samples, 0.8).map((sample) => sample + 0.01); // so that sound is never exactly 0
}

function writeInChunks(item: PlaybackItem, samples: Float32Array, sizes: readonly number[]): void {
  for (let at = 0, turn = 0; at < samples.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    item.write(samples.subarray(at, at + size));
    at += size;
  }
}

function begin(playback: WiredPlayback, samples: Float32Array, rateHz: number, itemId = "item"): PlaybackItem {
  const item = playback.page.begin({ itemId, contentIndex: 0 }, rateHz);
  item.write(samples);
  return item;
}

/** The reports of one type. */
function told<T extends PlaybackReport["type"]>(
  playback: WiredPlayback,
  type: T,
): Extract<PlaybackReport, { type: T }>[] {
  return playback.reports.filter((report): report is Extract<PlaybackReport, { type: T }> => report.type === type);
}

/** Where a recording is first not as expected; -1 if nowhere. */
function firstDifference(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Math.min(actual.length, expected.length);
  return actual.findIndex((sample, index) => sample !== expected[index]);
}

function isSilent(samples: Float32Array): boolean {
  return samples.every((sample) => sample === 0);
}

function largestStep(samples: Float32Array): number {
  let most = 0;
  for (let index = 1; index < samples.length; index++) {
    most = Math.max(most, Math.abs(samples[index]! - samples[index - 1]!));
  }
  return most;
}

/** How much louder a step may get by a fade of 8 ms, which moves along half a cosine. */
const FADE_STEP = Math.PI / 2 / (0.008 * 44_100);

test.each(pairs)(
  "from %d to %d Hz an item is its resampled self, to the sample, and ends with all of it counted",
  (from, to) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6_000 }),
        fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 5 }),
        (samples, sizes) => {
          const playback = new WiredPlayback(to);
          const written = tone(from, samples);
          const item = playback.page.begin({ itemId: "a", contentIndex: 0 }, from);
          writeInChunks(item, written, sizes);
          item.end();
          playback.renderMs((samples / from) * 1_000 + 20);
          const expected = resampled(written, from, to);
          expect(expected).toHaveLength(Math.ceil((samples * to) / from));
          expect(firstDifference(playback.output.subarray(0, expected.length), expected)).toBe(-1);
          expect(isSilent(playback.output.subarray(expected.length))).toBe(true);
          expect(playback.events.at(-1)).toEqual({
            type: "ended",
            atContextSec: expected.length / to,
            itemId: "a",
            contentIndex: 0,
            rateHz: from,
            renderedSamples: samples,
            receivedSamples: samples,
          });
          expect(item.isOver).toBe(true);
        },
      ),
      { numRuns: 4 },
    );
  },
);

test("items follow one another without a gap, also when their rates differ", () => {
  const playback = new WiredPlayback(48_000);
  const first = tone(24_000, 3_001);
  const second = tone(22_050, 2_500);
  const third = tone(24_000, 1_000);
  for (const [samples, rate] of [
    [first, 24_000],
    [second, 22_050],
    [third, 24_000],
  ] as const)
    begin(playback, samples, rate).end();
  playback.renderMs(400);
  const expected = [
    resampled(first, 24_000, 48_000),
    resampled(second, 22_050, 48_000),
    resampled(third, 24_000, 48_000),
  ];
  const joined = Float32Array.from(expected.flatMap((part) => [...part]));
  expect(firstDifference(playback.output.subarray(0, joined.length), joined)).toBe(-1);
  expect(told(playback, "ended").map(({ atFrame }) => atFrame)).toEqual([
    expected[0]!.length,
    expected[0]!.length + expected[1]!.length,
    joined.length,
  ]);
});

test("sound begins when 80 ms have come, or the end", () => {
  const playback = new WiredPlayback(48_000);
  const item = begin(playback, tone(48_000, 3_839), 48_000);
  playback.render(3);
  expect(playback.reports).toEqual([]);
  item.write(tone(48_000, 1));
  playback.render(1);
  expect(playback.reports).toEqual([{ type: "started", item: 1, renderedSamples: 0, atFrame: 3 * QUANTUM }]);
  const short = new WiredPlayback(48_000);
  begin(short, tone(48_000, 10), 48_000).end();
  short.render(1);
  expect(told(short, "ended")).toEqual([{ type: "ended", item: 1, renderedSamples: 10, atFrame: 10 }]);
});

test("an item without a sample ends in its turn, and never starts", () => {
  const playback = new WiredPlayback(48_000);
  begin(playback, tone(48_000, 200), 48_000, "a").end();
  playback.page.begin({ itemId: "b", contentIndex: 0 }, 8_000).end();
  begin(playback, tone(48_000, 100), 48_000, "c").end();
  playback.render(4);
  expect(playback.events.map((event) => [event.type, "itemId" in event ? event.itemId : ""])).toEqual([
    ["started", "a"],
    ["ended", "a"],
    ["ended", "b"],
    ["started", "c"],
    ["ended", "c"],
  ]);
});

test("progress is told every 50 ms", () => {
  const playback = new WiredPlayback(48_000);
  begin(playback, tone(24_000, 24_000), 24_000).end();
  playback.renderMs(1_000);
  const counts = told(playback, "progress").map(({ renderedSamples }) => renderedSamples);
  expect(counts).toHaveLength(19);
  counts.forEach((count, index) => expect(Math.abs(count - (index + 1) * 1_200)).toBeLessThanOrEqual(64 * (index + 1)));
});

test("running dry is a fade over samples kept back, one underrun, and a fade-in once 80 ms have come again", () => {
  const playback = new WiredPlayback(48_000);
  const all = tone(48_000, 20_000);
  const item = begin(playback, all.subarray(0, 6_030), 48_000);
  playback.renderMs(300);
  expect(told(playback, "underrun")).toEqual([
    { type: "underrun", item: 1, renderedSamples: 6_030, underruns: 1, atFrame: 6_030 },
  ]);
  const silentTo = playback.frame;
  item.write(all.subarray(6_030, 9_000));
  playback.renderMs(100);
  expect(isSilent(playback.output.subarray(6_030))).toBe(true);
  item.write(all.subarray(9_000));
  item.end();
  const backAt = playback.frame;
  playback.renderMs(400);
  expect(backAt).toBeGreaterThan(silentTo);
  const { output } = playback;
  expect(firstDifference(output.subarray(0, 6_030 - 384), all.subarray(0, 6_030 - 384))).toBe(-1);
  expect(firstDifference(output.subarray(backAt + 383, backAt + 13_970), all.subarray(6_030 + 383))).toBe(-1);
  for (let index = 0; index < 384; index++) {
    expect(Math.abs(output[6_030 - 384 + index]!)).toBeLessThanOrEqual(Math.abs(all[6_030 - 384 + index]!));
    expect(Math.abs(output[backAt + index]!)).toBeLessThanOrEqual(Math.abs(all[6_030 + index]!));
  }
  expect(largestStep(output.subarray(0, backAt + 13_970))).toBeLessThan(largestStep(all) + FADE_STEP);
  expect(told(playback, "ended")).toEqual([
    { type: "ended", item: 1, renderedSamples: 20_000, atFrame: backAt + 13_970 },
  ]);
});

test("an end that comes late is no underrun when nothing was missing", () => {
  const playback = new WiredPlayback(48_000);
  const samples = tone(48_000, 6_016);
  const item = begin(playback, samples, 48_000);
  playback.render(44); // all but what is kept back
  item.end();
  playback.renderMs(100);
  expect(told(playback, "underrun")).toEqual([]);
  expect(firstDifference(playback.output.subarray(0, 6_016), samples)).toBe(-1);
});

test("what was written plays on while no message gets through", () => {
  const playback = new WiredPlayback(48_000);
  const samples = tone(24_000, 24_000);
  begin(playback, samples, 24_000);
  playback.render(1);
  for (let quantum = 0; quantum < 0.9 * 375; quantum++) playback.renderUndelivered();
  expect(told(playback, "underrun")).toEqual([]);
  const expected = resampled(samples, 24_000, 48_000);
  expect(firstDifference(playback.output.subarray(0, playback.frame), expected.subarray(0, playback.frame))).toBe(-1);
});

test("a pause fades for 8 ms and holds; resuming goes on at the very next sample", () => {
  const playback = new WiredPlayback(48_000);
  const samples = tone(48_000, 30_000);
  const item = begin(playback, samples, 48_000);
  item.end();
  playback.render(50);
  playback.page.pause();
  playback.page.pause();
  playback.render(20);
  const pausedAt = 50 * QUANTUM + 384;
  expect(told(playback, "paused")).toEqual([
    { type: "paused", atFrame: pausedAt, items: [{ item: 1, renderedSamples: pausedAt }] },
  ]);
  expect(item.renderedSamples).toBe(pausedAt);
  expect(isSilent(playback.output.subarray(pausedAt))).toBe(true);
  const resumedAt = playback.frame;
  playback.page.resume();
  playback.page.resume();
  playback.renderMs(700);
  expect(told(playback, "resumed")).toEqual([{ type: "resumed", atFrame: resumedAt }]);
  const { output } = playback;
  expect(firstDifference(output.subarray(0, pausedAt - 384), samples.subarray(0, pausedAt - 384))).toBe(-1);
  expect(
    firstDifference(output.subarray(resumedAt + 383, resumedAt + 30_000 - pausedAt), samples.subarray(pausedAt + 383)),
  ).toBe(-1);
  expect(largestStep(output.subarray(0, resumedAt + 30_000 - pausedAt))).toBeLessThan(largestStep(samples) + FADE_STEP);
  expect(item.renderedSamples).toBe(30_000);
});

test("a pause that is taken back within its fade never falls silent", () => {
  const playback = new WiredPlayback(48_000);
  const samples = tone(48_000, 10_000);
  begin(playback, samples, 48_000).end();
  playback.render(20);
  playback.page.pause();
  playback.render(2);
  playback.page.resume();
  playback.renderMs(300);
  expect(told(playback, "paused")).toEqual([]);
  expect(playback.output.subarray(0, 10_000).every((sample) => sample !== 0)).toBe(true);
  expect(
    firstDifference(playback.output.subarray(22 * QUANTUM + 383, 10_000), samples.subarray(22 * QUANTUM + 383)),
  ).toBe(-1);
});

test("a fade never reaches into the next item", async () => {
  const playback = new WiredPlayback(48_000);
  begin(playback, tone(48_000, 10 * QUANTUM), 48_000, "a").end();
  begin(playback, tone(48_000, 5_000), 48_000, "b").end();
  playback.render(8); // 256 frames of it are left, a fade has 384
  const cleared = playback.page.clear();
  playback.render(10);
  const { items, fadeMs } = await cleared;
  expect(items.map(({ itemId, renderedSamples }) => [itemId, renderedSamples])).toEqual([
    ["a", 10 * QUANTUM],
    ["b", 0],
  ]);
  expect(fadeMs).toBeCloseTo((256 / 48_000) * 1_000, 9);
  expect(isSilent(playback.output.subarray(10 * QUANTUM - 1))).toBe(true);
});

test("a pause in the last ms of an item fades what is left, and the item has ended", () => {
  const playback = new WiredPlayback(48_000);
  begin(playback, tone(48_000, 1_300), 48_000, "a").end();
  const next = tone(48_000, 1_000);
  begin(playback, next, 48_000, "b").end();
  playback.render(10);
  playback.page.pause();
  playback.render(10);
  expect(playback.reports.slice(1)).toEqual([
    { type: "ended", item: 1, renderedSamples: 1_300, atFrame: 1_300 },
    { type: "paused", atFrame: 1_300, items: [{ item: 2, renderedSamples: 0 }] },
  ]);
  expect(isSilent(playback.output.subarray(1_299))).toBe(true);
  const resumedAt = playback.frame;
  playback.page.resume();
  playback.render(20);
  expect(firstDifference(playback.output.subarray(resumedAt, resumedAt + 1_000), next)).toBe(-1);
});

describe("clear", () => {
  test("fades, drops what was begun before, and tells the counts at the end of the fade", async () => {
    const playback = new WiredPlayback(48_000);
    const item = begin(playback, tone(24_000, 24_000), 24_000, "a");
    const waiting = begin(playback, tone(24_000, 24_000), 24_000, "b");
    playback.render(40);
    const cleared = playback.page.clear();
    item.write(tone(24_000, 5_000));
    expect([item.isOver, waiting.isOver]).toEqual([true, true]);
    playback.render(40);
    const silentAt = 40 * QUANTUM + 384;
    expect(await cleared).toEqual({
      items: [
        { itemId: "a", contentIndex: 0, rateHz: 24_000, renderedSamples: silentAt / 2, receivedSamples: 24_000 },
        { itemId: "b", contentIndex: 0, rateHz: 24_000, renderedSamples: 0, receivedSamples: 24_000 },
      ],
      silentAtContextSec: silentAt / 48_000,
      fadeMs: expect.closeTo(8, 9),
    });
    expect(isSilent(playback.output.subarray(silentAt - 1))).toBe(true);
    expect(playback.output[silentAt - 10]).not.toBe(0);
    expect(playback.events.at(-1)?.type).toBe("progress");
  });

  test("does not touch what is begun right after it", async () => {
    const playback = new WiredPlayback(48_000);
    begin(playback, tone(24_000, 24_000), 24_000, "a");
    playback.render(40);
    playback.page.pause();
    const cleared = playback.page.clear();
    const samples = tone(24_000, 2_500);
    const next = resampled(samples, 24_000, 48_000);
    begin(playback, samples, 24_000, "b").end();
    expect(playback.page.isPaused).toBe(false);
    playback.renderMs(200);
    expect((await cleared).items.map(({ itemId }) => itemId)).toEqual(["a"]);
    const from = 40 * QUANTUM + 384;
    expect(firstDifference(playback.output.subarray(from, from + 5_000), next)).toBe(-1);
  });

  test("is not called back by a pause and a resume within its fade", async () => {
    const playback = new WiredPlayback(48_000);
    begin(playback, tone(48_000, 48_000), 48_000, "a");
    playback.render(40);
    const cleared = playback.page.clear();
    playback.render(1);
    playback.page.pause();
    playback.render(1);
    playback.page.resume();
    playback.render(10);
    expect((await cleared).items).toMatchObject([{ itemId: "a", renderedSamples: 40 * QUANTUM + 384 }]);
    expect(isSilent(playback.output.subarray(40 * QUANTUM + 383))).toBe(true);
  });

  test("is answered at once in silence, and twice by one fade", async () => {
    const playback = new WiredPlayback(48_000);
    begin(playback, tone(48_000, 48_000), 48_000, "a");
    playback.render(40);
    playback.page.pause();
    playback.render(10);
    const paused = playback.page.clear();
    playback.render(0);
    expect(await paused).toMatchObject({ fadeMs: 0, items: [{ itemId: "a", renderedSamples: 40 * QUANTUM + 384 }] });
    begin(playback, tone(48_000, 48_000), 48_000, "b");
    playback.render(40);
    const first = playback.page.clear();
    playback.render(1);
    begin(playback, tone(48_000, 48_000), 48_000, "c");
    const second = playback.page.clear();
    const third = playback.page.clear();
    playback.render(10);
    expect((await first).items).toMatchObject([{ itemId: "b", renderedSamples: 40 * QUANTUM + 384 }]);
    expect((await second).items).toMatchObject([{ itemId: "c", renderedSamples: 0 }]);
    expect((await third).items).toEqual([]);
    expect((await third).silentAtContextSec).toBe((await first).silentAtContextSec);
    expect(isSilent(playback.output.subarray(-QUANTUM))).toBe(true);
  });
});

type Act = "pause" | "resume" | "clear" | "write" | "begin" | "end";

/** A stretch of sound, as the reports tell of it. */
interface Stretch {
  readonly item: number;
  readonly from: number;
  readonly to: number;
  readonly isFadedIn: boolean;
  readonly isFadedOut: boolean;
  /** It ended where a pause began: with the fade of that, unless the pause came later. */
  readonly isHeld: boolean;
}

function stretchesOf(reports: readonly PlaybackReport[]): Stretch[] {
  const stretches: Stretch[] = [];
  let open: { item: number; from: number; isFadedIn: boolean } | undefined;
  for (const [index, { type, atFrame, ...report }] of reports.entries()) {
    if (type === "resumed" || (type === "progress" && open)) continue;
    if ((type === "started" || type === "progress") && "item" in report) {
      expect(open).toBe(undefined);
      open = { item: report.item, from: atFrame, isFadedIn: type === "progress" };
    } else if (open) {
      const isHeld = reports.slice(index).some((later) => later.type === "paused" && later.atFrame === atFrame);
      stretches.push({ ...open, to: atFrame, isFadedOut: type !== "ended", isHeld });
      open = undefined;
    }
  }
  expect(open).toBe(undefined);
  return stretches;
}

test("whatever is commanded when: what sounds is the items, sample by sample but for fades, and the counts agree", async () => {
  const acts = fc.array(
    fc.record({
      act: fc.constantFrom<Act[]>("pause", "resume", "resume", "clear", "write", "write", "write", "begin", "end"),
      quanta: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 100 })),
      samples: fc.integer({ min: 1, max: 4_000 }),
      rate: fc.constantFrom(8_000, 22_050, 24_000, 48_000),
    }),
    { minLength: 30, maxLength: 60 },
  );
  const seen: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(acts, fc.constantFrom(...OUTPUT_RATES), async (steps, outputRate) => {
      const playback = new WiredPlayback(outputRate);
      const items: PlaybackItem[] = [];
      const written: number[][] = [];
      const clears: Promise<unknown>[] = [];
      const perform = (act: Act, samples: number, rate: number): void => {
        const last = items.at(-1);
        if (act === "begin") {
          items.push(playback.page.begin({ itemId: `i${items.length}`, contentIndex: 0 }, rate));
          written.push([]);
        } else if (act === "clear") clears.push(playback.page.clear());
        else if (act === "end") last?.end();
        else if (act === "write" && last) {
          const before = last.receivedSamples;
          last.write(tone(last.rateHz, samples));
          if (last.receivedSamples > before) written.at(-1)!.push(...tone(last.rateHz, samples));
        } else if (act !== "write") playback.page[act]();
      };
      for (const { act, quanta, samples, rate } of steps) {
        perform(act, samples, rate);
        playback.render(quanta);
      }
      playback.page.resume();
      for (const item of items) item.end();
      for (let seconds = 0; seconds < 60 && items.some(({ isOver }) => !isOver); seconds++) playback.renderMs(1_000);
      playback.render(10);
      await Promise.all(clears);

      const { output } = playback;
      const fade = Math.round(0.008 * outputRate);
      const expected = new Float32Array(output.length);
      const isFading = new Uint8Array(output.length);
      const framesOf = items.map(() => 0);
      const sounds = items.map(({ rateHz }, index) =>
        resampled(Float32Array.from(written[index]!), rateHz, outputRate),
      );
      const stretches = stretchesOf(playback.reports);
      for (const { item, from, to, isFadedIn, isFadedOut, isHeld } of stretches) {
        const done = framesOf[item - 1]!;
        expected.set(sounds[item - 1]!.subarray(done, done + to - from), from);
        framesOf[item - 1] = done + to - from;
        if (isFadedIn) isFading.fill(1, from, Math.min(to, from + fade - 1));
        if (isFadedOut || isHeld) isFading.fill(1, Math.max(from, to - fade), to);
      }
      for (const { atFrame } of told(playback, "resumed"))
        isFading.fill(1, Math.max(0, atFrame - fade), atFrame + fade);
      const wrong = output.findIndex((sample, index) =>
        isFading[index] === 1 ? Math.abs(sample) > Math.abs(expected[index]!) : sample !== expected[index],
      );
      expect(wrong).toBe(-1);
      for (const { from, to, isFadedIn, isFadedOut } of stretches) {
        if (isFadedOut) expect(Math.abs(output[to - 1]!)).toBe(0);
        if (isFadedIn) expect(Math.abs(output[from]!)).toBeLessThan(0.001);
      }
      items.forEach((item, index) => {
        const { isOver, receivedSamples, renderedSamples, rateHz } = item;
        expect(isOver).toBe(true);
        expect(renderedSamples).toBe(Math.min(receivedSamples, Math.floor((framesOf[index]! * rateHz) / outputRate)));
      });
      const frames = playback.reports.map(({ atFrame }) => atFrame);
      expect(frames).toEqual(frames.toSorted((a, b) => a - b));
      for (const { type } of playback.reports) seen[type] = (seen[type] ?? 0) + 1;
    }),
    { numRuns: 40 },
  );
  for (const type of ["started", "underrun", "paused", "resumed", "cleared", "ended"]) {
    expect(seen[type], type).toBeGreaterThan(10);
  }
});
