import fc from "fast-check";
import { expect, test } from "vitest";
import { fromPcm16, toPcm16 } from "../../audio/pcm16.ts";
import { VoiceError } from "../../errors.ts";
import { FakeClock } from "../../testing/fake-clock.ts";
import { settled } from "../../testing/settled.ts";
import type { SpeechStream, SttCapabilities } from "../contract.ts";
import type { SpeechEvent, TranscriptEvent } from "../speech-event.ts";
import type { CustomSttEvent } from "./custom-event.ts";
import type { Recognizer, RecognizerContext, RecognizerInput } from "./generator-socket.ts";
import { sttFromGenerator, type GeneratorSttOptions } from "./stt-from-generator.ts";

/** What 16 bits can say, so that nothing is lost on the way. */
const SPEECH = fromPcm16(toPcm16(Float32Array.from({ length: 8_000 }, (_, index) => Math.sin(index / 10) / 2)));

/** Tells how many samples it heard since it was last asked, when it is asked. */
async function* counting(audio: AsyncIterable<RecognizerInput>): AsyncGenerator<CustomSttEvent> {
  let heard = 0;
  for await (const input of audio) {
    if (input.type === "audio") heard += input.samples.length;
    else {
      yield { type: "interim", text: "heard" };
      yield { type: "final", text: `heard ${heard}` };
      yield { type: "flushed" };
      heard = 0;
    }
  }
}

