import { execFile } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { FrameJudge } from "../src/vad/frame-judge.ts";
import { OnnxEngine } from "../src/vad/onnx-engine.ts";
import type { ColdStart } from "./silero-cold-start.ts";
import { noiseFrames, readModel } from "./silero-models.ts";
import { formatTable } from "./table.ts";

const MODELS = ["v5", "v6"] as const;
const FRAMES = 2_000;
const WARM_UP_FRAMES = 100;
const COLD_STARTS = 7;
const FRAME_US = 32_000;

/** Measures Silero on onnxruntime, frame by frame and from a cold start, and prints two tables. */
export async function benchSilero(): Promise<void> {
  console.log(formatTable(await frameCosts()));
  console.log("\nOne frame of 32 ms, models in turns; load: the median's share of one core.\n");
  console.log(formatTable(await coldStarts()));
  console.log(
    `\nFrom a model's bytes to its first probability, in ms: medians of ${COLD_STARTS} processes each, in turns.`,
  );
}

/** One row per model; the models judge the same frame in turns, so that a busy machine is busy for both. */
async function frameCosts(): Promise<string[][]> {
  const judges = await Promise.all(
    MODELS.map(async (model) => new FrameJudge(await OnnxEngine.create(await readModel(model)))),
  );
  const costs: number[][] = MODELS.map(() => []);
  for (const [count, frame] of noiseFrames(WARM_UP_FRAMES + FRAMES).entries()) {
    for (const [which, judge] of judges.entries()) {
      const began = performance.now();
      await judge.judge(frame);
      if (count >= WARM_UP_FRAMES) costs[which]!.push((performance.now() - began) * 1_000);
    }
  }
  for (const judge of judges) await judge.close();
  const rows = MODELS.map((model, which) => {
    const median = quantile(costs[which]!, 0.5);
    const load = `${((100 * median) / FRAME_US).toFixed(2)} %`;
    return [`Silero ${model}`, median.toFixed(0), quantile(costs[which]!, 0.95).toFixed(0), load];
  });
  return [["", "µs", "p95 µs", "load"], ...rows];
}

async function coldStarts(): Promise<string[][]> {
  const starts: ColdStart[][] = MODELS.map(() => []);
  for (let count = 0; count < COLD_STARTS; count++) {
    for (const [which, model] of MODELS.entries()) starts[which]!.push(await coldStart(model));
  }
  const rows = MODELS.map((model, which) => {
    const median = (pick: (start: ColdStart) => number): string => quantile(starts[which]!.map(pick), 0.5).toFixed(0);
    return [
      `Silero ${model}`,
      median(({ runtimeMs }) => runtimeMs),
      median(({ createMs }) => createMs),
      median(({ firstFrameMs }) => firstFrameMs),
      median(({ runtimeMs, createMs, firstFrameMs }) => runtimeMs + createMs + firstFrameMs),
    ];
  });
  return [["", "runtime", "create", "1st frame", "all"], ...rows];
}

async function coldStart(model: string): Promise<ColdStart> {
  const script = fileURLToPath(new URL("silero-cold-start.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script, model]);
  return JSON.parse(stdout) as ColdStart;
}

/** The value below which `share` (0..1) of the values lie. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await benchSilero();
