import { expect, test } from "vitest";
import { VoiceError } from "../../errors.ts";
import { FakeClock } from "../../testing/fake-clock.ts";
import { SpeechDetector } from "../../vad/speech-detector.ts";
import type { SpeechStream } from "../contract.ts";
import type { SpeechEvent } from "../speech-event.ts";
import { streamAdapter, type StreamAdapterOptions } from "./stream-adapter.ts";
import type { SpeechBoundary, StreamVad } from "./vad-speech-stream.ts";
import { lineOf, Party } from "./testing/party.ts";

const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class Rig {
  readonly party = new Party("whisper", { streaming: false });
  readonly clock = new FakeClock();
  readonly session = new AbortController();
  readonly events: SpeechEvent[] = [];
  readonly stream: SpeechStream;

  constructor(options: StreamAdapterOptions = {}) {
    this.stream = streamAdapter(this.party, { clock: this.clock, ...options }).stream({
      onEvent: (event) => this.events.push(event),
      signal: this.session.signal,
      connection: { maxRetries: 7 },
    });
  }

  /** What was said since this was last read. */
  lines(): string[] {
    return this.events.splice(0).map(lineOf);
  }

  push(from: number, to: number, level = 0.5): void {
    this.stream.push(from, new Float32Array(to - from).fill(level));
  }

  async answer(index: number, text: string): Promise<void> {
    this.party.requests[index]?.answer(text);
    await quiet();
  }
}

test("an utterance is one request when it has ended, and its end is told before it is recognised", async () => {
  const rig = new Rig();
  rig.stream.openSegment(1, 800);
  rig.push(800, 1_600);
  rig.push(1_600, 4_000);
  expect([rig.lines(), rig.party.requests.length]).toEqual([["start-of-speech"], 0]);
  rig.stream.flush(3_500);
  expect(rig.lines()).toEqual(["end-of-speech", "sent 1/800-4000", "sent 1"]);
  const [request] = rig.party.requests;
  expect(request?.samples.length).toBe(3_200);
  expect(request?.options).toMatchObject({ startSample: 800, connection: { maxRetries: 7 } });
  rig.clock.advance(250);
  rig.stream.closeSegment(4_000);
  await rig.answer(0, "turn on the light");
  expect(rig.events).toContainEqual({
    type: "metrics-collected",
    metrics: {
      provider: "party",
      model: "whisper",
      requestId: "utterance-1",
      audioMs: 200,
      durationMs: 250,
      isStreamed: false,
    },
  });
  expect(rig.lines()).toEqual([
    "usage 3200 utterance-1",
    "metrics whisper 200 ms",
    'final 1/1 "turn on the light" 800-4000',
    "settled 1",
  ]);
});

test("a text of nothing is no final, but settles and is billed", async () => {
  const rig = new Rig();
  rig.stream.openSegment(1, 0);
  rig.push(0, 1_600);
  rig.stream.flush(1_600);
  rig.stream.closeSegment(1_600);
  rig.lines();
  await rig.answer(0, " ");
  expect(rig.lines()).toEqual(["usage 1600 utterance-1", "metrics whisper 100 ms", "settled 1"]);
});

test("speech that resumes before the gate closes is the next utterance; silence behind the last one is none", async () => {
  const rig = new Rig();
  rig.stream.openSegment(1, 0);
  rig.push(0, 1_600);
  rig.stream.flush(1_600);
  rig.push(1_600, 4_800);
  rig.stream.flush(4_800);
  rig.push(4_800, 6_400);
  rig.stream.closeSegment(6_400);
  await rig.answer(0, "one");
  await rig.answer(1, "two");
  expect(rig.lines().filter((line) => !/^(usage|metrics)/.test(line))).toEqual([
    "start-of-speech",
    "end-of-speech",
    "sent 1/0-1600",
    "sent 1",
    "start-of-speech",
    "end-of-speech",
    'final 1/1 "one" 0-1600',
    "sent 1/1600-4800",
    "sent 1",
    'final 1/2 "two" 1600-4800',
    "settled 1",
  ]);
  expect(rig.party.requests.length).toBe(2);
});

