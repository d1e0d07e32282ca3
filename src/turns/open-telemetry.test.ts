import { context, trace, type Tracer } from "@opentelemetry/api";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { expect, test } from "vitest";
import { randomNumbers } from "../testing/random.ts";
import { openTelemetry } from "./open-telemetry.ts";
import { NO_TELEMETRY, type TurnTelemetry } from "./telemetry.ts";
import type { SpanAttributesLike, SpanLike, TracerLike } from "./tracer-like.ts";

const STARTED_AT = 1_750_000_000_000;
const epochMsOf = (sample: number): number => STARTED_AT + sample / 16;
const MESSAGES = [{ role: "user", text: "Hello, how are you?" }];
const TURN = { transcript: "Hello, how are you?", confidence: 0.9, transcriptionDelayMs: 200, endOfTurnDelayMs: 500 };
const DECISION = { probability: 0.1, threshold: 0.36, delayMs: 3_000, language: "en" };

class RecordingSpan implements SpanLike {
  readonly attributes: SpanAttributesLike = {};
  readonly exceptions: unknown[] = [];
  readonly ends: (number | undefined)[] = [];
  readonly name: string;
  readonly startTime: number | undefined;
  status: unknown;

  constructor(name: string, startTime?: number, attributes: SpanAttributesLike = {}) {
    this.name = name;
    this.startTime = startTime;
    this.setAttributes(attributes);
  }

  setAttribute(name: string, value: SpanAttributesLike[string]): void {
    expect(this.ends).toEqual([]);
    this.attributes[name] = value;
  }

  setAttributes(attributes: SpanAttributesLike): void {
    for (const [name, value] of Object.entries(attributes)) this.setAttribute(name, value);
  }

  setStatus(status: unknown): void {
    this.status = status;
  }

  recordException(exception: unknown): void {
    this.exceptions.push(exception);
  }

  end(endTimeMs?: number): void {
    this.ends.push(endTimeMs);
  }
}

class RecordingTracer implements TracerLike<RecordingSpan> {
  readonly spans: RecordingSpan[] = [];

  startSpan(name: string, options?: { startTime?: number; attributes?: SpanAttributesLike }): RecordingSpan {
    const span = new RecordingSpan(name, options?.startTime, options?.attributes);
    this.spans.push(span);
    return span;
  }

  named(name: string): RecordingSpan[] {
    return this.spans.filter((span) => span.name === name);
  }
}

function recorded(options: { readonly recordsText?: boolean } = {}): {
  readonly tracer: RecordingTracer;
  readonly telemetry: TurnTelemetry;
} {
  const tracer = new RecordingTracer();
  const telemetry = openTelemetry({ tracer, ...options })({ epochMsOf, sttModel: "nova-3", sttProvider: "deepgram" });
  return { tracer, telemetry };
}

test("a turn is one span, from its first speech to its end, with what was said and how fast that was known", () => {
  const { tracer, telemetry } = recorded();
  telemetry.speechStarted(8_000);
  telemetry.speechEnded(24_000);
  telemetry.speechStarted(30_000);
  telemetry.requestNoticed("r1");
  telemetry.requestNoticed("r2");
  telemetry.requestNoticed("r1");
  telemetry.speechEnded(40_000);
  telemetry.turnCommitted(TURN, 48_000);
  const [turn, ...others] = tracer.named("user_turn");
  expect(others).toEqual([]);
  expect(turn).toMatchObject({ startTime: STARTED_AT + 500, ends: [STARTED_AT + 3_000] });
  expect(turn?.attributes).toEqual({
    "gen_ai.request.model": "nova-3",
    "gen_ai.provider.name": "deepgram",
    "lk.user_transcript": "Hello, how are you?",
    "lk.transcript_confidence": 0.9,
    "lk.transcription_delay": 0.2,
    "lk.end_of_turn_delay": 0.5,
    "lk.provider_request_ids": ["r1", "r2"],
  });
  expect(tracer.named("user_speaking").map(({ startTime, ends }) => [startTime, ends])).toEqual([
    [STARTED_AT + 500, [STARTED_AT + 1_500]],
    [STARTED_AT + 1_875, [STARTED_AT + 2_500]],
  ]);
});

