import { expect, test } from "vitest";
import { Conversation } from "../conversation/conversation.ts";
import { PreemptiveGeneration } from "./preemptive-generation.ts";
import { turnSettings } from "./turn-settings.ts";
import type { PreemptiveGenerationOptions } from "./turn-options.ts";

const SECOND = 16_000;

class Rig {
  readonly conversation = new Conversation();
  readonly preemptive: PreemptiveGeneration;

  constructor(options: PreemptiveGenerationOptions = {}) {
    this.preemptive = new PreemptiveGeneration(turnSettings({ preemptiveGeneration: options }).preemptiveGeneration);
  }

  prepare(text: string, seconds = 1): ReturnType<PreemptiveGeneration["prepare"]> {
    return this.preemptive.prepare(text, seconds * SECOND, this.conversation);
  }

  take(text: string): number | undefined {
    return this.preemptive.take(text, this.conversation)?.generationId;
  }
}

test("the same words, however they are written, are prepared once, and serve the turn", () => {
  const rig = new Rig();
  const prepared = rig.prepare("hello there");
  expect([rig.prepare("Hello, there."), prepared?.generationId]).toEqual([undefined, 1]);
  expect([rig.take("HELLO there!"), prepared?.signal.aborted]).toEqual([1, false]);
  rig.preemptive.cancel();
  expect(prepared?.signal.aborted).toBe(false); // it is in a turn now
});

test("other words call off what was prepared, before the turn or with it", () => {
  const rig = new Rig();
  const [first, second] = [rig.prepare("hello"), rig.prepare("hello there")];
  expect([first?.signal.aborted, second?.signal.aborted]).toEqual([true, false]);
  expect([rig.take("hello there you"), second?.signal.aborted]).toEqual([undefined, true]);
});

test("what was said by others meanwhile calls it off, and it is prepared anew", () => {
  const rig = new Rig();
  const first = rig.prepare("hello");
  rig.conversation.add({ role: "assistant", text: "One more thing." });
  expect([rig.prepare("hello")?.generationId, first?.signal.aborted]).toEqual([2, true]);
  rig.conversation.add({ role: "assistant", text: "" }); // an agent reads nothing of that
  expect(rig.take("hello")).toBe(2);
});

test("at most so many in one turn, cleared turns being none; not after long speech, not for nothing", () => {
  const rig = new Rig({ maxAttempts: 2, maxSpeechMs: 3_000 });
  const ids = ["a", "a b", "a b c"].map((text) => rig.prepare(text)?.generationId);
  expect(ids).toEqual([1, 2, undefined]);
  rig.preemptive.reset();
  expect([rig.prepare("d")?.generationId, rig.take("d"), rig.prepare("e")?.generationId]).toEqual([3, 3, 4]);
  expect([rig.prepare("long", 3.1), rig.prepare("")]).toEqual([undefined, undefined]);
});

test("can be turned off, also while something is prepared", () => {
  expect(new Rig({ enabled: false }).prepare("a")).toBeUndefined();
  const rig = new Rig();
  const prepared = rig.prepare("a");
  rig.preemptive.update(turnSettings({ preemptiveGeneration: { enabled: false } }).preemptiveGeneration);
  expect([prepared?.signal.aborted, rig.prepare("b"), rig.take("a")]).toEqual([true, undefined, undefined]);
});
