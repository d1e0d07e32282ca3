import { pathToFileURL } from "node:url";
import { StagePage, unpacked } from "../e2e/playback/stage.ts";
import { designKernel } from "../src/audio/kernel.ts";
import { CapturePipeline } from "../src/microphone/capture-pipeline.ts";
import { PlaybackQueue } from "../src/playback/playback-queue.ts";
import { quantile } from "./quantile.ts";
import { formatTable } from "./table.ts";

const RATE = 48_000;
const QUANTUM_FRAMES = 128;
const ROUNDS = 60;
const QUANTA_PER_ROUND = 400;

/** Measures the speaker in Chromium (silence after a cut, its count, a blocked page), and its cost; prints two tables. */
export async function benchPlayback(): Promise<void> {
  const { silenceMs, errors } = await cut();
  const { underruns, differing, blocked } = await playBlocked();
  console.log(
    formatTable([
      ["Chromium, 48 kHz", "median", "most"],
      ["cut to silence, ms", quantile(silenceMs, 0.5).toFixed(1), Math.max(...silenceMs).toFixed(1)],
      ["truncation, samples off", String(quantile(errors, 0.5)), String(Math.max(...errors))],
      ["underruns while blocked", "", String(underruns)],
      ["samples that differ", "", String(differing)],
    ]),
  );
  console.log(
    `\n${silenceMs.length} cuts, on the context's clock, from the call to the recorder's first 0; samples are the item's,` +
      ` at 24 kHz.\nThe page was blocked for 500 ms at a time, ${blocked} times, while what it had written played.\n`,
  );
  console.log(formatTable([["Node, µs per 128 frames", "median", "ratio"], ...costRows()]));
  console.log("\nIn turns; ratio: to the capture pipeline, which turns 48 kHz into frames at 16 kHz.");
}

async function cut(): Promise<{ silenceMs: number[]; errors: number[] }> {
  await using stage = await StagePage.open();
  const afterMs = Array.from({ length: 30 }, (_, index) => 60 + ((index * 37) % 100));
  const item = { rateHz: 24_000, samples: 120_000 };
  const { cuts, samples } = await stage.page.evaluate((plan) => window.stage.cutOff(plan), { item, afterMs });
  const recorded = unpacked(samples);
  const silenceMs: number[] = [];
  const errors: number[] = [];
  for (const { calledAtSec, startedAtSec, items } of cuts) {
    const from = Math.round(startedAtSec * RATE);
    const silent = recorded.findIndex((sample, index) => index >= from && sample === 0);
    silenceMs.push((silent / RATE - calledAtSec) * 1_000);
    // The last frame of a fade is 0, and counts.
    errors.push(Math.abs((items[0]?.renderedSamples ?? NaN) - Math.floor((silent + 1 - from) / 2)));
  }
  return { silenceMs, errors };
}

async function playBlocked(): Promise<{ underruns: number; differing: number; blocked: number }> {
  await using stage = await StagePage.open();
  const plan = { item: { rateHz: 48_000, samples: 6 * RATE }, blockMs: 500 };
  const { events, samples, blocked } = await stage.page.evaluate((given) => window.stage.playBlocked(given), plan);
  const started = events.find(({ type }) => type === "started");
  const from = Math.round((started?.type === "started" ? started.atContextSec : NaN) * RATE);
  const recorded = unpacked(samples);
  let differing = 0;
  for (let index = 0; index < plan.item.samples; index++) {
    if (recorded[from + index] !== (200 + Math.abs(((index * 7) % 1_000) - 500)) / 1_024) differing += 1;
  }
  return { underruns: events.filter(({ type }) => type === "underrun").length, differing, blocked };
}

function costRows(): string[][] {
  const noise = Float32Array.from({ length: QUANTUM_FRAMES }, (_, index) => Math.sin(index * index * 0.7));
  const capture = new CapturePipeline({ kernel: designKernel(RATE, 16_000) }, () => undefined);
  let frame = 0;
  const jobs = [
    ["capture, 48 to 16 kHz", () => capture.push((frame += QUANTUM_FRAMES), [noise])],
    ["playback, 24 to 48 kHz", playing(24_000)],
    ["playback, 48 to 48 kHz", playing(48_000)],
    ["playback, nothing to play", playing(undefined)],
  ] as const;
  const times = jobs.map((): number[] => []);
  for (let round = -3; round < ROUNDS; round++) {
    jobs.forEach(([, job], which) => {
      const start = performance.now();
      for (let quantum = 0; quantum < QUANTA_PER_ROUND; quantum++) job();
      // The first rounds are for the compiler.
      if (round >= 0) times[which]!.push(((performance.now() - start) / QUANTA_PER_ROUND) * 1_000);
    });
  }
  const medians = times.map((values) => quantile(values, 0.5));
  return jobs.map(([name], which) => [name, medians[which]!.toFixed(2), (medians[which]! / medians[0]!).toFixed(2)]);
}

/** A queue that plays an item of a rate without end, a quantum at a time. */
function playing(rateHz: number | undefined): () => void {
  const queue = new PlaybackQueue({ outputRate: RATE, startThresholdMs: 80, fadeMs: 8 }, () => undefined);
  if (rateHz !== undefined) {
    queue.take({ type: "kernel", kernel: designKernel(rateHz, RATE, 20_000) });
    queue.take({ type: "begin", item: 1, rateHz });
    const quanta = (ROUNDS + 3) * QUANTA_PER_ROUND + 100;
    const samples = new Float32Array((quanta * QUANTUM_FRAMES * rateHz) / RATE);
    for (let index = 0; index < samples.length; index++) samples[index] = Math.sin(index * index * 0.7);
    queue.take({ type: "write", item: 1, samples });
  }
  const output = new Float32Array(QUANTUM_FRAMES);
  let frame = 0;
  return () => {
    queue.render(output, frame);
    frame += QUANTUM_FRAMES;
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await benchPlayback();