test("the end-of-turn decision is a span with what the detector read and found, and the delay that was chosen", () => {
  const { tracer, telemetry } = recorded();
  const messages = Array.from({ length: 9 }, (_, index) => ({ role: "user", text: `text ${index}` }));
  telemetry.decisionStarted(messages, 16_000).end(DECISION, 17_600);
  const [decision] = tracer.named("eou_detection");
  expect(decision).toMatchObject({ startTime: STARTED_AT + 1_000, ends: [STARTED_AT + 1_100] });
  expect(decision?.attributes).toEqual({
    "lk.chat_ctx": JSON.stringify(messages.slice(3)),
    "lk.eou.probability": 0.1,
    "lk.eou.unlikely_threshold": 0.36,
    "lk.eou.endpointing_delay": 3,
    "lk.eou.language": "en",
  });
});

test("what is not known is left out, not zero", () => {
  const { tracer, telemetry } = recorded();
  telemetry.decisionStarted(MESSAGES, 0).fail(new Error("too late"), { delayMs: 500 }, 16_000);
  telemetry.turnCommitted({ transcript: "Hi", confidence: 1 }, 16_000);
  const [decision] = tracer.named("eou_detection");
  expect(Object.keys(decision?.attributes ?? {})).toEqual(["lk.chat_ctx", "lk.eou.endpointing_delay"]);
  expect(decision).toMatchObject({ exceptions: [new Error("too late")], status: { code: 2, message: "too late" } });
  expect(Object.keys(tracer.named("user_turn")[0]?.attributes ?? {})).not.toContain("lk.end_of_turn_delay");
});

test("a delay of zero is known", () => {
  const { tracer, telemetry } = recorded();
  telemetry.turnCommitted({ ...TURN, transcriptionDelayMs: 0 }, 16_000);
  expect(tracer.named("user_turn")[0]?.attributes).toMatchObject({ "lk.transcription_delay": 0 });
});

test("nothing that was said is recorded where that is not wanted", () => {
  const { tracer, telemetry } = recorded({ recordsText: false });
  telemetry.decisionStarted(MESSAGES, 0).end(DECISION, 100);
  telemetry.turnCommitted(TURN, 200);
  expect(JSON.stringify(tracer.spans)).not.toContain("Hello");
});

test.each([
  ["cleared", undefined, undefined],
  ["stopped", undefined, undefined],
  ["failed", new Error("gone"), { code: 2, message: "gone" }],
] as const)("a turn that is %s ends its span once, with what was open in it", (why, error, status) => {
  const { tracer, telemetry } = recorded();
  telemetry.speechStarted(0);
  telemetry.requestNoticed("old");
  const decision = telemetry.decisionStarted(MESSAGES, 8_000);
  telemetry.turnAbandoned(why, 16_000, error);
  decision.end(DECISION, 17_000); // the answer comes too late
  telemetry.turnAbandoned("stopped", 18_000);
  telemetry.turnAbandoned("stopped", 19_000);
  expect(tracer.spans.map(({ ends }) => ends.length)).toEqual([1, 1, 1]);
  const [turn] = tracer.named("user_turn");
  expect(turn).toMatchObject({ ends: [STARTED_AT + 1_000], status });
  expect(turn?.attributes["lk.user_transcript"]).toBeUndefined();
  telemetry.turnCommitted(TURN, 32_000);
  expect(tracer.named("user_turn")[1]?.attributes["lk.provider_request_ids"]).toBeUndefined();
});

test("a decision that is called off, answered or failed ends once, whichever comes first", () => {
  const { tracer, telemetry } = recorded();
  const decision = telemetry.decisionStarted(MESSAGES, 0);
  decision.cancel(1_600);
  decision.fail("late", DECISION, 3_200);
  decision.end(DECISION, 4_800);
  const [span] = tracer.named("eou_detection");
  expect(span).toMatchObject({ ends: [STARTED_AT + 100], exceptions: [] });
  expect(Object.keys(span?.attributes ?? {})).toEqual(["lk.chat_ctx"]);
});

test("speech that goes on when its turn is committed or cleared keeps its span until it ends", () => {
  const { tracer, telemetry } = recorded();
  telemetry.speechStarted(0);
  telemetry.turnCommitted(TURN, 16_000);
  telemetry.turnAbandoned("cleared", 20_000);
  expect(tracer.named("user_speaking")[0]?.ends).toEqual([]);
  telemetry.speechEnded(32_000);
  telemetry.speechEnded(33_000);
  expect(tracer.named("user_speaking")[0]?.ends).toEqual([STARTED_AT + 2_000]);
});

test("speech that interrupts is marked, and a later no does not take that back", () => {
  const { tracer, telemetry } = recorded();
  telemetry.interruptionJudged(true); // nobody speaks
  for (const verdicts of [[true, false], [false], [false, true], []]) {
    telemetry.speechStarted(0);
    verdicts.forEach((verdict) => telemetry.interruptionJudged(verdict));
    telemetry.speechEnded(100);
  }
  const marks = tracer.named("user_speaking").map(({ attributes }) => attributes["lk.is_interruption"]);
  expect(marks).toEqual(["true", "false", "true", undefined]);
});

