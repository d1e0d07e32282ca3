import { expect, test } from "vitest";
import { FakeClock } from "../../testing/fake-clock.ts";
import type { SpeechStream, SttCapabilities } from "../contract.ts";
import type { SpeechEvent } from "../speech-event.ts";
import { fallbackAdapter, type FallbackAdapterOptions } from "./fallback-adapter.ts";
import { lineOf, Party } from "./testing/party.ts";

const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Parties A, B, C …, a fallback of them, and what is said, by the stream and about availability, in one order. */
class Rig {
  readonly parties: Party[];
  readonly clock = new FakeClock();
  readonly session = new AbortController();
  readonly said: string[] = [];
  readonly events: SpeechEvent[] = [];
  readonly stream: SpeechStream;

  constructor(capabilities: readonly Partial<SttCapabilities>[], options: FallbackAdapterOptions = {}) {
    this.parties = capabilities.map((given, index) => new Party("ABC"[index] ?? "?", given));
    this.stream = fallbackAdapter(this.parties, {
      clock: this.clock,
      onAvailabilityChanged: ({ stt, isAvailable }) =>
        this.said.push(`${stt.model} is ${isAvailable ? "back" : "out"}`),
      ...options,
    }).stream({
      onEvent: (event) => {
        this.events.push(event);
        this.said.push(lineOf(event));
      },
      signal: this.session.signal,
    });
  }

  party(model: string): Party {
    const party = this.parties.find((one) => one.model === model);
    if (!party) throw new Error(`There is no ${model}`);
    return party;
  }

  /** What was said since this was last read. */
  lines(): string[] {
    return this.said.splice(0);
  }

  push(from: number, to: number): void {
    this.stream.push(from, new Float32Array(to - from).fill(0.5));
  }

  /** One opening of the gate, closed. */
  speak(id: number, from: number, to: number): void {
    this.stream.openSegment(id, from);
    this.push(from, to);
    this.stream.flush(to);
    this.stream.closeSegment(to);
  }
}

test("the first member has the stream, and is tried as hard as the options say, whatever it was made with", () => {
  const rig = new Rig([{}, {}], { attemptTimeoutMs: 4_000, maxRetriesPerStt: 2, retryIntervalMs: 300 });
  rig.speak(1, 0, 1_600);
  const { newest } = rig.party("A");
  expect(newest.calls).toEqual(["open 1 0", "push 0-1600", "flush 1600", "close 1600"]);
  expect(newest.options.connection).toEqual({ timeoutMs: 4_000, maxRetries: 2, retryIntervalMs: 300 });
  expect(rig.party("B").streams).toEqual([]);
  newest.say({ type: "start-of-speech", startSample: 5 });
  newest.interim(1, 1, "hel", 0, 800);
  newest.final(1, 2, "hello", 0, 1_600);
  newest.say({ type: "end-of-speech" });
  newest.settle(1);
  expect(rig.lines()).toEqual([
    "start-of-speech",
    'interim 1/1 "hel" 0-800',
    'final 1/2 "hello" 0-1600',
    "end-of-speech",
    "settled 1",
  ]);
  expect(rig.events[0]).toEqual({ type: "start-of-speech", startSample: 5 });
});

test("a member that fails is followed by the next, which is given all that is not settled from its beginning", () => {
  const rig = new Rig([{}, {}]);
  rig.speak(1, 0, 1_600);
  rig.party("A").newest.final(1, 1, "one", 0, 1_600);
  rig.party("A").newest.settle(1);
  rig.speak(2, 10_000, 11_600);
  rig.stream.openSegment(3, 20_000);
  rig.push(20_000, 21_000);
  rig.lines();
  rig.party("A").newest.fail("gone");
  expect(rig.lines()).toEqual(["A is out", "error gone"]);
  expect(rig.party("A").newest.options.signal.aborted).toBe(true);
  rig.push(21_000, 22_000);
  expect(rig.party("B").newest.calls).toEqual([
    "open 2 10000",
    "push 10000-11600",
    "flush 11600",
    "close 11600",
    "open 3 20000",
    "push 20000-21000",
    "push 21000-22000",
  ]);
  rig.party("B").newest.final(2, 1, "two", 10_000, 11_600);
  expect(rig.lines()).toEqual(["recovered", 'final 2/2 "two" 10000-11600']);
});