test("requests are made one at a time, in the order of speech, whatever the gate does meanwhile", async () => {
  const rig = new Rig();
  for (const id of [1, 2, 3]) {
    rig.stream.openSegment(id, id * 10_000);
    rig.push(id * 10_000, id * 10_000 + 1_600);
    rig.stream.flush(id * 10_000 + 1_600);
    rig.stream.closeSegment(id * 10_000 + 1_600);
  }
  expect(rig.party.requests.length).toBe(1);
  expect(rig.stream.health).toMatchObject({ connection: "open", waitingSamples: 3_200, unansweredSamples: 1_600 });
  await rig.answer(0, "one");
  expect(rig.party.requests.length).toBe(2);
  await rig.answer(1, "two");
  await rig.answer(2, "three");
  expect(rig.lines().filter((line) => /^(final|settled)/.test(line))).toEqual([
    'final 1/1 "one" 10000-11600',
    "settled 1",
    'final 2/2 "two" 20000-21600',
    "settled 2",
    'final 3/3 "three" 30000-31600',
    "settled 3",
  ]);
  expect(rig.stream.health).toEqual({
    connection: "dormant",
    waitingSamples: 0,
    unansweredSamples: 0,
    attempts: 3,
    skippedMessages: 0,
  });
});

test("an utterance that grows too long is recognised in pieces, of which none is lost", async () => {
  const rig = new Rig({ maxUtteranceMs: 1_000 });
  rig.stream.openSegment(1, 0);
  for (let at = 0; at < 40_000; at += 1_000) rig.push(at, at + 1_000);
  rig.stream.flush(40_000);
  rig.stream.closeSegment(40_000);
  let at = 0;
  for (let index = 0; index < rig.party.requests.length; index++) {
    const request = rig.party.requests[index];
    expect(request?.options.startSample).toBe(at);
    at += request?.samples.length ?? 0;
    await rig.answer(index, `piece ${index}`);
  }
  expect(at).toBe(40_000);
  const lines = rig.lines();
  expect(lines.filter((line) => line === "end-of-speech").length).toBe(1);
  expect(lines.filter((line) => line.startsWith("final")).length).toBeGreaterThan(2);
  expect(lines.at(-1)).toBe("settled 1");
});

test("a gate that closes without a flush leaves nothing unrecognised", async () => {
  const rig = new Rig();
  rig.stream.openSegment(1, 0);
  rig.push(0, 1_600);
  rig.stream.closeSegment(1_600);
  await rig.answer(0, "hello");
  expect(rig.lines()).toContain('final 1/1 "hello" 0-1600');
});

test("a request that was given up ends the stream, once, and what was not recognised is reported", async () => {
  const rig = new Rig();
  rig.stream.openSegment(1, 0);
  rig.push(0, 1_600);
  rig.stream.flush(1_600);
  rig.push(1_600, 3_200);
  rig.stream.flush(3_200);
  rig.push(3_200, 4_000);
  rig.lines();
  rig.party.requests[0]?.fail("The gateway is full");
  await quiet();
  expect(rig.lines()).toEqual([
    "lost 0-1600 unanswered",
    "lost 1600-3200 unsent",
    "lost 3200-4000 unsent",
    "failed The gateway is full",
  ]);
  rig.push(4_000, 5_000);
  rig.stream.closeSegment(5_000);
  await rig.stream.finish(100);
  expect([rig.lines(), rig.stream.health.connection]).toEqual([[], "ended"]);
});

test("what a provider throws that is no error of ours becomes one that says so", async () => {
  const rig = new Rig();
  rig.party.recognize = () => {
    throw new SyntaxError("Unexpected token");
  };
  rig.stream.openSegment(1, 0);
  rig.push(0, 1_600);
  rig.stream.flush(1_600);
  await quiet();
  const last = rig.events.at(-1);
  expect(last).toMatchObject({ type: "failed", error: { code: "provider-failed", cause: expect.any(SyntaxError) } });
});

