import { expect, test } from "vitest";
import { FAULT_KINDS } from "./fault-plan.ts";
import { cellOf, MODES, runSeed } from "./run.ts";

/** Half of the pairs of fault and recogniser, each fault and each recogniser with several of the other. */
const SEEDS = Array.from({ length: FAULT_KINDS.length * MODES.length }, (_, seed) => seed).filter((seed) => {
  const { kind, mode } = cellOf(seed);
  const isLong = kind === "long outage" || kind === "lasting outage";
  return isLong ? mode === "words" || mode === "none" : (FAULT_KINDS.indexOf(kind) + MODES.indexOf(mode)) % 2 === 0;
});

test.each(FAULT_KINDS)("no sample of speech is lost without a word, none is told twice (%s)", async (kind) => {
  const seeds = SEEDS.filter((seed) => cellOf(seed).kind === kind);
  const reports = await Promise.all(seeds.map((seed) => runSeed(seed, { shareOfSpeech: 0.4 })));
  expect(reports.length).toBeGreaterThan(1);
  for (const { seed, broken, speechSamples } of reports) {
    expect([seed, broken]).toEqual([seed, []]);
    expect(speechSamples).toBeGreaterThan(16_000);
  }
});

test("the same seed gives the same run", async () => {
  const seed = SEEDS.find((one) => cellOf(one).kind === "combination") ?? 0;
  const lines: string[][] = [[], []];
  for (const told of lines) {
    await runSeed(seed, { shareOfSpeech: 0.4, trace: (atMs, what) => told.push(`${atMs} ${what}`) });
  }
  expect(lines[0]?.length).toBeGreaterThan(20);
  expect(lines[1]).toEqual(lines[0]);
});