test("a former member's finals stand until the next one tells their speech anew; then they are withdrawn first", () => {
  const rig = new Rig([{}, {}]);
  rig.stream.openSegment(1, 0);
  rig.push(0, 8_000);
  const [a] = rig.party("A").streams;
  a?.say({ type: "start-of-speech" });
  a?.final(1, 3, "good", 0, 3_000);
  a?.final(1, 4, "morning", 3_000, 6_000);
  rig.lines();
  a?.fail("gone");
  const [b] = rig.party("B").streams;
  b?.say({ type: "start-of-speech" });
  b?.interim(1, 1, "good mor", 0, 4_000);
  b?.final(1, 2, "", 0, 100);
  expect(rig.lines()).toEqual([
    "A is out",
    "error gone",
    "recovered",
    'interim 1/5 "good mor" 0-4000',
    'final 1/6 "" 0-100',
  ]);
  b?.final(1, 3, "good morning", 0, 7_000);
  b?.say({ type: "end-of-speech" });
  b?.final(1, 4, "sir", 7_000, 8_000);
  expect(rig.lines()).toEqual([
    "superseded 1/3,4",
    'final 1/7 "good morning" 0-7000',
    "end-of-speech",
    'final 1/8 "sir" 7000-8000',
  ]);
  b?.say({ type: "transcripts-superseded", segmentId: 1, transcriptIds: [4] });
  expect(rig.lines()).toEqual(["superseded 1/8"]);
});

test("a text that spans two segments replaces the finals of both", () => {
  const rig = new Rig([{}, {}]);
  rig.speak(1, 0, 1_600);
  rig.speak(2, 3_000, 4_600);
  rig.party("A").newest.final(1, 1, "one", 0, 1_600);
  rig.party("A").newest.fail("gone");
  rig.lines();
  rig.party("B").newest.final(2, 1, "one two", 0, 4_600);
  expect(rig.lines()).toEqual(["recovered", "superseded 1/1", 'final 2/2 "one two" 0-4600']);
});

test("where the next member hears nothing, the former one's final stands; a text that comes after all replaces it", () => {
  const rig = new Rig([{}, {}]);
  rig.speak(1, 0, 1_600);
  rig.party("A").newest.say({ type: "start-of-speech" });
  rig.party("A").newest.final(1, 1, "hello", 0, 1_600);
  rig.party("A").newest.fail("gone");
  rig.lines();
  rig.party("B").newest.settle(1);
  expect(rig.lines()).toEqual(["recovered", "end-of-speech", "settled 1"]);
  rig.party("B").newest.final(1, 1, "hallo", 0, 1_600);
  expect(rig.lines()).toEqual(["superseded 1/1", 'final 1/2 "hallo" 0-1600']);
});

test("audio is reported as sent once, whoever sends it again", () => {
  const rig = new Rig([{}, {}]);
  rig.stream.openSegment(1, 0);
  rig.push(0, 3_000);
  rig.party("A").newest.say({ type: "audio-sent", segmentId: 1, startSample: 0, lengthSamples: 1_000 });
  rig.party("A").newest.fail("gone");
  rig.lines();
  for (const startSample of [0, 800, 1_600]) {
    rig.party("B").newest.say({ type: "audio-sent", segmentId: 1, startSample, lengthSamples: 800 });
  }
  expect(rig.lines()).toEqual(["recovered", "sent 1/1000-1600", "sent 1/1600-2400"]);
});

test("what a member lost is lost only if nobody else is given it", () => {
  const rig = new Rig([{}, {}]);
  rig.stream.openSegment(1, 0);
  rig.push(0, 3_000);
  rig.party("A").newest.say({ type: "audio-lost", startSample: 0, lengthSamples: 1_000, cause: "unsent" });
  rig.party("A").newest.fail("gone");
  rig.lines();
  rig.party("B").newest.say({ type: "audio-lost", startSample: 500, lengthSamples: 700, cause: "unsent" });
  rig.party("B").newest.final(1, 1, "late", 1_200, 3_000);
  rig.stream.closeSegment(3_000);
  expect(rig.lines()).toEqual(["recovered", 'final 1/1 "late" 1200-3000']);
  rig.party("B").newest.settle(1);
  expect(rig.lines()).toEqual(["lost 500-1200 unsent", "settled 1"]);
});