test("finish asks for what is under way and resolves with its text", async () => {
  const rig = new Rig();
  rig.stream.openSegment(1, 0);
  rig.push(0, 1_600);
  const finished = rig.stream.finish(2_000);
  expect(rig.party.requests.length).toBe(1);
  await rig.answer(0, "goodbye");
  await finished;
  expect(rig.lines().slice(-2)).toEqual(['final 1/1 "goodbye" 0-1600', "settled 1"]);
  expect([rig.clock.pending, rig.stream.health.connection]).toEqual([0, "ended"]);
});

test("finish waits no longer than it may, reports what it did not wait for, and calls the request off", async () => {
  const rig = new Rig();
  rig.stream.openSegment(1, 0);
  rig.push(0, 1_600);
  const finished = rig.stream.finish(2_000);
  rig.lines();
  rig.clock.advance(2_000);
  await finished;
  expect(rig.lines()).toEqual(["lost 0-1600 unanswered"]);
  expect(rig.party.requests[0]?.options.signal?.aborted).toBe(true);
  await quiet();
  expect(rig.lines()).toEqual([]);
});

test("aborting ends it at once, without an event, and calls the request off", async () => {
  const rig = new Rig();
  rig.stream.openSegment(1, 0);
  rig.push(0, 1_600);
  rig.stream.flush(1_600);
  rig.lines();
  rig.session.abort();
  expect(rig.party.requests[0]?.options.signal?.aborted).toBe(true);
  rig.stream.closeSegment(1_600);
  await quiet();
  expect([rig.lines(), rig.stream.health.connection]).toEqual([[], "ended"]);
});

test("speech waits for five minutes at most: of what a recogniser cannot follow, the oldest is lost, and reported", () => {
  const rig = new Rig({ maxUtteranceMs: 60_000 });
  rig.stream.openSegment(1, 0);
  for (let at = 0; at < 7 * 60 * 16_000; at += 16_000) rig.push(at, at + 16_000);
  const lost = rig.events.filter((event) => event.type === "audio-lost");
  expect(lost.length).toBe(1);
  expect(lost[0]).toMatchObject({ startSample: rig.party.requests[0]?.samples.length, cause: "unsent" });
  expect(rig.stream.health.waitingSamples).toBeLessThanOrEqual(360 * 16_000);
});

test("it streams, without interims and with a flush; what it adapts must recognise whole recordings", () => {
  const party = new Party("whisper", { streaming: false, interimResults: true, flush: "none" });
  const stt = streamAdapter(party);
  expect(stt.capabilities).toMatchObject({ streaming: true, interimResults: false, flush: "inline", endsTurns: false });
  expect([stt.model, stt.provider]).toEqual(["whisper", "party"]);
  stt.prewarm?.();
  expect(party.prewarmCount).toBe(1);
  void stt.recognize(new Float32Array(10));
  expect(party.requests.length).toBe(1);
  expect(() => streamAdapter(new Party("nova", { offlineRecognize: false }))).toThrow(
    new TypeError("streamAdapter() needs an stt that recognises whole recordings; nova does not"),
  );
  expect(() => streamAdapter(party, { maxUtteranceMs: 10 })).toThrow(
    new RangeError("maxUtteranceMs must be in [1000, 600000] ms, got 10"),
  );
});

/** The library's own detector, behind a model that takes what is loud for speech. */
const loudness: StreamVad = {
  listen: () => {
    const detector = new SpeechDetector();
    return (startSample, samples) => {
      const change = detector.push(startSample, startSample + samples.length, (samples[0] ?? 0) > 0.1 ? 0.99 : 0.01);
      return change ? [change] : [];
    };
  },
};

