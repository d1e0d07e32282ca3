import { pathToFileURL } from "node:url";
import {
  makeLibsamplerate,
  makeOurs,
  makeSpeex,
  makeVadWeb,
  type Engine,
  type EngineMaker,
} from "./resampler-engines.ts";
import { measureCosts, measureQuality, type Quality } from "./resampler-measures.ts";
import { formatTable } from "./table.ts";

const OUTPUT_RATE = 16_000;
const ROUNDS = 60;
const BLOCKS_PER_ROUND = 200;

const HEADINGS = ["", "ripple dB", "7 kHz dB", "alias dB", "SINAD dB", "delay ms", "lost/min", "µs/128", "cost ×"];

/** Compares our resampler with what else a page could use, and prints one table. */
export async function benchResampler(): Promise<void> {
  const rows: string[][] = [HEADINGS];
  for (const inputRate of [48_000, 44_100, 96_000]) {
    rows.push([`${inputRate / 1_000} to ${OUTPUT_RATE / 1_000} kHz`]);
    rows.push(...(await compare(inputRate, inputRate === 96_000 ? [makeOurs] : MAKERS)));
  }
  console.log(formatTable(rows));
  console.log(
    "Ripple from 100 Hz to 7 kHz; alias: worst tone from 8.5 to 20 kHz; SINAD at 1 kHz (speexdsp: 16-bit interface);\n" +
      "delay: held back on average, plus shift; lost: output samples per minute; cost: median, all engines in turns.",
  );
}

type Maker = (inputRate: number, outputRate: number) => Promise<Engine>;

const MAKERS: readonly Maker[] = [
  makeOurs,
  makeVadWeb,
  (from, to) => makeLibsamplerate("fastest", from, to),
  (from, to) => makeLibsamplerate("medium", from, to),
  (from, to) => makeLibsamplerate("best", from, to),
  (from, to) => makeSpeex(5, from, to),
  (from, to) => makeSpeex(7, from, to),
  (from, to) => makeSpeex(10, from, to),
];

/** One row per engine; the first engine's cost is 1. */
async function compare(inputRate: number, makers: readonly Maker[]): Promise<string[][]> {
  const engines: Engine[] = [];
  const qualities: Quality[] = [];
  for (const maker of makers) {
    const make: EngineMaker = () => maker(inputRate, OUTPUT_RATE);
    engines.push(await make());
    qualities.push(await measureQuality(make, inputRate));
  }
  const costs = measureCosts(engines, ROUNDS, BLOCKS_PER_ROUND);
  return engines.map(({ name }, which) => {
    const { rippleDb, gainAt7kHzDb, worstAliasDb, sinadAt1kHzDb, delayMs, samplesLostPerMinute } = qualities[which]!;
    const cost = costs[which]!;
    return [
      name,
      rippleDb.toFixed(4),
      gainAt7kHzDb.toFixed(2).replace("-0.00", "0.00"),
      worstAliasDb.toFixed(1),
      sinadAt1kHzDb.toFixed(1),
      delayMs.toFixed(2),
      Math.abs(samplesLostPerMinute).toFixed(1),
      cost.toFixed(2),
      (cost / costs[0]!).toFixed(2),
    ];
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await benchResampler();
