import { expect, test } from "vitest";
import { Conversation } from "../../conversation/conversation.ts";
import { FakeClock } from "../../testing/fake-clock.ts";
import type { AgentEvent } from "../agent-event.ts";
import { AgentUtterances } from "./agent-utterances.ts";

/** An agent that speaks, and what is told of it; time is the clock's. */
function begun() {
  const clock = new FakeClock();
  const events: AgentEvent[] = [];
  const conversation = new Conversation();
  const host = { emit: (event: AgentEvent) => void events.push(event), now: () => 16 * clock.nowMs(), conversation };
  const utterances = new AgentUtterances(host, clock);
  const words = (segmentId: string, text: string, isFinal = false): void =>
    utterances.take({ side: "agent", segmentId, text, isFinal, words: [] });
  const ends = () =>
    events.flatMap((event) =>
      event.type === "agent-speech-ended" ? [[event.heardText, event.endMs, event.isInterrupted]] : [],
    );
  const captions = (): string[] => events.flatMap((event) => (event.type === "agent-caption" ? [event.text] : []));
  return { clock, utterances, words, ends, captions };
}

test("last words that come after the voice has ended belong to it, and it ended when it did", () => {
  const { clock, utterances, words, ends, captions } = begun();
  utterances.started();
  words("A", "Going");
  clock.advance(500);
  utterances.ended();
  utterances.ended();
  clock.advance(100);
  words("A", "Going home.");
  expect(ends()).toEqual([]);
  words("A", "Going home.", true);
  expect([ends(), captions().at(-1), clock.pending]).toEqual([[["Going home.", 500, false]], "Going home.", 0]);
});

test("words that came whole before the voice ended are not waited for; those that never come, for a second", () => {
  const { clock, utterances, words, ends } = begun();
  words("A", "Yes.", true);
  utterances.started();
  clock.advance(500);
  utterances.ended();
  expect(ends()).toEqual([["Yes.", 500, false]]);
  utterances.started();
  words("B", "Going");
  utterances.ended();
  clock.advance(999);
  expect(ends()).toHaveLength(1);
  clock.advance(1);
  expect([ends()[1], clock.pending]).toEqual([["Going", 500, false], 0]);
});

test.each<[string, (talk: ReturnType<typeof begun>) => void]>([
  ["the next voice", ({ utterances }) => utterances.started()],
  ["the next words", ({ words }) => words("B", "And")],
  ["an interruption", ({ utterances }) => utterances.cut()],
])("what has ended is told before %s, and was not interrupted", (_, happens) => {
  const talk = begun();
  talk.utterances.started();
  talk.words("A", "Going");
  talk.clock.advance(500);
  talk.utterances.ended();
  happens(talk);
  expect(talk.ends()).toEqual([["Going", 500, false]]);
  talk.utterances.close();
  expect(talk.clock.pending).toBe(0);
});