/** Something that takes as long as a test likes. */
function pending(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

class Rig {
  readonly events: SpeechEvent[] = [];
  readonly session = new AbortController();
  readonly clock = new FakeClock();
  readonly stream: SpeechStream;

  constructor(recognize: Recognizer<CustomSttEvent>, options: Partial<GeneratorSttOptions> = {}) {
    const stt = sttFromGenerator({ recognize, clock: this.clock, ...options });
    const onEvent = (event: SpeechEvent): void => void this.events.push(event);
    this.stream = stt.stream({ onEvent, signal: this.session.signal });
  }

  /** The gate opens, half a second passes, speech ends, the gate closes; then all that can happen has happened. */
  async speak(segmentId: number, startSample: number): Promise<void> {
    this.stream.openSegment(segmentId, startSample);
    this.stream.push(startSample, SPEECH);
    this.stream.flush(startSample + SPEECH.length);
    this.stream.closeSegment(startSample + SPEECH.length);
    await settled();
  }

  /** Time passes, and the stream is told so every 32 ms. */
  async wait(ms: number, fromSample: number): Promise<void> {
    for (let passedMs = 0; passedMs < ms; passedMs += 32) {
      this.clock.advance(32);
      this.stream.advance(fromSample + 16 * (passedMs + 32));
      if (passedMs % 1_024 === 0) await settled();
    }
    await settled();
  }

  get types(): string[] {
    return this.events.map(({ type }) => type).filter((type) => type !== "audio-sent");
  }

  get finals(): TranscriptEvent[] {
    return this.events.filter((event): event is TranscriptEvent => event.type === "final-transcript");
  }

  get texts(): string[] {
    return this.finals.map(({ data }) => data.text);
  }
}

test("what a generator yields comes out in order, with its segment, and the segment settles", async () => {
  const rig = new Rig(counting, { model: "whisper", provider: "page" });
  await rig.speak(4, 100_000);
  expect(rig.types).toEqual([
    "flush-sent",
    "start-of-speech",
    "interim-transcript",
    "recognition-usage",
    "metrics-collected",
    "final-transcript",
    "end-of-speech",
    "segment-settled",
  ]);
  expect(rig.finals[0]).toMatchObject({
    segmentId: 4,
    transcriptId: 2,
    data: { text: "heard 8000", language: "en-US", startSample: 100_000, endSample: 108_000, confidence: 1 },
  });
  expect(rig.events.find((event) => event.type === "metrics-collected")?.metrics).toMatchObject({
    model: "whisper",
    provider: "page",
    audioMs: 500,
  });
});

test.each([[1], [127], [512], [8_000]])(
  "it hears the same audio however it was sliced: by %d samples",
  async (size) => {
    const heard: number[] = [];
    const startsMs: number[] = [];
    const rig = new Rig(async function* (audio) {
      for await (const input of audio) {
        if (input.type === "flush") yield { type: "flushed" };
        else {
          startsMs.push(input.startMs);
          heard.push(...input.samples);
        }
      }
    });
    rig.stream.openSegment(1, 0);
    for (let at = 0; at < SPEECH.length; at += size) rig.stream.push(at, SPEECH.subarray(at, at + size));
    rig.stream.flush(8_000);
    rig.stream.closeSegment(8_000);
    await settled();
    expect(Float32Array.from(heard)).toEqual(SPEECH);
    expect(startsMs).toEqual([0, 50, 100, 150, 200, 250, 300, 350, 400, 450]);
    expect(rig.types.at(-1)).toBe("segment-settled");
  },
);

test("its times count what it was given, and land where that was captured, gaps between segments included", async () => {
  const rig = new Rig(
    async function* (audio) {
      let heardMs = 0;
      for await (const input of audio) {
        if (input.type === "audio") heardMs = input.startMs + input.samples.length / 16;
        else {
          yield {
            type: "final",
            text: "go",
            startMs: heardMs - 400,
            endMs: heardMs,
            words: [{ word: "go", startMs: heardMs - 400, endMs: heardMs }],
          };
          yield { type: "flushed" };
        }
      }
    },
    { capabilities: { alignedTranscript: "word" } },
  );
  await rig.speak(1, 10_000);
  await rig.speak(2, 500_000);
  expect(rig.finals.map(({ segmentId, data }) => [segmentId, data.startSample, data.endSample])).toEqual([
    [1, 11_600, 18_000],
    [2, 501_600, 508_000],
  ]);
});

test("one that throws is called again with all that it had not answered, and tells it once", async () => {
  let calls = 0;
  const rig = new Rig(async function* (audio) {
    calls += 1;
    let heard = 0;
    for await (const input of audio) {
      if (input.type === "audio") heard += input.samples.length;
      if (calls === 2 && heard === 4_000) throw new Error("out of memory");
      if (input.type !== "flush") continue;
      yield { type: "final", text: `${calls}: ${heard}` };
      yield { type: "flushed" };
      heard = 0;
      if (calls === 1) throw new Error("worn out");
    }
  });
  await rig.speak(1, 0); // answered by the first call, which then throws
  rig.clock.advance(200);
  await settled();
  await rig.speak(2, 20_000); // the second call throws in the middle of it
  rig.clock.advance(5_000);
  await settled();
  expect(rig.texts).toEqual(["1: 8000", "3: 8000"]);
  expect(rig.finals[1]?.segmentId).toBe(2);
  const errors = rig.events.flatMap((event) => (event.type === "error" ? [event.error] : []));
  expect(errors.map(({ code, message }) => [code, message])).toEqual([
    ["provider-failed", "The provider failed: worn out"],
    ["provider-failed", "The provider failed: out of memory"],
  ]);
  expect(rig.types).not.toContain("audio-lost");
});

test("one that always throws ends the stream after the retries, with its own error as the cause", async () => {
  const cause = new Error("no model");
  let calls = 0;
  const rig = new Rig(async function* (audio) {
    calls += 1;
    for await (const _ of audio) throw cause;
    yield { type: "flushed" };
  });
  await rig.speak(1, 0);
  for (let retry = 0; retry < 5; retry++) {
    rig.clock.advance(5_000);
    await settled();
  }
  expect(calls).toBe(4);
  expect(rig.events.at(-1)).toMatchObject({ type: "failed", error: { code: "provider-failed", cause } });
  expect(rig.clock.pending).toBe(0);
});

test.each<[string, Recognizer<CustomSttEvent>]>([
  [
    "throws at once",
    () => {
      throw new Error("no");
    },
  ],
  ["gives no iterable", () => undefined as unknown as AsyncIterable<CustomSttEvent>],
])("a function that %s fails as one that throws later", async (_what, recognize) => {
  const rig = new Rig(recognize, { connection: { maxRetries: 0 } });
  await settled();
  expect(rig.events).toMatchObject([{ type: "failed", error: { code: "provider-failed" } }]);
});

test("a VoiceError that is not worth another attempt ends the stream at once, as it is", async () => {
  const error = new VoiceError("not-supported", "no WebGPU here");
  const rig = new Rig(async function* (audio) {
    for await (const _ of audio) throw error;
    yield { type: "flushed" };
  });
  await rig.speak(1, 0);
  expect(rig.events.at(-1)).toEqual({ type: "failed", error });
});

/** Notes how a generator ended. */
function ending(body: (audio: AsyncIterable<RecognizerInput>, context: RecognizerContext) => Promise<void>) {
  const ends: unknown[] = [];
  const recognize: Recognizer<CustomSttEvent> = async function* (audio, context) {
    try {
      yield { type: "speech-started" };
      await body(audio, context);
      for (;;) yield { type: "interim", text: "still here" };
    } catch (error) {
      ends.push(error);
      throw error;
    } finally {
      ends.push("over");
    }
  };
  return { ends, recognize };
}

test("aborting ends a generator that waits for audio, with the signal's reason, and nothing is left running", async () => {
  const { ends, recognize } = ending(async (audio) => {
    for await (const _ of audio);
  });
  const rig = new Rig(recognize);
  await rig.speak(1, 0);
  rig.session.abort("enough");
  const told = rig.events.length;
  await settled();
  expect(ends).toEqual([expect.objectContaining({ name: "AbortError" }), "over"]);
  expect(rig.events).toHaveLength(told);
  expect(rig.clock.pending).toBe(0);
});

test("aborting ends a generator that waits for something else, by the signal that it was given", async () => {
  const { ends, recognize } = ending(
    (_audio, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  );
  const rig = new Rig(recognize);
  await rig.speak(1, 0);
  rig.session.abort("enough");
  await settled();
  expect(ends.at(-1)).toBe("over");
  expect(rig.clock.pending).toBe(0);
});

test("aborting ends a generator that is about to yield: it is told to return", async () => {
  const think = pending();
  const { ends, recognize } = ending(() => think.promise);
  const rig = new Rig(recognize);
  await rig.speak(1, 0);
  rig.session.abort("enough");
  const told = rig.events.length;
  think.resolve();
  await settled();
  expect(ends).toEqual(["over"]);
  expect(rig.events).toHaveLength(told);
});

test("finish waits for the last text, and no longer", async () => {
  const think = pending();
  const rig = new Rig(async function* (audio) {
    for await (const input of audio) {
      if (input.type !== "flush") continue;
      await think.promise;
      yield { type: "final", text: "go" };
      yield { type: "flushed" };
    }
  });
  rig.stream.openSegment(1, 0);
  rig.stream.push(0, SPEECH);
  rig.stream.advance(8_000);
  let isFinished = false;
  const finished = rig.stream.finish(2_000).then(() => (isFinished = true));
  await settled();
  expect(isFinished).toBe(false);
  think.resolve();
  await finished;
  expect(rig.texts).toEqual(["go"]);
  expect(rig.clock.pending).toBe(0);
});

test("finish gives up after its limit", async () => {
  const rig = new Rig(async function* (audio) {
    for await (const _ of audio);
    yield { type: "final", text: "too late" };
  });
  await rig.speak(1, 0);
  const finished = rig.stream.finish(2_000);
  for (let passedMs = 0; passedMs <= 2_000; passedMs += 20) rig.clock.advance(20);
  await finished;
  expect(rig.texts).toEqual([]);
  expect(rig.stream.health.connection).toBe("ended");
  expect(rig.clock.pending).toBe(0);
});

test("one that takes no flush hears silence until it has told its text", async () => {
  let heard = 0;
  const rig = new Rig(
    async function* (audio) {
      let silence = 0;
      for await (const input of audio) {
        if (input.type === "flush") throw new Error("never asked");
        heard += input.samples.length;
        silence = input.samples.every((sample) => sample === 0) ? silence + input.samples.length : 0;
        if (silence === 8_000) yield { type: "final", text: "go" };
      }
    },
    { capabilities: { flush: "none" } },
  );
  await rig.speak(1, 0);
  await rig.wait(3_000, 8_000);
  expect(rig.texts).toEqual(["go"]);
  expect(rig.types.at(-1)).toBe("segment-settled");
  expect(heard).toBeGreaterThanOrEqual(16_000);
  expect(heard).toBeLessThanOrEqual(16_000 + 16 * 1_056);
});

test("one that takes no flush hears the end of its audio at finish, and what it tells then is told", async () => {
  const rig = new Rig(
    async function* (audio) {
      let heard = 0;
      for await (const input of audio) heard += input.type === "audio" ? input.samples.length : 0;
      yield { type: "final", text: `heard ${heard}` };
    },
    { capabilities: { flush: "none" } },
  );
  await rig.speak(1, 0);
  await rig.stream.finish(2_000);
  expect(rig.texts).toEqual(["heard 40000"]);
  expect(rig.types).not.toContain("error");
  expect(rig.clock.pending).toBe(0);
});

test("one that hears the end of its audio and has nothing to tell is not waited for any longer", async () => {
  const rig = new Rig(
    async function* (audio) {
      for await (const _ of audio);
      yield* [];
    },
    { capabilities: { flush: "none" } },
  );
  await rig.speak(1, 0);
  await rig.stream.finish(2_000); // the clock stands still
  expect(rig.types).toEqual(["segment-settled"]);
});

test("one that returns while nothing is owed rests, and is called again when the gate opens", async () => {
  let calls = 0;
  const rig = new Rig(async function* (audio) {
    calls += 1;
    for await (const input of audio) {
      if (input.type === "audio") continue;
      yield { type: "final", text: `call ${calls}` };
      yield { type: "flushed" };
      return;
    }
  });
  await rig.speak(1, 0);
  expect(rig.stream.health.connection).toBe("dormant");
  await rig.speak(2, 50_000);
  expect(rig.texts).toEqual(["call 1", "call 2"]);
  expect(rig.types).not.toContain("error");
});

test("what makes no sense is skipped and counted, and the rest is told", async () => {
  const nonsense = [
    5,
    "final",
    {},
    { type: "finale", text: "no" },
    { type: "final" },
    { type: "final", text: 5 },
    [[]],
  ];
  const rig = new Rig(async function* (audio) {
    for await (const input of audio) {
      if (input.type === "audio") continue;
      yield* nonsense as CustomSttEvent[];
      yield undefined as unknown as CustomSttEvent;
      yield { type: "final", text: " go " };
      yield { type: "flushed" };
    }
  });
  await rig.speak(1, 0);
  expect(rig.texts).toEqual(["go"]);
  expect(rig.stream.health.skippedMessages).toBe(nonsense.length);
});

test("one that thinks for 25 s is not taken for dead", async () => {
  const think = pending();
  let calls = 0;
  const rig = new Rig(async function* (audio) {
    calls += 1;
    for await (const input of audio) {
      if (input.type === "audio") continue;
      await think.promise;
      yield { type: "final", text: "go" };
      yield { type: "flushed" };
    }
  });
  await rig.speak(1, 0);
  await rig.wait(25_000, 8_000);
  expect(rig.types).not.toContain("error");
  think.resolve();
  await settled();
  expect([rig.texts, calls]).toEqual([["go"], 1]);
});

test("what one that is busy does not take waits for it, and comes in order", async () => {
  const think = pending();
  const heard: number[] = [];
  const rig = new Rig(async function* (audio) {
    await think.promise;
    for await (const input of audio) {
      if (input.type === "flush") yield { type: "flushed" };
      else heard.push(input.samples[0]!);
    }
  });
  await settled();
  rig.stream.openSegment(1, 0);
  for (let packet = 0; packet < 200; packet++) {
    rig.stream.push(packet * 800, new Float32Array(800).fill(fromPcm16(Int16Array.of(packet))[0]!));
  }
  expect(rig.stream.health.waitingSamples).toBeGreaterThan(80_000);
  think.resolve();
  await settled();
  rig.stream.flush(160_000);
  rig.stream.closeSegment(160_000);
  await rig.wait(2_048, 160_000);
  expect(toPcm16(Float32Array.from(heard))).toEqual(Int16Array.from({ length: 200 }, (_, packet) => packet));
  expect(rig.types.at(-1)).toBe("segment-settled");
});

test("a whole recording is told as one text, as sure as the least sure of its finals", async () => {
  const stt = sttFromGenerator({
    recognize: async function* (audio, { language }) {
      for await (const input of audio) {
        if (input.type === "audio") continue;
        yield { type: "interim", text: "to" };
        yield { type: "final", text: "to be", startMs: 100, endMs: 200, confidence: 0.9 };
        yield { type: "final", text: "" };
        const words = [{ word: "or", startMs: 300, endMs: 9_000 }];
        yield { type: "final", text: `or not (${language})`, startMs: 300, endMs: 400, confidence: 0.5, words };
      }
    },
  });
  await expect(stt.recognize(SPEECH, { startSample: 1_000, language: "en-GB" })).resolves.toEqual({
    text: "to be or not (en-GB)",
    language: "en-GB",
    startSample: 2_600,
    endSample: 7_400,
    confidence: 0.5,
    words: [{ word: "or", startSample: 5_800, endSample: 9_000, confidence: 0.5 }],
  });
});

test("a recording in which nothing is said is an empty text", async () => {
  const stt = sttFromGenerator({ recognize: async function* () {} });
  await expect(stt.recognize(SPEECH)).resolves.toMatchObject({ text: "", endSample: 8_000 });
});

test("a recording is tried again when its recogniser throws, each time with samples of its own", async () => {
  const clock = new FakeClock();
  let calls = 0;
  const recognize: Recognizer<CustomSttEvent> = async function* (audio) {
    for await (const input of audio) {
      if (input.type === "flush") continue;
      const first = input.samples[100];
      structuredClone(input.samples, { transfer: [input.samples.buffer] });
      if (++calls === 1) throw new Error("first time");
      yield { type: "final", text: first === SPEECH[100] ? "same" : "spoiled" };
    }
  };
  const outcome = sttFromGenerator({ recognize, clock }).recognize(SPEECH);
  await settled();
  clock.advance(200);
  await expect(outcome).resolves.toMatchObject({ text: "same" });
  expect(clock.pending).toBe(0);
});

test("aborting a recording rejects with the reason, and its generator is told to return", async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  const think = pending();
  const { ends, recognize } = ending(() => think.promise);
  const outcome = sttFromGenerator({ recognize, clock }).recognize(SPEECH, { signal: controller.signal });
  await settled();
  controller.abort("enough");
  await expect(outcome).rejects.toBe("enough");
  think.resolve();
  await settled();
  expect(ends).toEqual(["over"]);
  expect(clock.pending).toBe(0);
});

test("a recording has its time limit", async () => {
  const clock = new FakeClock();
  const { ends, recognize } = ending((_audio, { signal }) => new Promise((_, reject) => (signal.onabort = reject)));
  const outcome = sttFromGenerator({ recognize, clock, connection: { maxRetries: 0 } }).recognize(SPEECH);
  await settled();
  clock.advance(60_000);
  await expect(outcome).rejects.toMatchObject({ code: "gateway-timeout" });
  expect(ends.at(-1)).toBe("over");
});

test("nonsense about a recording violates the protocol, and its generator is told to return", async () => {
  const ends: string[] = [];
  const recognize: Recognizer<CustomSttEvent> = async function* () {
    try {
      yield { type: "final", text: 5 as unknown as string };
    } finally {
      ends.push("over");
    }
  };
  await expect(sttFromGenerator({ recognize }).recognize(SPEECH)).rejects.toMatchObject({ code: "protocol-violated" });
  expect(ends).toEqual(["over"]);
});

test("whatever a generator yields, events keep their order and every asked segment settles", async () => {
  const kinds = fc.constantFrom("interim", "preflight", "final", "speech-started", "nonsense");
  const event = fc.record({ type: kinds, text: fc.string(), startMs: fc.double(), endMs: fc.double() });
  const outputs = fc.array(fc.oneof({ weight: 4, arbitrary: event }, fc.anything()), { maxLength: 8 });
  const isHarmless = (output: unknown): boolean =>
    !["error", "closed", "flushed"].includes(String((output as { type?: unknown } | null)?.type));
  await fc.assert(
    fc.asyncProperty(fc.array(outputs, { minLength: 1, maxLength: 3 }), async (turns) => {
      const rig = new Rig(async function* (audio) {
        let turn = 0;
        for await (const input of audio) {
          if (input.type === "audio") continue;
          yield* (turns[turn++] ?? []).filter(isHarmless) as CustomSttEvent[];
          yield { type: "flushed" };
        }
      });
      for (const turn of turns.keys()) await rig.speak(turn + 1, turn * 100_000);
      expect(rig.events.filter(({ type }) => type === "segment-settled")).toHaveLength(turns.length);
      let isSpeaking = false;
      for (const { type } of rig.events) {
        if (type === "start-of-speech") expect(isSpeaking).toBe(false);
        if (type === "end-of-speech") expect(isSpeaking).toBe(true);
        if (type === "start-of-speech") isSpeaking = true;
        if (type === "end-of-speech") isSpeaking = false;
      }
      rig.session.abort();
      expect(rig.clock.pending).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test("what it can do is what the app says, beside streaming and recordings", () => {
  const capabilities: Partial<SttCapabilities> = { flush: "none", diarization: true };
  expect(sttFromGenerator({ recognize: counting, capabilities }).capabilities).toEqual({
    streaming: true,
    interimResults: true,
    diarization: true,
    alignedTranscript: false,
    offlineRecognize: true,
    flush: "none",
    endsTurns: false,
  });
  let warmed = 0;
  sttFromGenerator({ recognize: counting, prewarm: () => (warmed += 1) }).prewarm?.();
  expect(warmed).toBe(1);
});

test.each([
  [{ recognize: undefined }, TypeError, "stt.recognize must be a function"],
  [{ recognize: counting, connection: { timeoutMs: -1 } }, RangeError, "stt.connection.timeoutMs"],
])("bad options fail at once and say why", (options, kind, message) => {
  const make = (): unknown => sttFromGenerator(options as GeneratorSttOptions);
  expect(make).toThrow(kind);
  expect(make).toThrow(message);
});