test("thirty seconds are kept: what is older is lost, unless a final that stands has told it", () => {
  const rig = new Rig([{}, {}]);
  rig.stream.openSegment(1, 0);
  for (let at = 0; at < 40 * 16_000; at += 16_000) rig.push(at, at + 16_000);
  rig.party("A").newest.final(1, 1, "told", 0, 3 * 16_000);
  rig.party("A").newest.final(1, 2, "astride", 9 * 16_000, 12 * 16_000);
  rig.party("A").newest.final(1, 3, "again", 15 * 16_000, 20 * 16_000);
  rig.lines();
  rig.party("A").newest.fail("gone");
  // Kept from 10 s on; the final from 9 s to 12 s stands, so the next member begins at its end.
  expect(rig.lines()).toEqual(["A is out", "error gone"]);
  expect(rig.party("B").newest.calls.slice(0, 2)).toEqual([
    `open 1 ${12 * 16_000}`,
    `push ${12 * 16_000}-${13 * 16_000}`,
  ]);
  rig.party("B").newest.final(1, 1, "anew", 12 * 16_000, 20 * 16_000);
  expect(rig.lines()).toEqual(["recovered", "superseded 1/3", `final 1/4 "anew" ${12 * 16_000}-${20 * 16_000}`]);
});

test("where nobody told what is kept no more, it is reported", () => {
  const rig = new Rig([{}, {}]);
  rig.stream.openSegment(1, 0);
  for (let at = 0; at < 40 * 16_000; at += 16_000) rig.push(at, at + 16_000);
  rig.party("A").newest.say({ type: "audio-sent", segmentId: 1, startSample: 0, lengthSamples: 16_000 });
  rig.lines();
  rig.party("A").newest.fail("gone");
  expect(rig.lines()).toEqual([
    "A is out",
    "error gone",
    "lost 0-16000 unanswered",
    `lost 16000-${10 * 16_000} unsent`,
  ]);
  expect(rig.party("B").newest.calls[1]).toBe(`push ${10 * 16_000}-${11 * 16_000}`);
});

test("where members end turns the gate stays open, and a final settles what came before its end", () => {
  const rig = new Rig([{ endsTurns: true }, { endsTurns: true }]);
  rig.stream.openSegment(1, 0);
  rig.push(0, 16_000);
  rig.push(16_000, 32_000);
  rig.party("A").newest.final(1, 1, "hello", 0, 20_000);
  rig.lines();
  rig.party("A").newest.fail("gone");
  expect(rig.party("B").newest.calls).toEqual(["open 1 20000", "push 20000-32000"]);
  rig.party("B").newest.final(1, 1, "and", 20_000, 30_000);
  expect(rig.lines()).toEqual(["A is out", "error gone", "recovered", 'final 1/2 "and" 20000-30000']);
});

test("when all have failed since the last progress, the last real error ends the stream, and the loss is told first", () => {
  const rig = new Rig([{}, {}, {}]);
  rig.stream.openSegment(1, 0);
  rig.push(0, 1_600);
  rig.party("A").newest.final(1, 1, "hel", 0, 600);
  rig.lines();
  rig.party("A").newest.fail("a");
  rig.party("B").newest.fail("b");
  rig.party("C").newest.fail("c");
  expect(rig.lines()).toEqual([
    "A is out",
    "error a",
    "B is out",
    "error b",
    "C is out",
    "lost 600-1600 unsent",
    "failed c",
  ]);
  rig.push(1_600, 3_200);
  rig.stream.closeSegment(3_200);
  rig.party("C").newest.fail("again");
  expect([rig.lines(), rig.stream.health.connection]).toEqual([[], "ended"]);
});

test("a text that reaches no further than one before is no progress: members do not take turns for ever", () => {
  const rig = new Rig([{}, {}]);
  rig.stream.openSegment(1, 0);
  rig.push(0, 1_600);
  rig.party("A").newest.final(1, 1, "hel", 0, 600);
  rig.party("A").newest.fail("a");
  rig.party("B").newest.final(1, 1, "hell", 0, 600);
  rig.lines();
  rig.party("B").newest.fail("b");
  expect(rig.lines()).toEqual(["B is out", "lost 600-1600 unsent", "failed b"]);
});

