import { describe, expect, test } from "vitest";
import { CAPTURE_RATE } from "../audio/units.ts";
import type { SpeechEvent, TranscriptEvent } from "../stt/speech-event.ts";
import { randomNumbers } from "../testing/random.ts";
import { TranscriptHold } from "./transcript-hold.ts";

type Kind = "interim" | "preflight" | "final";
const START: SpeechEvent = { type: "start-of-speech" };
const END: SpeechEvent = { type: "end-of-speech" };

let ids = 0;

function samples(seconds: number): number {
  return Math.round(seconds * CAPTURE_RATE);
}

function text(words: string, from: number, to: number, kind: Kind = "final"): TranscriptEvent {
  return {
    type: `${kind}-transcript`,
    segmentId: 1,
    transcriptId: ++ids,
    requestId: "r",
    data: {
      text: words,
      language: "en",
      startSample: samples(from),
      endSample: samples(to),
      confidence: 1,
      words: [],
    },
  };
}

/** A hold, with what it lets through and what it drops as words. */
function holding(boundarySeconds = 0): { hold: TranscriptHold; passed: string[]; dropped: string[] } {
  const passed: string[] = [];
  const dropped: string[] = [];
  const hold = new TranscriptHold({
    boundarySamples: samples(boundarySeconds),
    emit: (event) => passed.push("data" in event ? event.data.text : event.type),
    onDropped: (event) => dropped.push(event.data.text),
  });
  return { hold, passed, dropped };
}

describe("while the agent is heard", () => {
  test("speech and words are held, and all else passes", () => {
    const { hold, passed } = holding();
    hold.push(text("before", 0, 1));
    hold.agentStarted(samples(2));
    for (const event of [START, text("held", 3, 4), END]) hold.push(event);
    hold.push({ type: "segment-settled", segmentId: 1 });
    hold.push({ type: "recognition-usage", audioSamples: 5, requestId: "r" });
    hold.push({ type: "flush-sent", segmentId: 1 });
    expect(passed).toEqual(["before", "segment-settled", "recognition-usage", "flush-sent"]);
    expect(hold.heldEvents).toBe(3);
  });

  test("an interim that a later text replaces is not kept", () => {
    const { hold, passed } = holding();
    hold.agentStarted(0);
    for (const event of [START, text("a", 3, 4, "interim"), text("ab", 3, 5, "interim"), text("abc", 3, 6), END]) {
      hold.push(event);
    }
    expect(hold.heldEvents).toBe(3);
    hold.agentEnded(0, samples(7));
    expect(passed).toEqual(["start-of-speech", "abc", "end-of-speech"]);
  });

  test("nothing is held without it: a hold that never hears of an agent changes nothing", () => {
    const { hold, passed } = holding();
    for (const event of [START, text("a", 1, 2, "interim"), text("a b", 1, 3), END]) hold.push(event);
    expect(passed).toEqual(["start-of-speech", "a", "a b", "end-of-speech"]);
  });
});

