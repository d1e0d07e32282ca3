import { expect, test, type Page } from "@playwright/test";
import { sound, StagePage, unpacked, type Stage } from "./playback/stage.ts";

const RATE = 48_000;
const FADE_FRAMES = 0.008 * RATE;

let stage: StagePage;
let page: Page;

test.beforeAll(async () => {
  stage = await StagePage.open();
  page = stage.page;
});
test.beforeEach(() => stage.renew());
test.afterAll(() => stage[Symbol.asyncDispose]());

/** The first index at which a recording is not as expected; -1 if it is. Sines differ in the last bit by V8's version. */
function firstDifference(actual: Float32Array, expected: Float32Array): number {
  return expected.findIndex((sample, index) => !(Math.abs(actual[index]! - sample) <= 1e-6 * Math.abs(sample)));
}

function zeros(length: number): Float32Array {
  return new Float32Array(length);
}

for (const outputRate of [44_100, 48_000]) {
  test(`at ${outputRate} Hz items of all rates come out as their resampled selves, sample by sample, and fully counted`, async () => {
    const items = [8_000, 16_000, 22_050, 24_000, 44_100, 48_000].map((rateHz) => ({
      itemId: `at ${rateHz}`,
      rateHz,
      samples: 0.2 * rateHz,
    }));
    const plan = { outputRate, seconds: 2, items };
    const { samples, events } = await page.evaluate((given) => window.stage.offline(given), plan);
    const expected = items.flatMap((item) => [...sound(item.samples, item.rateHz, outputRate)]);
    const first = Math.round((events[0] as { atContextSec: number }).atContextSec * outputRate);
    expect(firstDifference(unpacked(samples), Float32Array.of(...zeros(first), ...expected, ...zeros(1_000)))).toBe(-1);
    const ended = events.flatMap((event) => (event.type === "ended" ? [[event.itemId, event.renderedSamples]] : []));
    expect(ended).toEqual(items.map((item) => [item.itemId, item.samples]));
  });
}

test("offline, a pause holds at a sample, resuming goes on at the next, and a clear counts what sounded", async () => {
  const samples = 48_000;
  const whole = sound(samples, 24_000);
  const result = await page.evaluate((plan) => window.stage.offline(plan), {
    outputRate: RATE,
    seconds: 2,
    items: [{ rateHz: 24_000, samples, isEnded: false }],
    acts: [
      { act: "pause", atSec: 0.5 },
      { act: "resume", atSec: 0.7 },
      { act: "clear", atSec: 1.2 },
    ] as const,
  });
  const frameOf = (type: "started" | "paused" | "resumed"): number =>
    Math.round((result.events.find((event) => event.type === type) as { atContextSec: number }).atContextSec * RATE);
  const [started, paused, resumed] = [frameOf("started"), frameOf("paused"), frameOf("resumed")];
  const rendered = unpacked(result.samples);
  const silent = Math.round(result.cleared[0]!.silentAtContextSec * RATE);
  expect(firstDifference(rendered.subarray(started), whole.subarray(0, paused - FADE_FRAMES - started))).toBe(-1);
  expect(firstDifference(rendered.subarray(paused), zeros(resumed - paused))).toBe(-1);
  const rest = whole.subarray(paused - started + FADE_FRAMES, paused - started + silent - resumed - FADE_FRAMES);
  expect(firstDifference(rendered.subarray(resumed + FADE_FRAMES), rest)).toBe(-1);
  expect(firstDifference(rendered.subarray(silent), zeros(RATE / 4))).toBe(-1);
  expect(result.cleared[0]!.items).toEqual([
    {
      itemId: "item",
      contentIndex: 0,
      rateHz: 24_000,
      renderedSamples: Math.floor((paused - started + silent - resumed) / 2),
      receivedSamples: samples,
    },
  ]);
});

test("an answer that is cut off is silent within 20 ms, and counted to the sample that the recorder saw last", async () => {
  const { cuts, gaps, ...recording } = await page.evaluate((plan) => window.stage.cutOff(plan), {
    item: { rateHz: 24_000, samples: 240_000 },
    afterMs: [130, 200, 77, 310, 151, 95, 240, 180],
  });
  expect(gaps).toBe(0);
  const samples = unpacked(recording.samples);
  const silenceMs: number[] = [];
  for (const { calledAtSec, startedAtSec, silentAtContextSec, items } of cuts) {
    const from = Math.round(startedAtSec * RATE);
    const firstSilent = samples.findIndex((sample, index) => index >= from && sample === 0);
    // The last sample of a fade is 0.
    expect(firstSilent + 1).toBe(Math.round(silentAtContextSec * RATE));
    expect(items.map(({ renderedSamples }) => renderedSamples)).toEqual([Math.floor((firstSilent + 1 - from) / 2)]);
    expect(firstDifference(samples.subarray(firstSilent), zeros(0.04 * RATE))).toBe(-1);
    silenceMs.push((firstSilent / RATE - calledAtSec) * 1_000);
  }
  console.log(`from the call to silence, ms: ${silenceMs.map((ms) => ms.toFixed(1)).join(" ")}`);
  expect(Math.max(...silenceMs)).toBeLessThan(20);
});

