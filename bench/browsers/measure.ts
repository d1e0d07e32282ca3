import { availableParallelism, cpus, loadavg } from "node:os";
import { joined, loadSpeech, NOVELS } from "../../e2e/speech.ts";
import type { VoiceEventOf } from "../../src/session/events.ts";
import { quietMachine } from "../quiet-machine.ts";
import { formatTable } from "../table.ts";
import { openHarness } from "./browser-page.ts";
import { inEachBrowser, type Cell } from "./browsers.ts";
import { runOrSayWhatIsMissing } from "./programs.ts";
import { Pulse } from "./pulse.ts";
import { quantile } from "../quantile.ts";
import { decisionsOf, orderOf, type Decision, type Sighting } from "./sightings.ts";
import { openSite } from "./site.ts";

/** The page's thread is blocked this long, at these times after the speech has begun, in ms. */
const BLOCK_MS = 2_000;
const BLOCK_AT_MS = [3_000, 8_000, 13_000, 18_000];
const RUN_MS = 23_000;
/** `process` is timed in a run of its own: the clock for it keeps a whole core busy. */
const TIMED_RUN_MS = 30_000;

/** What the page says when it has run. */
interface Run {
  readonly from: number;
  readonly to: number;
  readonly blocks: readonly (readonly [number, number])[];
}

/** What the page says when its session has stopped. */
interface Seen {
  readonly sampleRate: number;
  readonly clockStepUs: number;
  readonly captured: readonly Sighting[];
  readonly decided: readonly Sighting[];
  /** In 0.1 µs; complemented where the clock was not running all the while. */
  readonly processTimes: readonly number[];
  readonly stats: readonly [quanta: number, jumps: number, missingFrames: number, startJump: number];
  /** What the page heard of each frame: start and end in ms, probability (-1: none). */
  readonly frames: readonly (readonly [startMs: number, endMs: number, probability: number])[];
  readonly gaps: readonly VoiceEventOf<"gap">[];
  readonly warnings: readonly string[];
}

/** Lines of one column of the table, by their names. */
type Column = Record<string, string>;

function latencyLines({ from, to, blocks }: Run, seen: Seen): Column {
  const decisions = decisionsOf(seen, { from, to: to - 500 });
  const isBlocked = (wallMs: number): boolean => blocks.some(([begin, end]) => wallMs >= begin && wallMs < end);
  // The second after a block is neither: what the block left behind is worked off there.
  const isFree = (wallMs: number): boolean => !blocks.some(([begin, end]) => wallMs >= begin && wallMs < end + 1_000);
  const blocked = decisions.filter(({ capturedMs }) => isBlocked(capturedMs));
  const free = decisions.filter(({ capturedMs }) => isFree(capturedMs));
  const sightings = [...seen.captured, ...seen.decided];
  const decided = sightings.filter(({ isDecision }) => isDecision);
  const isDecided = new Set(decided.map(({ startSample }) => startSample));
  const order = orderOf(decided);
  return {
    ...delayLines("blocked, spoken", blocked, "spokenMs"),
    ...delayLines("blocked, captured", blocked, "capturedMs"),
    ...delayLines("free, spoken", free, "spokenMs"),
    ...delayLines("free, captured", free, "capturedMs"),
    "captured while blocked": String(blocked.length),
    "decided while blocked": String(decisions.filter(({ decidedMs }) => isBlocked(decidedMs)).length),
    "frames never decided": String(seen.captured.filter(({ startSample }) => !isDecided.has(startSample)).length),
    "samples lost": String(order.lostSamples),
    "frames reordered": String(order.reordered),
  };
}

/** How long after a frame was spoken, or captured, it was decided. */
function delayLines(label: string, decisions: readonly Decision[], since: "spokenMs" | "capturedMs"): Column {
  const delays = decisions.map((decision) => decision.decidedMs - decision[since]);
  return Object.fromEntries(
    (
      [
        ["p50", 0.5],
        ["p99", 0.99],
        ["max", 1],
      ] as const
    ).map(([name, share]) => [`${label}: ${name}`, quantile(delays, share).toFixed(0)]),
  );
}

