import { setTimeout as sleep } from "node:timers/promises";
import { quantile } from "../quantile.ts";
import { formatTable } from "../table.ts";
import { medianAndWorst, ratio, WAYS, whole } from "./cells.ts";
import type { VisitKind } from "./page/visit.ts";
import type { RoomsStage } from "./stage.ts";
import { PAUSE_MS, Talk, until } from "./talk.ts";

const KINDS = ["plain", "gated", "always"] as const satisfies readonly VisitKind[];
/** In turns, by blocks of so many commands: one page at a time, so that none disturbs another. */
const BLOCKS = 2;
const COMMANDS = 3;
const SILENCE_MS = 4_000;
const HEARD_LIMIT_MS = 4_000;

interface Figures {
  readonly soundMs: number[];
  readonly textMs: number[];
  readonly lagMs: number[];
  readonly skippedMs: number[];
  readonly speechKb: number[];
  readonly silenceKb: number[];
}

function noFigures(): Figures {
  return { soundMs: [], textMs: [], lagMs: [], skippedMs: [], speechKb: [], silenceKb: [] };
}

/** How soon the agent hears what is said and the page reads it, while both are there; and what is sent for it. */
export async function benchLive(stage: RoomsStage): Promise<void> {
  const figures = new Map(KINDS.map((kind) => [kind, noFigures()]));
  for (let block = 0; block < BLOCKS; block++) {
    for (const [kind, ofKind] of figures) {
      const talk = await Talk.open(stage, kind);
      for (let count = 0; count < COMMANDS; count++) await oneCommand(talk, ofKind);
      await silence(talk, ofKind);
      await talk.close();
    }
  }
  const head = ["sound", "worst", "ratio", "text", "worst", "ratio", "lag", "let go", "speech", "silence"];
  const plain = figures.get("plain") ?? noFigures();
  const rows = [...figures].map(([kind, { soundMs, textMs, lagMs, skippedMs, speechKb, silenceKb }]) => [
    WAYS[kind],
    ...[...medianAndWorst(soundMs), ratio(soundMs, plain.soundMs)],
    ...[...medianAndWorst(textMs), ratio(textMs, plain.textMs)],
    ...[lagMs, skippedMs, speechKb, silenceKb].map((values) => whole(quantile(values, 0.5))),
  ]);
  console.log(formatTable([["", ...head], ...rows]));
  console.log(
    `\n${BLOCKS * COMMANDS} commands each, in turns. sound, text: ms from the first sound at the microphone to the agent's ears (which` +
      "\nhear in frames of 50 ms), and to the first text on the page. lag: ms that the published sound was late at most; let" +
      "\ngo: ms of pauses that were not sent, per command. speech, silence (noise of -60 dBFS): kB per minute, with headers.",
  );
}

async function oneCommand(talk: Talk, figures: Figures): Promise<void> {
  const { skippedMs } = await talk.page.evaluate(() => window.rooms.lag());
  const before = await sentBy(talk);
  const { beginMs } = await talk.say();
  figures.speechKb.push(kbPerMinute(before, await sentBy(talk)));
  await until(() => talk.finalsSince(beginMs).words.length > 0, HEARD_LIMIT_MS);
  await sleep(PAUSE_MS / 2); // the gate closes
  const lag = await talk.page.evaluate(() => window.rooms.lag());
  figures.soundMs.push(talk.agentSince("onset", beginMs) - beginMs);
  figures.textMs.push((await talk.pageSince("text", beginMs)) - beginMs);
  figures.lagMs.push(lag.lagMs);
  figures.skippedMs.push(lag.skippedMs - skippedMs);
}

async function silence(talk: Talk, figures: Figures): Promise<void> {
  const before = await sentBy(talk);
  await sleep(SILENCE_MS);
  figures.silenceKb.push(kbPerMinute(before, await sentBy(talk)));
}

interface Sent {
  readonly atMs: number;
  readonly bytes: number;
}

function sentBy({ page }: Talk): Promise<Sent> {
  return page.evaluate(async () => ({ bytes: await window.rooms.sentBytes(), atMs: performance.now() }));
}

function kbPerMinute(from: Sent, to: Sent): number {
  return (60 * (to.bytes - from.bytes)) / (to.atMs - from.atMs);
}
