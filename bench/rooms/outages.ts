import { setTimeout as sleep } from "node:timers/promises";
import { formatTable } from "../table.ts";
import { medianAndWorst, WAYS } from "./cells.ts";
import { COMMAND, commandWordsIn } from "./command.ts";
import type { VisitKind } from "./page/visit.ts";
import type { RoomsStage } from "./stage.ts";
import { Talk, until } from "./talk.ts";

const KINDS = ["plain", "gated"] as const satisfies readonly VisitKind[];
const ROUNDS = 2;
const AWAY_MS = 5_000;
/** Between commands, so that the recogniser tells them apart. */
const PAUSE_MS = 900;
/** Who is not heard again by then is lost. */
const HEARD_LIMIT_MS = 40_000;
const TEXT_LIMIT_MS = 8_000;

const OUTAGES = {
  crashed: { begin: ({ server }: RoomsStage) => server.stop(), end: ({ server }: RoomsStage) => server.restart() },
  frozen: { begin: ({ server }: RoomsStage) => server.pause(), end: ({ server }: RoomsStage) => server.resume() },
};

interface Figures {
  readonly pageMs: number[];
  readonly agentMs: number[];
  readonly heardMs: number[];
  said: number;
  lost: number;
}

/** How soon a person is heard again after the server was away for 5 s, and what is lost of what they said meanwhile. */
export async function benchOutages(stage: RoomsStage): Promise<void> {
  const rows: string[][] = [];
  for (const [name, outage] of Object.entries(OUTAGES)) {
    const figures = new Map(
      KINDS.map((kind): [VisitKind, Figures] => [kind, { pageMs: [], agentMs: [], heardMs: [], said: 0, lost: 0 }]),
    );
    for (let round = 0; round < ROUNDS; round++) {
      const talks = await Promise.all(KINDS.map((kind) => Talk.open(stage, kind)));
      await outage.begin(stage);
      const awaySinceMs = Date.now();
      const back = sleep(AWAY_MS)
        .then(() => outage.end(stage))
        .then(() => Date.now());
      // At the same time, so that both meet the same.
      await Promise.all(talks.map((talk) => talkOn(talk, awaySinceMs, back, figures.get(talk.kind)!)));
      for (const talk of talks) await talk.close();
    }
    for (const [kind, { pageMs, agentMs, heardMs, said, lost }] of figures) {
      const times = [pageMs, agentMs, heardMs].flatMap(medianAndWorst);
      rows.push([`${name}: ${WAYS[kind]}`, ...times, `${lost} of ${said}`]);
    }
  }
  console.log(formatTable([["", "page", "worst", "agent", "worst", "heard", "worst", "lost"], ...rows]));
  console.log(
    `\n${ROUNDS} times each, both ways at once; ms from the server's return: until livekit-client says on the page that it has` +
      "\nreconnected, until the agent's own client does, and until the agent hears the person again. lost: words of all that" +
      `\nwas said since the server went away, ${AWAY_MS / 1_000} s before. –: nobody noticed.`,
  );
}

/** Says commands until the agent hears them again, and adds what has come of it. */
async function talkOn(talk: Talk, awaySinceMs: number, back: Promise<number>, figures: Figures): Promise<void> {
  let commands = 0;
  const enough = new AbortController();
  const speaking = (async (): Promise<void> => {
    for (; !enough.signal.aborted; commands++) {
      await talk.say();
      await sleep(PAUSE_MS);
    }
  })();
  const backMs = await back;
  await until(() => !Number.isNaN(talk.agentSince("onset", backMs)), HEARD_LIMIT_MS);
  enough.abort();
  await speaking;
  const said = commands * COMMAND.words.length;
  const heard = (): number => commandWordsIn(talk.finalsSince(awaySinceMs).words, commands);
  await until(() => heard() === said, TEXT_LIMIT_MS);
  figures.pageMs.push((await talk.pageSince("reconnected", awaySinceMs)) - backMs);
  figures.agentMs.push(talk.agentSince("reconnected", awaySinceMs) - backMs);
  figures.heardMs.push(talk.agentSince("onset", backMs) - backMs);
  figures.said += said;
  figures.lost += said - heard();
}