test("members that are out are tried after those that are not, and again after progress", () => {
  const rig = new Rig([{}, {}, {}]);
  rig.speak(1, 0, 1_600);
  rig.party("A").newest.fail("a");
  rig.party("B").newest.settle(1);
  rig.speak(2, 3_000, 4_600);
  rig.party("B").newest.fail("b");
  rig.party("C").newest.fail("c");
  expect(rig.party("A").streams.length).toBe(3); // first, as a probe, and now again
  expect(rig.party("A").newest.calls[0]).toBe("open 2 3000");
  rig.lines();
  rig.party("A").newest.final(2, 1, "two", 3_000, 4_600);
  expect(rig.lines()).toEqual(["recovered", "A is back", 'final 2/1 "two" 3000-4600']);
  rig.party("A").newest.fail("again");
  expect(rig.lines()).toEqual(["A is out", "error again"]);
  expect(rig.party("B").newest.calls[0]).toBe("open 2 3000");
});

test("a member that is out hears what is said from then on, gently, and its first text brings it back", () => {
  const rig = new Rig([{}, {}]);
  rig.stream.openSegment(1, 0);
  rig.push(0, 1_600);
  rig.party("A").newest.fail("gone");
  expect(rig.party("A").streams.length).toBe(1);
  rig.push(1_600, 3_200);
  const probe = rig.party("A").newest;
  rig.stream.flush(3_200);
  rig.stream.closeSegment(3_200);
  rig.stream.openSegment(2, 9_000);
  rig.push(9_000, 9_500);
  expect(probe.calls).toEqual([
    "open 1 1600",
    "push 1600-3200",
    "flush 3200",
    "close 3200",
    "open 2 9000",
    "push 9000-9500",
  ]);
  expect(probe.options.connection).toEqual({ timeoutMs: 10_000, maxRetries: 0, retryIntervalMs: 5_000 });
  rig.lines();
  probe.interim(1, 1, "he", 1_600, 2_000);
  probe.final(1, 2, "", 1_600, 3_200);
  probe.say({ type: "recognition-usage", audioSamples: 100, requestId: "probe" });
  expect(rig.lines()).toEqual([]);
  probe.final(1, 3, "hello", 1_600, 3_200);
  expect(rig.lines()).toEqual(["A is back"]);
  expect(probe.options.signal.aborted).toBe(true);
  // The one that works goes on; the next failure is the other's turn.
  rig.push(9_500, 10_000);
  expect([rig.party("A").streams.length, rig.party("B").newest.calls.at(-1)]).toEqual([2, "push 9500-10000"]);
  rig.party("B").newest.fail("b");
  expect(rig.party("A").newest.calls).toContain("push 9000-9500");
});

test("a probe that fails is repeated after the retry interval of the capture clock, and concerns nobody", () => {
  const rig = new Rig([{}, {}], { retryIntervalMs: 1_000 });
  rig.party("A").newest.fail("gone");
  rig.stream.openSegment(1, 0);
  rig.lines();
  rig.party("A").onStream = (stream) => stream.fail("still gone");
  for (let at = 0; at < 48_000; at += 1_600) rig.push(at, at + 1_600);
  expect(rig.party("A").streams.length).toBe(1 + 3);
  expect(rig.lines()).toEqual([]);
  expect(rig.party("B").newest.calls.length).toBe(1 + 30);
});

test("whatever a probe throws, the member that works misses nothing", () => {
  const rig = new Rig([{}, {}]);
  rig.party("A").newest.fail("gone");
  rig.party("A").onStream = (stream) => {
    stream.push = () => {
      throw new Error("broken recovering stream");
    };
  };
  rig.stream.openSegment(1, 0);
  rig.push(0, 1_600);
  rig.push(1_600, 3_200);
  expect(rig.party("B").newest.calls).toEqual(["open 1 0", "push 0-1600", "push 1600-3200"]);
});

test("a member that throws, at once or while it is fed, has failed like any other", () => {
  const rig = new Rig([{}, {}, {}]);
  rig.party("B").stream = () => {
    throw new RangeError("no such model");
  };
  rig.stream.openSegment(1, 0);
  rig.push(0, 1_600);
  rig.party("A").newest.push = () => {
    throw new Error("torn");
  };
  rig.lines();
  rig.push(1_600, 3_200);
  expect(rig.lines()).toEqual([
    "A is out",
    "error The provider failed: Error: torn",
    "B is out",
    "error The provider failed: RangeError: no such model",
  ]);
  expect(rig.party("C").newest.calls).toEqual(["open 1 0", "push 0-1600", "push 1600-3200"]);
});