/** What a listener on the page was told of it: in order, without a hole, and judged. */
function pageLines({ frames, gaps, stats }: Seen, prefix: string): Column {
  const onPage = orderOf(
    frames.map(([startMs, endMs]) => ({
      startSample: Math.round(startMs * 16),
      lengthSamples: Math.round((endMs - startMs) * 16),
    })),
  );
  return {
    [`${prefix}: lost+reordered`]: `${onPage.lostSamples}+${onPage.reordered}`,
    [`${prefix}: clock jumps`]: String(stats[1]),
    [`${prefix}: gap events`]: String(gaps.length),
  };
}

function processLines({ processTimes, sampleRate, clockStepUs }: Seen): Column {
  const clean = processTimes.filter((time) => time >= 0).map((time) => time / 10);
  return {
    "process: p50, µs": quantile(clean, 0.5).toFixed(1),
    "process: p99, µs": quantile(clean, 0.99).toFixed(0),
    "process: p99.9, µs": quantile(clean, 0.999).toFixed(0),
    "process: max, µs": quantile(clean, 1).toFixed(0),
    "process: calls": String(clean.length),
    "process: not timed": String(processTimes.length - clean.length),
    "clock step, µs": clockStepUs.toFixed(1),
    "quantum, µs": ((128 / sampleRate) * 1e6).toFixed(0),
  };
}

/** One run of a session in a browser of its own. */
async function oneRun(
  { open, vad, browser, variant }: Cell,
  env: Pulse["env"],
  isTimed: boolean,
  speech: Speech,
): Promise<[Run, Seen]> {
  await using page = await openHarness(open, speech.url, env);
  await page.evaluate(`harness.start(${JSON.stringify(vad)}, ${isTimed})`);
  const played = speech.play();
  const plan = {
    durationMs: isTimed ? TIMED_RUN_MS : RUN_MS,
    blockAtMs: isTimed ? [] : BLOCK_AT_MS,
    blockMs: BLOCK_MS,
  };
  const run = await page.evaluate<Run>(`harness.run(${JSON.stringify(plan)})`);
  const seen = await page.evaluate<Seen>("harness.stop()");
  for (const warning of seen.warnings) console.error(`${browser}, ${variant}: ${warning}`);
  await played;
  return [run, seen];
}

/** What is played, and where the page is. */
interface Speech {
  readonly url: string;
  play(): Promise<void>;
}

async function novel(durationMs: number): Promise<Float32Array> {
  const read: Float32Array[] = [];
  for (const { file } of NOVELS) read.push(await loadSpeech(file));
  if (read.length === 0) throw new Error("The recordings are missing: apt-get install pocketsphinx-testdata");
  const once = joined(...read);
  const whole = new Float32Array(durationMs * 16);
  for (let at = 0; at < whole.length; at += once.length) whole.set(once.subarray(0, whole.length - at), at);
  return whole;
}

/** Measures every variant in every browser, and prints one table. */
async function measure(): Promise<void> {
  await using pulse = await Pulse.start();
  await using site = await openSite(true);
  const samples = await novel(TIMED_RUN_MS);
  const columns: [string, string, Column][] = [];
  // WebKitGTK keeps shared memory back without the last.
  const env = { ...pulse.env, JSC_useSharedArrayBuffer: "1" };
  await inEachBrowser(async (cell) => {
    const speechOf = (durationMs: number): Speech => ({
      url: `${site.gateway.url}/measure.html`,
      play: () => pulse.play(samples.subarray(0, durationMs * 16), 16_000),
    });
    const idle = await quietMachine();
    const [run, seen] = await oneRun(cell, env, false, speechOf(RUN_MS));
    const [, timed] = await oneRun(cell, env, true, speechOf(TIMED_RUN_MS));
    const column = {
      "machine idle before, %": (idle * 100).toFixed(0),
      ...latencyLines(run, seen),
      ...pageLines(seen, "blocking"),
      ...processLines(timed),
      ...pageLines(timed, "timing"),
    };
    columns.push([cell.browser, cell.variant, column]);
  });
  const cpu = `${cpus()[0]?.model ?? "unknown CPU"}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}`;
  console.log(`${cpu}. Page blocked ${BLOCK_AT_MS.length} times for ${BLOCK_MS} ms; delays in ms, to ±1 ms.\n`);
  const names = Object.keys(columns[0]?.[2] ?? {});
  console.log(
    formatTable([
      ["", ...columns.map(([browser]) => browser)],
      ["", ...columns.map(([, variant]) => variant)],
      ...names.map((name) => [name, ...columns.map(([, , column]) => column[name] ?? "")]),
    ]),
  );
}

await runOrSayWhatIsMissing(measure);