describe("when the agent is heard no more", () => {
  test("a backchannel is dropped with its start and its end", () => {
    const { hold, passed, dropped } = holding();
    hold.agentStarted(samples(5));
    for (const event of [START, text("mhm", 6, 6.5), END]) hold.push(event);
    hold.agentEnded(samples(10), samples(10));
    expect([passed, dropped]).toEqual([[], ["mhm"]]);
  });

  test("after an interruption, what came before it is dropped, and all since passes in order", () => {
    const { hold, passed, dropped } = holding();
    hold.agentStarted(samples(5));
    for (const event of [START, text("mhm", 6, 6.5), END, START, text("no stop", 8, 9)]) hold.push(event);
    hold.agentEnded(samples(8), samples(9.2));
    hold.push(END);
    hold.push(text("please", 9, 10));
    expect(passed).toEqual(["start-of-speech", "no stop", "end-of-speech", "please"]);
    expect(dropped).toEqual(["mhm"]);
  });

  test("what was said in the last boundary before the end is an early answer (H.2.8)", () => {
    const { hold, passed, dropped } = holding(0.5);
    hold.agentStarted(samples(1));
    hold.agentEnded(samples(10), samples(10));
    hold.push(text("early answer", 9.75, 10));
    hold.push(text("backchannel", 9.25, 9.5));
    expect([passed, dropped]).toEqual([["early answer"], ["backchannel"]]);
  });

  test("what began before the agent, or lasts longer than it, passes whole", () => {
    const { hold, passed } = holding();
    hold.agentStarted(samples(5));
    hold.push(text("began before", 4, 6));
    hold.push(text("lasts longer", 9, 11));
    hold.agentEnded(samples(10), samples(12));
    expect(passed).toEqual(["began before", "lasts longer"]);
  });

  test("a text that comes late is judged by when it was said", () => {
    const { hold, passed, dropped } = holding();
    hold.agentStarted(samples(5));
    hold.agentEnded(samples(10), samples(10));
    for (const event of [START, text("mhm", 9, 9.5), END]) hold.push(event);
    for (const event of [START, text("hello", 11, 11.5, "interim"), text("hello there", 11, 12), END]) hold.push(event);
    expect(passed).toEqual(["start-of-speech", "hello", "hello there", "end-of-speech"]);
    expect(dropped).toEqual(["mhm"]);
  });

  test("a late text is still dropped when the agent has meanwhile begun anew, and nobody's words of between are", () => {
    const { hold, passed, dropped } = holding();
    hold.agentStarted(samples(5));
    hold.agentEnded(samples(10), samples(10));
    hold.agentStarted(samples(13));
    hold.push(text("mhm", 9, 9.5));
    hold.push(text("between", 11, 12));
    hold.agentEnded(samples(15), samples(15));
    expect([passed, dropped]).toEqual([["between"], ["mhm"]]);
  });

  test("a start whose place is known passes at once, outside", () => {
    const { hold, passed } = holding();
    hold.agentStarted(samples(5));
    hold.agentEnded(samples(10), samples(10));
    hold.push({ type: "start-of-speech", startSample: samples(11) });
    expect(passed).toEqual(["start-of-speech"]);
    hold.push(END);
    hold.push({ type: "start-of-speech", startSample: samples(9) });
    expect(passed).toEqual(["start-of-speech", "end-of-speech"]);
  });

  test("SEED's edge: a start of speech right after the agent loses nothing of what was held", () => {
    const { hold, passed } = holding();
    hold.agentStarted(samples(5));
    hold.push(text("wait", 9, 10.5));
    hold.agentEnded(samples(10), samples(10.5));
    hold.push(START);
    hold.push(text("a moment", 11, 12));
    expect(passed).toEqual(["wait", "start-of-speech", "a moment"]);
  });

  test("an interim that was let through brings its final along, even if that ends earlier", () => {
    const { hold, passed } = holding();
    hold.agentStarted(samples(5));
    hold.push(text("wait a", 9, 10.2, "interim"));
    hold.agentEnded(samples(10), samples(10.2));
    hold.push(text("wait", 9, 9.9));
    hold.push(text("mhm", 8, 8.5));
    expect(passed).toEqual(["wait a", "wait"]);
  });

  test("taking finals back is never dropped, and stays in its place", () => {
    const { hold, passed } = holding();
    hold.push(text("stop it", 1, 2));
    hold.agentStarted(samples(5));
    hold.push({ type: "transcripts-superseded", segmentId: 1, transcriptIds: [ids] });
    hold.push(text("stop that", 1, 2));
    expect(passed).toEqual(["stop it"]);
    hold.agentEnded(samples(10), samples(10));
    expect(passed).toEqual(["stop it", "transcripts-superseded", "stop that"]);
  });
});