test("a member that fails while it is handed the past is followed by the next, once", () => {
  const rig = new Rig([{}, {}, {}]);
  rig.stream.openSegment(1, 0);
  rig.push(0, 1_600);
  rig.party("B").onStream = (stream) => {
    stream.push = () => stream.fail("b");
  };
  rig.lines();
  rig.party("A").newest.fail("a");
  expect(rig.lines()).toEqual(["A is out", "error a", "B is out", "error b"]);
  expect(rig.party("C").newest.calls).toEqual(["open 1 0", "push 0-1600"]);
  expect(rig.party("B").newest.calls).toEqual(["open 1 0"]);
});

test("a member is at work with its own retries: its errors pass, and so does its recovery", () => {
  const rig = new Rig([{}, {}]);
  const [a] = rig.party("A").streams;
  rig.stream.openSegment(1, 0);
  rig.push(0, 1_600);
  a?.fail("gone");
  const [b] = rig.party("B").streams;
  rig.lines();
  b?.say({ type: "recovered" });
  b?.say({ type: "audio-sent", segmentId: 1, startSample: 0, lengthSamples: 1_600 });
  b?.say({ type: "recovered" });
  expect(rig.lines()).toEqual(["recovered", "sent 1/0-1600", "recovered"]);
});

test("a member that is given the past has the time to answer it: its clock goes on from there until the gate opens", () => {
  const rig = new Rig([{}, {}]);
  rig.speak(1, 0, 1_600);
  rig.stream.advance(100_000);
  rig.party("A").newest.fail("gone");
  const { newest } = rig.party("B");
  expect(newest.nowSample).toBe(1_600);
  rig.stream.advance(100_512);
  expect(newest.nowSample).toBe(1_600 + 512);
  rig.stream.openSegment(2, 100_512);
  rig.stream.advance(101_024);
  expect(newest.nowSample).toBe(101_024);
});

test("usage and metrics are those of whoever is at work", () => {
  const rig = new Rig([{}, {}]);
  rig.party("A").newest.fail("gone");
  rig.lines();
  const metrics = { provider: "party", model: "B", requestId: "r", audioMs: 100, durationMs: 0, isStreamed: true };
  rig.party("B").newest.say({ type: "metrics-collected", metrics });
  expect(rig.lines()).toEqual(["recovered", "metrics B 100 ms"]);
});

test("health is that of whoever is at work, with the attempts of all", () => {
  const rig = new Rig([{}, {}]);
  expect(rig.stream.health).toEqual({
    connection: "open",
    waitingSamples: 1,
    unansweredSamples: 2,
    attempts: 3,
    skippedMessages: 4,
  });
  rig.party("A").newest.fail("gone");
  expect(rig.stream.health).toMatchObject({ connection: "open", attempts: 6, skippedMessages: 8 });
});

test("finish waits for whoever is at work, within its limit, also for one that begins meanwhile", async () => {
  const rig = new Rig([{}, {}]);
  rig.stream.openSegment(1, 0);
  rig.push(0, 1_600);
  const finished = rig.stream.finish(2_000);
  expect(rig.party("A").newest.calls.slice(-3)).toEqual(["flush 1600", "close 1600", "finish"]);
  rig.lines();
  rig.party("A").newest.fail("gone");
  rig.party("A").newest.finished();
  await quiet();
  expect(rig.party("B").newest.calls).toEqual(["open 1 0", "push 0-1600", "flush 1600", "close 1600", "finish"]);
  rig.party("B").newest.final(1, 1, "bye", 0, 1_600);
  rig.party("B").newest.settle(1);
  rig.party("B").newest.finished();
  await finished;
  expect(rig.lines()).toEqual(["A is out", "error gone", "recovered", 'final 1/1 "bye" 0-1600', "settled 1"]);
  expect(rig.stream.health.connection).toBe("ended");
});

test("finish reports what was not told by its end", async () => {
  const rig = new Rig([{}, {}]);
  rig.stream.openSegment(1, 0);
  rig.push(0, 1_600);
  const finished = rig.stream.finish(2_000);
  rig.party("A").newest.say({ type: "audio-sent", segmentId: 1, startSample: 0, lengthSamples: 1_600 });
  rig.party("A").newest.final(1, 1, "by", 0, 1_000);
  rig.party("A").newest.say({ type: "audio-lost", startSample: 1_200, lengthSamples: 400, cause: "unanswered" });
  rig.party("A").newest.finished();
  await finished;
  expect(rig.lines().at(-1)).toBe("lost 1000-1600 unanswered");
});

