import { availableParallelism, cpus } from "node:os";
import { formatReports, formatWords } from "./figures.ts";
import { runAll } from "./lanes.ts";
import { readOptions } from "./options.ts";
import { runSeed, type RunReport } from "./run.ts";
import { runWords } from "./spoken-words.ts";

// `npm run bench:faults`: speech on bad networks, and whether a sample of it was lost or told twice.
const { seeds, isTraced, wordRuns } = readOptions(process.argv.slice(2));
const isTerminal = process.stderr.isTTY;
const began = performance.now();
let done = 0;
const reports = isTraced ? await traced(seeds) : await runAll(seeds, progress);
if (isTerminal) process.stderr.write("\r\u001b[K");

console.log(`${cpus()[0]?.model ?? "unknown CPU"}, ${availableParallelism()} cores, Node ${process.version}\n`);
console.log(formatReports(reports));
console.log(`
recogniser: indexed and words take a flush, none and untimed need silence, turns end turns themselves; words have times,
texts of indexed and none have, turns are billed, untimed have none.
lost, doubled: samples of speech that stand in no final and were not reported, and that stand in two.
withdrawn: finals that were superseded. gaps: speech that was reported as lost.
repeated: captured audio that was sent again, of all that passed the gate.
recovery: median from a fault to the next opening or final, on the run's own clock, silence included.`);
if (wordRuns > 0) {
  console.log(`\n── Real words, by PocketSphinx\n\n${formatWords(await runWords(wordRuns, seeds[0] ?? 0))}`);
  console.log(`
changed: words put in, left out and changed, against the text without faults; of speech: against what was said.`);
}
console.log();
for (const { seed, kind, mode, broken } of reports) {
  for (const law of broken.slice(0, 5)) console.log(`seed ${seed} (${kind}, ${mode}): ${law.slice(0, 240)}`);
}
// Nobody can tell which part of its speech a text answers that has no time at all: for those there is no promise.
const promised = reports.filter(({ mode }) => mode !== "untimed");
const failed = promised.filter(({ broken }) => broken.length > 0);
const others = reports.filter((report) => !promised.includes(report) && report.broken.length > 0);
if (failed[0]) console.log(`\nSee one: npm run bench:faults -- --seed ${failed[0].seed} --runs 1 --trace`);
console.log(
  `\n${reports.length} runs in ${((performance.now() - began) / 1_000).toFixed(0)} s, ${failed.length} broke a law; of texts without times, for which there is no promise, ${others.length} would`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

function progress({ seed }: RunReport): void {
  done += 1;
  if (isTerminal) process.stderr.write(`\r${done} of ${seeds.length} runs, last seed ${seed} `);
}

async function traced(list: readonly number[]): Promise<RunReport[]> {
  const all: RunReport[] = [];
  for (const seed of list) {
    const trace = (atMs: number, what: string): void =>
      console.log(`${(atMs / 1_000).toFixed(3).padStart(9)}  ${what}`);
    all.push(await runSeed(seed, { trace }));
  }
  return all;
}