test("a tracer that throws is reported once, and holds no turn up", () => {
  const errors: unknown[] = [];
  let calls = 0;
  const tracer: TracerLike = {
    startSpan: () => {
      calls += 1;
      throw new Error("no exporter");
    },
  };
  const telemetry = openTelemetry({ tracer, onError: (error) => errors.push(error) })({ epochMsOf });
  telemetry.speechStarted(0);
  telemetry.decisionStarted(MESSAGES, 0).end(DECISION, 100);
  telemetry.turnCommitted(TURN, 200);
  telemetry.turnAbandoned("stopped", 300);
  expect(errors).toEqual([new Error("no exporter")]);
  expect(calls).toBe(1);
});

test("when a span throws, what is open is ended", () => {
  const tracer = new RecordingTracer();
  const telemetry = openTelemetry({ tracer })({ epochMsOf });
  telemetry.speechStarted(0);
  tracer.spans[0]!.setAttributes = () => {
    throw new Error("full");
  };
  telemetry.turnCommitted(TURN, 200);
  expect(tracer.spans.map(({ ends }) => ends.length)).toEqual([1, 1]);
});

test("the null object takes every call", () => {
  const decision = NO_TELEMETRY.decisionStarted(MESSAGES, 0);
  decision.end(DECISION, 0);
  expect(NO_TELEMETRY.turnCommitted(TURN, 0)).toBeUndefined();
});

test("whatever comes, each turn is one span, and after stop every span has ended once (10,000 steps)", () => {
  const random = randomNumbers(53);
  const { tracer, telemetry } = recorded();
  let decision = telemetry.decisionStarted(MESSAGES, 0);
  let turns = 0;
  const steps: readonly ((at: number) => void)[] = [
    (at) => telemetry.turnNoticed(at),
    (at) => telemetry.speechStarted(at),
    (at) => telemetry.speechEnded(at),
    () => telemetry.interruptionJudged(random() < 0.5),
    (at) => (decision = telemetry.decisionStarted(MESSAGES, at)),
    (at) => decision.end(DECISION, at),
    (at) => decision.cancel(at),
    (at) => {
      telemetry.turnCommitted({ ...TURN, transcript: `turn ${turns}` }, at);
      turns += 1;
    },
    (at) => telemetry.turnAbandoned(random() < 0.5 ? "cleared" : "failed", at, "why"),
  ];
  for (let step = 1; step <= 10_000; step++) steps[Math.floor(random() * steps.length)]!(step * 100);
  telemetry.turnAbandoned("stopped", 1_000_100);
  expect(tracer.spans.filter(({ ends }) => ends.length !== 1)).toEqual([]);
  const told = tracer.named("user_turn").map(({ attributes }) => attributes["lk.user_transcript"]);
  expect(told.filter((text) => text !== undefined)).toEqual(Array.from({ length: turns }, (_, i) => `turn ${i}`));
  expect(tracer.spans.filter(({ startTime, ends }) => ends[0]! < startTime!)).toEqual([]);
});

test("OpenTelemetry's own tracer records it, with decision and speech inside their turn", () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const tracer: Tracer = provider.getTracer("test");
  const telemetry = openTelemetry({ tracer, contextOf: (span) => trace.setSpan(context.active(), span) })({
    epochMsOf,
  });
  telemetry.speechStarted(8_000);
  telemetry.speechEnded(24_000);
  telemetry.decisionStarted(MESSAGES, 32_000).fail(new Error("too late"), { delayMs: 500 }, 40_000);
  telemetry.turnCommitted(TURN, 48_000);
  const [speech, decision, turn] = exporter.getFinishedSpans();
  expect([speech, decision, turn].map((span) => span?.name)).toEqual(["user_speaking", "eou_detection", "user_turn"]);
  expect(speech?.parentSpanContext?.spanId).toBe(turn?.spanContext().spanId);
  expect(decision?.parentSpanContext?.spanId).toBe(turn?.spanContext().spanId);
  expect(decision?.status).toEqual({ code: 2, message: "too late" });
  expect(decision?.events.map(({ name }) => name)).toEqual(["exception"]);
  expect(turn?.startTime).toEqual([STARTED_AT / 1_000, 500_000_000]);
  expect(turn?.duration).toEqual([2, 500_000_000]);
  expect(turn?.attributes).toMatchObject({ "lk.end_of_turn_delay": 0.5 });
});