test("aborting ends all of it at once, without an event", () => {
  const rig = new Rig([{}, {}]);
  rig.party("A").newest.fail("gone");
  rig.stream.openSegment(1, 0);
  rig.push(0, 1_600);
  rig.lines();
  rig.session.abort();
  rig.party("B").newest.final(1, 1, "late", 0, 1_600);
  rig.stream.closeSegment(1_600);
  expect(rig.lines()).toEqual([]);
  expect([...rig.party("A").streams, ...rig.party("B").streams].map(({ options }) => options.signal.aborted)).toEqual([
    true,
    true,
    true,
  ]);
});

test("who aborts when a member is out hears nothing more", () => {
  const session = new AbortController();
  const parties = [new Party("A"), new Party("B")];
  const said: string[] = [];
  const stt = fallbackAdapter(parties, { onAvailabilityChanged: () => session.abort() });
  stt.stream({ onEvent: (event) => said.push(lineOf(event)), signal: session.signal });
  parties[0]?.newest.fail("gone");
  expect([said, parties[1]?.streams]).toEqual([[], []]);
});

test("a member that was recognising whole recordings only is made to stream", async () => {
  const rig = new Rig([{}, { streaming: false, flush: "none" }]);
  rig.speak(1, 0, 1_600);
  rig.lines();
  rig.party("A").newest.fail("gone");
  const [request] = rig.party("B").requests;
  expect(request?.options.connection).toEqual({ timeoutMs: 10_000, maxRetries: 1, retryIntervalMs: 5_000 });
  request?.answer("hello");
  await quiet();
  expect(rig.lines()).toEqual([
    "A is out",
    "error gone",
    "recovered",
    "start-of-speech",
    "end-of-speech",
    "sent 1/0-1600",
    "sent 1",
    "usage 1600 utterance-1",
    "metrics B 100 ms",
    'final 1/1 "hello" 0-1600',
    "settled 1",
  ]);
});

test("a stream begins with the first member that is available, and with the first of all where none is", () => {
  const [a, b] = [new Party("A"), new Party("B")];
  const stt = fallbackAdapter([a, b]);
  const start = (): void => {
    stt.stream({ onEvent: () => undefined, signal: new AbortController().signal });
  };
  start();
  a.newest.fail("gone");
  start();
  expect([a.streams.length, b.streams.length]).toEqual([1, 2]);
  b.newest.fail("gone too");
  start();
  expect([a.streams.length, b.streams.length]).toEqual([3, 2]); // the second of A's: for the stream that B failed
});

test.each([
  ["all stream interims", [{}, {}], { interimResults: true, flush: "inline", alignedTranscript: "word" }],
  ["one has none", [{}, { interimResults: false }], { interimResults: false }],
  ["all tell speakers apart", [{ diarization: true }, { diarization: true }], { diarization: true }],
  ["one tells none", [{ diarization: true }, {}], { diarization: false }],
  ["aligned unalike", [{ alignedTranscript: "chunk" }, {}], { alignedTranscript: "chunk" }],
  ["one is unaligned", [{}, { alignedTranscript: false }], { alignedTranscript: false }],
  ["all end their streams", [{ flush: "ends-stream" }, { flush: "ends-stream" }], { flush: "ends-stream" }],
  ["one takes no flush", [{}, { flush: "none" }], { flush: "none" }],
  ["flush unalike", [{}, { flush: "ends-stream" }], { flush: "none" }],
  ["one does not stream", [{}, { streaming: false }], { streaming: true, interimResults: false }],
  ["one takes recordings", [{ offlineRecognize: false }, {}], { offlineRecognize: true }],
  ["all end turns", [{ endsTurns: true }, { endsTurns: true }], { endsTurns: true }],
] as const)("it can do what all of them can: %s", (_, given, expected) => {
  expect(fallbackAdapter(given.map((capabilities) => new Party("x", capabilities))).capabilities).toMatchObject(
    expected,
  );
});

