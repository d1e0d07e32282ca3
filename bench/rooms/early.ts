import { quantile } from "../quantile.ts";
import { formatTable } from "../table.ts";
import { medianAndWorst, WAYS, whole } from "./cells.ts";
import { COMMAND, commandWordsIn } from "./command.ts";
import type { VisitKind } from "./page/visit.ts";
import type { RoomsStage } from "./stage.ts";
import { Talk, until } from "./talk.ts";

const KINDS = ["plain", "plain, microphone first", "gated"] as const satisfies readonly VisitKind[];
const ROUNDS = 4;
/** From the beginning of joining to the first word. */
const SPEAK_AFTER_MS = 300;
/** From then to the start of the agent's process, which takes about a second. */
const AGENT_AFTER_MS = 600;
/** A text that has not come by then does not come. */
const TEXT_LIMIT_MS = 6_000;

/** What an agent hears of what was said before it was there, and how soon. */
export async function benchEarlySpeech(stage: RoomsStage): Promise<void> {
  const rounds = new Map(KINDS.map((kind) => [kind, { words: 0, finalMs: [] as number[] }]));
  const agentMs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [kind, figures] of rounds) {
      const { talk, said } = await Talk.openEarly(stage, kind, SPEAK_AFTER_MS, AGENT_AFTER_MS);
      await until(() => talk.finalsSince(said.beginMs).words.length > 0, TEXT_LIMIT_MS);
      const { words, atMs } = talk.finalsSince(said.beginMs);
      const joinedMs = talk.agentSince("joined", 0);
      figures.words += commandWordsIn(words);
      figures.finalMs.push(atMs - joinedMs);
      agentMs.push(joinedMs - said.beginMs);
      await talk.close();
    }
  }
  const said = ROUNDS * COMMAND.words.length;
  const rows = [...rounds].map(([kind, { words, finalMs }]) => [
    WAYS[kind],
    `${words} of ${said}`,
    ...medianAndWorst(finalMs),
  ]);
  console.log(formatTable([["", "words", "text", "worst"], ...rows]));
  console.log(
    `\n${ROUNDS} times each, in turns. The person speaks ${SPEAK_AFTER_MS} ms after the page began to join; the agent is in the` +
      ` room ${whole(quantile(agentMs, 0.5))} ms\nafter that (median). words: that it heard of them. text: ms from its joining to its final text.`,
  );
}
