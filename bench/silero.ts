import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { decodeBase64 } from "../src/audio/base64.ts";
import { KERNEL_BASE64 } from "../src/vad/silero/generated/kernel.ts";
import { SimdEngine } from "../src/vad/silero/simd-engine.ts";
import { readModel, readWeights } from "./silero-models.ts";
import { engineParity, type Parity } from "./silero-parity.ts";
import { type EngineCost, engineCosts } from "./silero-speed.ts";
import { formatTable } from "./table.ts";

const FRAME_US = 32_000;

/** Measures Silero on each engine: time, cold start, sizes, and how far its probabilities are from onnxruntime's. */
export async function benchSilero(): Promise<void> {
  const costs = await engineCosts();
  console.log(formatTable([["", "µs", "p95 µs", "load", "ratio"], ...costs.map((cost) => speedRow(cost, costs))]));
  console.log(
    "\nOne frame of 32 ms, engines in turns of 50; load: the median's share of one core; ratio: onnxruntime's",
  );
  console.log("median to this one.\n");
  console.log(formatTable([["", "runtime", "create", "1st frame", "all"], ...costs.map(coldRow)]));
  console.log("\nFrom a file's bytes to the first probability, in ms: medians of fresh processes, in turns.\n");
  console.log(formatTable(await sizeRows()));
  console.log("\nBytes. Weights without a name are the default ones.\n");
  const parities = await engineParity();
  console.log(formatTable([["", "recordings", "stress", "10 min", "changes", "unlike"], ...parities.map(parityRow)]));
  console.log(
    "\nLargest difference from onnxruntime's probabilities; beginnings and ends of speech, and signals where they",
  );
  console.log("are unlike onnxruntime's.\n");
  console.log(formatTable(targetRows(costs, await sizes(), parities)));
}

function speedRow(cost: EngineCost, costs: readonly EngineCost[]): string[] {
  const load = `${((100 * cost.medianUs) / FRAME_US).toFixed(2)} %`;
  return [nameOf(cost), cost.medianUs.toFixed(1), cost.p95Us.toFixed(1), load, ratioOf(cost, costs).toFixed(1)];
}

function coldRow(cost: EngineCost): string[] {
  const { runtimeMs, createMs, firstFrameMs } = cost.cold;
  return [nameOf(cost), ...[runtimeMs, createMs, firstFrameMs, coldMs(cost)].map((ms) => ms.toFixed(1))];
}

function parityRow({ model, kernel, precision, largest, changes, unlike }: Parity): string[] {
  const differences = [largest.recordings, largest.stress, largest.mixed].map((value) => value.toExponential(1));
  return [`${model} ${kernel} ${precision}`, ...differences, String(changes), String(unlike)];
}

function nameOf({ model, engine }: EngineCost): string {
  return `${model} ${engine}`;
}

function ratioOf(cost: EngineCost, costs: readonly EngineCost[]): number {
  const rival = costs.find(({ model, engine }) => model === cost.model && engine === "onnxruntime")!;
  return rival.medianUs / cost.medianUs;
}

function coldMs({ cold }: EngineCost): number {
  return cold.runtimeMs + cold.createMs + cold.firstFrameMs;
}

interface Sizes {
  readonly kernel: Uint8Array;
  readonly weights: readonly Uint8Array[];
  readonly exactWeights: readonly Uint8Array[];
  readonly onnxruntime: Uint8Array;
  readonly onnx: Uint8Array;
  readonly memoryBytes: number;
}

async function sizes(): Promise<Sizes> {
  const runtime = createRequire(import.meta.url).resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm");
  const weights = [await readWeights("v5", "f24"), await readWeights("v6", "f24")];
  return {
    kernel: decodeBase64(KERNEL_BASE64),
    weights,
    exactWeights: [await readWeights("v5", "f32"), await readWeights("v6", "f32")],
    onnxruntime: await readFile(runtime),
    onnx: await readModel("v6"),
    memoryBytes: SimdEngine.create(weights[1]!)?.memoryBytes ?? 0,
  };
}

async function sizeRows(): Promise<string[][]> {
  const { kernel, weights, exactWeights, onnxruntime, onnx, memoryBytes } = await sizes();
  const row = (name: string, bytes: Uint8Array): string[] => [name, String(bytes.length), String(gzipped(bytes))];
  return [
    ["", "raw", "gzip"],
    row("kernel", kernel),
    ...weights.map((bytes, index) => row(`weights v${5 + index}`, bytes)),
    ...exactWeights.map((bytes, index) => row(`weights v${5 + index} f32`, bytes)),
    row("onnxruntime's wasm", onnxruntime),
    row("model v6 .onnx", onnx),
    ["kernel's memory", String(memoryBytes)],
  ];
}

function gzipped(bytes: Uint8Array): number {
  return gzipSync(bytes, { level: 9 }).length;
}

/** What was to be reached, and what was: the worst of both models and kernels. */
function targetRows(costs: readonly EngineCost[], measured: Sizes, parities: readonly Parity[]): string[][] {
  const worstRatio = (engine: string): number =>
    Math.min(...costs.filter((cost) => cost.engine === engine).map((cost) => ratioOf(cost, costs)));
  const worst = (precision: string, pick: (parity: Parity) => number): number =>
    Math.max(...parities.filter((parity) => parity.precision === precision).map(pick));
  const underStress = ({ largest }: Parity): number => Math.max(largest.stress, largest.mixed);
  const unlike = parities.reduce((sum, parity) => sum + parity.unlike, 0);
  const slowest = Math.max(...costs.filter(({ engine }) => engine === "simd").map(coldMs));
  return [
    ["", "target", "measured", "reached"],
    target(
      "recordings, f32",
      1e-5,
      worst("f32", ({ largest }) => largest.recordings),
    ),
    target(
      "recordings, f24",
      1e-3,
      worst("f24", ({ largest }) => largest.recordings),
    ),
    target("stress, f32", 1e-4, worst("f32", underStress)),
    target("stress, f24", 1e-3, worst("f24", underStress)),
    target("unlike segments", 0, unlike),
    target("time, SIMD", 1 / 6, 1 / worstRatio("simd")),
    target("time, TypeScript", 1 / 1.4, 1 / worstRatio("typescript")),
    target("kernel, gzip, kB", 4, gzipped(measured.kernel) / 1_000),
    target("weights, gzip, kB", 550, Math.max(...measured.weights.map(gzipped)) / 1_000),
    target("cold start, ms", 10, slowest),
    target("memory, MB", 1.5, measured.memoryBytes / 1e6),
  ];
}

function target(name: string, limit: number, measured: number): string[] {
  return [name, shown(limit), shown(measured), measured <= limit ? "yes" : "no"];
}

function shown(value: number): string {
  return value === 0 || value >= 0.01 ? String(Number(value.toPrecision(3))) : value.toExponential(1);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await benchSilero();
