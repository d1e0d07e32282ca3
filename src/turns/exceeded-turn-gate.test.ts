import { expect, test } from "vitest";
import type { AgentStateKind } from "./agent-state.ts";
import { ExceededTurnGate } from "./exceeded-turn-gate.ts";
import type { ExceededTurn } from "./turn-limit.ts";

function exceeded(words: number): ExceededTurn {
  return { transcript: "", accumulatedTranscript: "", accumulatedWords: words, durationMs: 0 };
}

type Step =
  | readonly [offer: number, released?: number]
  | readonly [agent: AgentStateKind, released?: number]
  | readonly ["done" | "blocked" | "unblocked"];

const SCRIPTS: Readonly<Record<string, readonly Step[]>> = {
  "while the agent listens it is acted on at once": [["listening"], [5, 5]],
  "while the agent thinks it waits, and the latest counts": [["thinking"], [5], [6], ["listening", 6]],
  "an agent that answers makes it needless": [["thinking"], [5], ["speaking"], ["listening"]],
  "an agent that is speaking has answered": [["speaking"], [5], ["listening"]],
  "before the agent has started it waits": [[5], ["listening", 5]],
  "one at a time: until it is done no other is acted on": [["listening"], [5, 5], [6], ["done"], [7, 7]],
  "nothing is scheduled while new turns are blocked": [["listening"], ["blocked"], [5], ["unblocked"], [6, 6]],
  "what waits is dropped when new turns are blocked": [["thinking"], [5], ["blocked"], ["listening"]],
};

test.each(Object.entries(SCRIPTS))("%s", (_title, steps) => {
  const gate = new ExceededTurnGate();
  for (const step of steps) {
    const [input, expected] = step;
    const released = act(gate, input);
    expect([input, released?.accumulatedWords]).toEqual([input, expected]);
  }
});

function act(gate: ExceededTurnGate, input: Step[0]): ExceededTurn | undefined {
  if (typeof input === "number") return gate.offer(exceeded(input));
  if (input === "done") gate.done();
  else if (input === "blocked" || input === "unblocked") gate.block(input === "blocked");
  else return gate.agentBecame(input);
  return undefined;
}
