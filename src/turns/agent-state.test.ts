import { expect, test } from "vitest";
import { randomNumbers } from "../testing/random.ts";
import { AgentState, type AgentActivity, type AgentStateKind } from "./agent-state.ts";

type Step = readonly [activity: AgentActivity["type"], state: AgentStateKind];

const SCRIPTS: Readonly<Record<string, readonly Step[]>> = {
  "an answer is thought up, told, and over": [
    ["started", "listening"],
    ["reply-started", "thinking"],
    ["audio-started", "speaking"],
    ["reply-ended", "listening"],
  ],
  "an interrupted thought ends without having been heard": [
    ["started", "listening"],
    ["reply-started", "thinking"],
    ["reply-ended", "listening"],
  ],
  "after a false interruption the answer goes on": [
    ["started", "listening"],
    ["reply-started", "thinking"],
    ["audio-started", "speaking"],
    ["paused", "listening"],
    ["resumed", "speaking"],
    ["reply-ended", "listening"],
  ],
  "after a true interruption nothing is left speaking": [
    ["started", "listening"],
    ["reply-started", "thinking"],
    ["audio-started", "speaking"],
    ["paused", "listening"],
    ["reply-ended", "listening"],
    ["resumed", "listening"],
  ],
  "a thought that is paused goes back to thinking": [
    ["started", "listening"],
    ["reply-started", "thinking"],
    ["paused", "listening"],
    ["resumed", "thinking"],
    ["audio-started", "speaking"],
  ],
  "audio that comes while the answer is paused is not heard until it goes on": [
    ["started", "listening"],
    ["reply-started", "thinking"],
    ["paused", "listening"],
    ["audio-started", "listening"],
    ["resumed", "speaking"],
  ],
  "a new answer takes the place of a paused one": [
    ["started", "listening"],
    ["reply-started", "thinking"],
    ["audio-started", "speaking"],
    ["paused", "listening"],
    ["reply-started", "thinking"],
    ["resumed", "thinking"],
    ["audio-started", "speaking"],
  ],
  "a second pause keeps what the first one remembers": [
    ["started", "listening"],
    ["reply-started", "thinking"],
    ["audio-started", "speaking"],
    ["paused", "listening"],
    ["paused", "listening"],
    ["resumed", "speaking"],
  ],
  "whoever is suspended tells the answer to its end, and then idles": [
    ["started", "listening"],
    ["reply-started", "thinking"],
    ["audio-started", "speaking"],
    ["suspended", "speaking"],
    ["reply-ended", "idle"],
    ["reply-started", "thinking"],
    ["reply-ended", "idle"],
    ["started", "listening"],
  ],
  "audio that comes after its answer has ended does not leave the agent speaking": [
    ["started", "listening"],
    ["reply-started", "thinking"],
    ["reply-ended", "listening"],
    ["audio-started", "listening"],
  ],
  "a greeting can come before the start": [
    ["reply-started", "thinking"],
    ["audio-started", "speaking"],
    ["started", "speaking"],
    ["reply-ended", "listening"],
  ],
};

test.each(Object.entries(SCRIPTS))("%s", (_title, steps) => {
  const agent = new AgentState();
  steps.forEach(([type, expected], index) => {
    const oldState = agent.state.kind;
    const change = agent.handle({ type }, index * 100);
    expect([type, agent.state.kind]).toEqual([type, expected]);
    expect(change).toEqual(
      oldState === expected ? undefined : { oldState, newState: expected, sinceSample: index * 100 },
    );
  });
});

test("a pause is known until it is over", () => {
  const agent = new AgentState();
  for (const type of ["started", "reply-started", "paused"] as const) agent.handle({ type }, 0);
  expect(agent.isPaused).toBe(true);
  agent.handle({ type: "resumed" }, 0);
  expect(agent.isPaused).toBe(false);
});

test("whatever comes, changes join up, times never go back, and an ended answer leaves the agent silent (10,000 steps)", () => {
  const types = ["started", "suspended", "reply-started", "audio-started", "paused", "resumed", "reply-ended"] as const;
  const random = randomNumbers(50);
  const agent = new AgentState();
  let last = agent.state;
  for (let step = 0; step < 10_000; step++) {
    const type = types[Math.floor(random() * types.length)]!;
    const change = agent.handle({ type }, step * 10 - Math.floor(random() * 50));
    if (change) {
      expect(change.oldState).toBe(last.kind);
      expect(change.newState).not.toBe(change.oldState);
      expect(change.sinceSample).toBeGreaterThanOrEqual(last.sinceSample);
    }
    if (type === "reply-ended") {
      expect(agent.isPaused).toBe(false);
      expect(["initializing", "idle", "listening"]).toContain(agent.state.kind);
    }
    if (agent.isPaused) expect(agent.state.kind).toBe("listening");
    last = agent.state;
  }
});