test("a pause holds, and resuming goes on at the paused sample", async () => {
  const samples = 24_000;
  const whole = sound(samples, 24_000);
  const result = await page.evaluate((plan) => window.stage.pauseAndResume(plan), {
    item: { rateHz: 24_000, samples },
    playMs: 300,
    pauseMs: 400,
  });
  const at = (type: string): number =>
    Math.round((result.events.find((event) => event.type === type) as { atContextSec: number }).atContextSec * RATE);
  const [started, paused, resumed, ended] = [at("started"), at("paused"), at("resumed"), at("ended")];
  const recorded = unpacked(result.samples);
  expect(paused - started + ended - resumed).toBe(whole.length);
  expect(firstDifference(recorded.subarray(started), whole.subarray(0, paused - started - FADE_FRAMES))).toBe(-1);
  expect(firstDifference(recorded.subarray(paused), zeros(resumed - paused))).toBe(-1);
  const rest = whole.subarray(paused - started + FADE_FRAMES);
  expect(firstDifference(recorded.subarray(resumed + FADE_FRAMES, ended), rest)).toBe(-1);
  // Heard is what was rendered, less what was still on its way: nothing after 400 ms of pause.
  expect(result.heardSamples).toBe(Math.floor((paused - started) / 2));
});

test("what was written does not stutter while the page is blocked for 500 ms at a time", async () => {
  const samples = 72_000;
  const result = await page.evaluate((plan) => window.stage.playBlocked(plan), {
    item: { rateHz: 24_000, samples },
    blockMs: 500,
  });
  expect(result.events.filter(({ type }) => type === "underrun")).toEqual([]);
  const started = Math.round((result.events[0] as { atContextSec: number }).atContextSec * RATE);
  expect(firstDifference(unpacked(result.samples).subarray(started), sound(samples, 24_000))).toBe(-1);
});

test("what cannot work is refused with its reason", async () => {
  const refused = (plan: Parameters<Stage["refused"]>[0]): ReturnType<Stage["refused"]> =>
    page.evaluate((given) => window.stage.refused(given), plan);
  expect(await refused({ assets: "/nowhere" })).toMatchObject({
    code: "asset-failed",
    message: expect.stringMatching(/nowhere\/playback\.worklet\.js could not be loaded: the server answered HTTP 404/),
  });
  expect(await refused({ options: { fadeMs: 50 } })).toMatchObject({
    name: "RangeError",
    message: "speaker.fadeMs must be in [5, 10] ms, got 50",
  });
  expect(await refused({ isAborted: true })).toMatchObject({ message: "no more" });
});

test("the output device is chosen by the context, or by an element where only that can", async () => {
  const own = await page.evaluate(() => window.stage.devices(["", "no-such-device"], false));
  expect(own.outcomes[0]).toBe("chosen");
  expect(own.outcomes[1]).toMatch(/^not-supported: The output device "no-such-device" cannot be used: NotFoundError/);
  const byElement = await page.evaluate(() => window.stage.devices(["missing", "one", "", "two"], true));
  expect(byElement.outcomes).toEqual([
    expect.stringMatching(/^not-supported: .*NotFoundError: no such device$/),
    "chosen",
    "chosen",
    "chosen",
  ]);
  expect(byElement.playing).toEqual([
    { id: "one", isPlaying: false },
    { id: "two", isPlaying: true },
  ]);
  expect(byElement.left).toBe(0);
});

test("after close nothing sounds, nothing is told, and no call does harm", async () => {
  const result = await page.evaluate((plan) => window.stage.closeInMidItem(plan), {
    item: { rateHz: 24_000, samples: 120_000 },
  });
  expect(result).toMatchObject({ toldAfter: 0, cleared: 0, isOver: true });
  const samples = unpacked(result.samples);
  const soundTo = samples.findLastIndex((sample) => sample !== 0);
  expect(soundTo).toBeGreaterThan(0.05 * RATE);
  expect(soundTo / RATE - result.closedAtSec).toBeLessThan(0.06);
  expect(samples.every((sample) => sample <= 0.5 * 0.8)).toBe(true);
});

test("a processor that breaks is told once, and nobody waits for it", async () => {
  const item = { rateHz: 24_000, samples: 24_000 };
  expect(await page.evaluate((given) => window.stage.breakdown({ item: given }), item)).toEqual({
    failures: [{ code: "audio-context-failed", message: "The playback processor broke" }],
    cleared: 1,
    isOver: true,
  });
});