// Agent heard from 1005 s, ignoring until 1010 s, unless told otherwise (test_interruption_hold_window.py and JS).
describe("HEAD's window", () => {
  test.each([
    ["inside", 1007, 1008, true],
    ["anchored before the agent", 1002, 1003, false],
    ["after the cut-off", 1015, 1016, false],
    ["of an earlier overlap", 1006, 1006.5, true],
    ["of a later overlap", 1008, 1008.5, true],
    ["without a beginning of its own", 1000, 1012.5, false],
    // HEAD holds it by its beginning, and lets it through by its end; here it never waits.
    ["moved by a reconnect, and longer than the window", 1005.5, 1017, false],
  ])("a text %s", (_what, from, to, isDropped) => {
    const { hold, passed, dropped } = holding();
    hold.agentStarted(samples(1_005));
    hold.agentEnded(samples(1_010), samples(1_010));
    hold.push(text("hi", from, to));
    expect([dropped.length, passed.length]).toEqual(isDropped ? [1, 0] : [0, 1]);
  });

  test("reaches no further than now, whatever it is told", () => {
    const { hold, passed } = holding();
    hold.agentStarted(samples(1));
    hold.agentEnded(samples(110), samples(10));
    hold.push(text("later", 20, 21));
    expect(passed).toEqual(["later"]);
  });
});

test("release lets everything through, in order, and ignores nothing any more (H.2.10)", () => {
  const { hold, passed, dropped } = holding();
  hold.agentStarted(samples(5));
  for (const event of [START, text("held transcript", 6, 7), END]) hold.push(event);
  hold.release();
  hold.push(text("late", 8, 9));
  hold.agentEnded(samples(10), samples(10));
  expect(passed).toEqual(["start-of-speech", "held transcript", "end-of-speech", "late"]);
  expect(dropped).toEqual([]);
});

test("clear forgets what is held, and goes on holding", () => {
  const { hold, passed } = holding();
  hold.agentStarted(samples(5));
  hold.push(text("cleared", 4, 7));
  hold.clear();
  hold.push(text("answer", 9, 11));
  expect(passed).toEqual([]);
  hold.agentEnded(samples(10), samples(11));
  expect(passed).toEqual(["answer"]);
});

test("whatever happens, each final passes or is dropped once, in order, and starts and ends stay in pairs", () => {
  for (let seed = 0; seed < 1_000; seed++) {
    const random = randomNumbers(seed);
    const { hold, passed, dropped } = holding(random() < 0.5 ? 0 : 0.5);
    let now = 0;
    let isHeard = false;
    let isSpeaking = false;
    let finals = 0;
    for (let step = 0; step < 80; step++) {
      now += random();
      const chance = random();
      if (chance < 0.15) {
        if (isHeard) hold.agentEnded(samples(now - random()), samples(now));
        else hold.agentStarted(samples(now));
        isHeard = !isHeard;
      } else if (chance < 0.4) {
        hold.push(isSpeaking ? END : random() < 0.5 ? START : { type: "start-of-speech", startSample: samples(now) });
        isSpeaking = !isSpeaking;
      } else if (isSpeaking) {
        const from = Math.max(0, now - 3 * random());
        if (random() < 0.5) hold.push(text(`i${step}`, from, now, "interim"));
        else hold.push(text(`f${finals++}`, from, now));
      }
    }
    if (isSpeaking) hold.push(END);
    hold.release();
    const told = (list: readonly string[]): number[] =>
      list.filter((one) => /^f\d/.test(one)).map((one) => Number(one.slice(1)));
    expect(told(passed)).toEqual(told(passed).toSorted((a, b) => a - b));
    expect([...told(passed), ...told(dropped)].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: finals }, (_, id) => id),
    );
    const marks = passed.filter((one) => one.endsWith("-of-speech"));
    expect(marks).toEqual(marks.map((_, index) => (index % 2 === 0 ? "start-of-speech" : "end-of-speech")));
    expect(marks.length % 2).toBe(0);
  }
});
