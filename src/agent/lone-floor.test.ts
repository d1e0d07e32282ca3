import { expect, test } from "vitest";
import type { AgentEvent } from "./agent-event.ts";
import { LoneFloor } from "./lone-floor.ts";

type Step = "thinking" | "started" | "ended";

test.each<[string, readonly Step[], readonly string[]]>([
  ["a session that has begun", [], ["initializing → listening"]],
  [
    "an answer",
    ["thinking", "started", "ended"],
    ["initializing → listening", "listening → thinking", "thinking → speaking", "speaking → listening"],
  ],
  ["an answer without a word", ["thinking", "ended"], ["listening → thinking", "thinking → listening"]],
  [
    "sound without thought, as of say()",
    ["started", "ended"],
    ["listening → thinking", "thinking → speaking", "speaking → listening"],
  ],
  ["one answer right after the other", ["started", "started", "ended"], ["speaking → listening"]],
  ["an end without a beginning", ["ended", "ended"], ["initializing → listening"]],
])("%s is told as what the agent is doing", (_what, steps, told) => {
  const events: AgentEvent[] = [];
  let now = 0;
  const floor = new LoneFloor({ now: () => now, emit: (event) => events.push(event) });
  for (const step of steps) {
    now += 1_600;
    floor[step]();
  }
  const changes = events.flatMap((event) => (event.type === "agent-state" ? [`${event.from} → ${event.to}`] : []));
  expect(changes.slice(-told.length)).toEqual(told);
  expect(changes).toHaveLength(new Set(changes).size);
  expect(floor.kind).toBe(changes.at(-1)?.split(" ").at(-1));
});

test("a change is dated when it came about", () => {
  const events: AgentEvent[] = [];
  let now = 16_000;
  const floor = new LoneFloor({ now: () => now, emit: (event) => events.push(event) });
  now = 24_000;
  floor.thinking();
  expect(events).toMatchObject([{ sinceMs: 1_000 }, { sinceMs: 1_500 }]);
});