const later: StreamVad = {
  listen: () => {
    const judge = loudness.listen();
    return async (...chunk) => {
      const changes = await judge(...chunk);
      await quiet();
      return changes;
    };
  },
};

/** Silence, two utterances with two seconds between them, silence: in frames. */
function talk(rig: Rig): void {
  const isLoud = (at: number): boolean => (at >= 64_000 && at < 80_000) || (at >= 112_000 && at < 128_000);
  for (let at = 0; at < 160_000; at += 512) rig.push(at, at + 512, isLoud(at) ? 0.5 : 0);
}

test.each([
  ["at once", loudness],
  ["later", later],
])("without a gate, a vad that answers %s cuts the utterances out, each with its pre-roll", async (_, vad) => {
  const rig = new Rig({ vad });
  rig.stream.openSegment(1, 0);
  talk(rig);
  rig.stream.closeSegment(160_000);
  const finished = rig.stream.finish(60_000);
  for (let index = 0; rig.events.at(-1)?.type !== "segment-settled";) {
    if (rig.party.requests[index]) await rig.answer(index, `text ${index++}`);
    else await quiet();
  }
  await finished;
  const lines = rig.lines().filter((line) => !/^(usage|metrics|sent)/.test(line));
  expect(lines.map((line) => line.replace(/ \d+-\d+$/, "")).toSorted()).toEqual(
    [
      "end-of-speech",
      "end-of-speech",
      'final 1/1 "text 0"',
      'final 1/2 "text 1"',
      "settled 1",
      "start-of-speech",
      "start-of-speech",
    ].toSorted(),
  );
  const spans = rig.party.requests.map(({ samples, options: { startSample = 0 } }) => [
    startSample,
    startSample + samples.length,
  ]);
  expect(spans.length).toBe(2);
  for (const [index, [from = 0, to = 0]] of spans.entries()) {
    const [onset, end] = [64_000 + index * 48_000, 80_000 + index * 48_000];
    expect(from).toBeGreaterThan(onset - 9_000);
    expect(from).toBeLessThanOrEqual(onset - 7_000);
    expect(to).toBeGreaterThanOrEqual(end);
    expect(to).toBeLessThan(end + 16_000);
  }
});

test("a caller without a gate may ask for the text in the middle of speech, and what follows is not lost", async () => {
  const rig = new Rig({ vad: loudness });
  rig.stream.openSegment(1, 0);
  for (let at = 0; at < 32_000; at += 512) rig.push(at, at + 512);
  rig.stream.flush(16_000);
  for (let at = 32_256; at < 64_000; at += 512) rig.push(at, at + 512);
  rig.stream.closeSegment(64_256);
  await rig.answer(0, "one");
  await rig.answer(1, "two");
  expect(rig.party.requests.map(({ samples }) => samples.length).reduce((sum, length) => sum + length)).toBe(64_000);
});

test("a vad that breaks lets everything pass from then on, and says so once", async () => {
  const broken: StreamVad = {
    listen: () => {
      let count = 0;
      return (): SpeechBoundary[] => {
        count += 1;
        if (count > 3) throw new Error("out of memory");
        return [];
      };
    },
  };
  const rig = new Rig({ vad: broken });
  rig.stream.openSegment(1, 0);
  for (let at = 0; at < 5_120; at += 512) rig.push(at, at + 512);
  rig.stream.flush(5_120);
  rig.push(5_120, 6_144);
  rig.stream.closeSegment(6_144);
  await rig.answer(0, "all of it");
  await rig.answer(1, "and more");
  const errors = rig.events.filter((event) => event.type === "error");
  expect(errors).toEqual([{ type: "error", error: expect.any(VoiceError), retryInMs: 0 }]);
  expect(errors[0]?.error.code).toBe("vad-failed");
  expect(rig.lines().filter((line) => line.startsWith("final"))).toEqual([
    'final 1/1 "all of it" 0-5120',
    'final 1/2 "and more" 5120-6144',
  ]);
});