test("lists that cannot work, and options out of range, are refused when it is made", () => {
  const ender = new Party("flux", { endsTurns: true });
  const other = new Party("nova");
  const mixed = new TypeError("fallbackAdapter() cannot mix flux, which ends turns, with nova, which does not");
  expect(() => fallbackAdapter([])).toThrow(new TypeError("fallbackAdapter() needs at least one stt, got none"));
  expect(() => fallbackAdapter([other, ender])).toThrow(mixed);
  expect(() => fallbackAdapter([ender, other])).toThrow(mixed);
  expect(() => fallbackAdapter([new Party("dumb", { streaming: false, offlineRecognize: false })])).toThrow(TypeError);
  expect(() => fallbackAdapter([other], { attemptTimeoutMs: 0 })).toThrow(
    new RangeError("attemptTimeoutMs must be in [1, 600000] ms, got 0"),
  );
  expect(() => fallbackAdapter([other], { maxRetriesPerStt: 0.5 })).toThrow(
    new RangeError("maxRetriesPerStt must be a whole number in [0, 1000], got 0.5"),
  );
});

test("prewarm reaches the first, through adapters", () => {
  const parties = [new Party("A", { streaming: false }), new Party("B")];
  fallbackAdapter([fallbackAdapter(parties)]).prewarm?.();
  expect(parties.map(({ prewarmCount }) => prewarmCount)).toEqual([1, 0]);
});

/** Requests for whole recordings. */
class Requests {
  readonly a = new Party("A");
  readonly b = new Party("B");
  readonly said: string[] = [];
  readonly stt = fallbackAdapter([this.a, this.b], {
    onAvailabilityChanged: ({ stt, isAvailable }) => this.said.push(`${stt.model} is ${isAvailable ? "back" : "out"}`),
  });

  recognize(signal?: AbortSignal): Promise<string> {
    const result = this.stt.recognize(new Float32Array(1_600), signal ? { signal } : {});
    return result.then(
      ({ text }) => text,
      (error: unknown) => `failed: ${String(error)}`,
    );
  }
}

test("a recording goes to the next member when one fails; a probe with the same recording brings that one back", async () => {
  const requests = new Requests();
  const { a, b, said } = requests;
  const text = requests.recognize();
  a.requests[0]?.fail("full");
  await quiet();
  b.requests[0]?.answer("hello");
  expect(await text).toBe("hello");
  expect(said).toEqual(["A is out"]);
  expect(a.requests.map(({ options }) => options.connection?.maxRetries)).toEqual([1, 0]);
  expect(a.requests[1]?.samples).toBe(a.requests[0]?.samples);
  const second = requests.recognize();
  b.requests[1]?.answer("again");
  expect(await second).toBe("again");
  expect(a.requests.length).toBe(2); // one probe at a time
  a.requests[1]?.answer("probe");
  await quiet();
  expect(said).toEqual(["A is out", "A is back"]);
  const third = requests.recognize();
  a.requests[2]?.answer("mine");
  expect(await third).toBe("mine");
});

test("a member that is out is probed by each recording that another recognises", async () => {
  const requests = new Requests();
  const { a, b } = requests;
  const first = requests.recognize();
  a.requests[0]?.fail("full");
  await quiet();
  a.requests[1]?.fail("still full");
  b.requests[0]?.answer("one");
  await first;
  await quiet();
  expect(a.requests.length).toBe(3);
});

test("when all fail, the last real error comes out, and all are tried again by the next recording", async () => {
  const requests = new Requests();
  const { a, b, said } = requests;
  const first = requests.recognize();
  a.requests[0]?.fail("a is full");
  await quiet();
  b.requests[0]?.fail("b is full");
  expect(await first).toBe("failed: VoiceError: b is full");
  expect(said).toEqual(["A is out", "B is out"]);
  const second = requests.recognize();
  a.requests.at(-1)?.answer("hello");
  expect(await second).toBe("hello");
  expect(said).toEqual(["A is out", "B is out", "A is back"]);
});

test("aborting a recording rejects with its reason, and nobody is out for it", async () => {
  const requests = new Requests();
  const aborted = new AbortController();
  const text = requests.recognize(aborted.signal);
  aborted.abort(new Error("not needed any more"));
  expect(await text).toBe("failed: Error: not needed any more");
  expect([requests.said, requests.b.requests]).toEqual([[], []]);
});

test("a fallback of members that recognise no whole recordings says so", async () => {
  const stt = fallbackAdapter([new Party("A", { offlineRecognize: false })]);
  await expect(stt.recognize(new Float32Array(10))).rejects.toMatchObject({ code: "not-supported" });
});
