import { expect, test } from "vitest";
import { VoiceError } from "../../errors.ts";
import { FakeClock } from "../../testing/fake-clock.ts";
import { randomNumbers } from "../../testing/random.ts";
import type { SpeechStream, SpeechStreamOptions, Stt } from "../contract.ts";
import type { SpeechEvent } from "../speech-event.ts";
import { spansWithin, type CaptureSpan } from "./capture-span.ts";
import { fallbackAdapter } from "./fallback-adapter.ts";
import { heard, Party } from "./testing/party.ts";

/** Audio is pushed, told and lost in these; small enough to cut finals anywhere, large enough to walk far. */
const UNIT_SAMPLES = 4_000;
const SILENCE = new Float32Array(40 * UNIT_SAMPLES);

interface HeardSegment {
  /** Heard, and neither told nor lost. */
  pending: CaptureSpan[];
  told: (CaptureSpan & { readonly transcriptId: number })[];
  isClosed: boolean;
}

/** A recogniser that keeps account of every sample, and breaks when it pleases. */
class FallibleStream implements SpeechStream {
  readonly health = {
    connection: "open",
    waitingSamples: 0,
    unansweredSamples: 0,
    attempts: 1,
    skippedMessages: 0,
  } as const;
  readonly #options: SpeechStreamOptions;
  readonly #random: () => number;
  readonly #segments = new Map<number, HeardSegment>();
  #openId: number | undefined;
  #transcriptCount = 0;
  #isSpeaking = false;
  isOver = false;
  /** Whether it takes back finals and tells them anew, as after a lost connection of its own. */
  readonly #retells: boolean;

  constructor(options: SpeechStreamOptions, random: () => number) {
    this.#options = options;
    this.#random = random;
    this.#retells = random() < 0.5;
    options.signal.addEventListener("abort", () => (this.isOver = true), { once: true });
  }

  openSegment(segmentId: number): void {
    this.#openId = segmentId;
    this.#segments.set(segmentId, { pending: [], told: [], isClosed: false });
  }

  push(startSample: number, samples: Float32Array): void {
    const segment = this.#openId === undefined ? undefined : this.#segments.get(this.#openId);
    if (!segment || this.isOver) return;
    segment.pending = joined([...segment.pending, { startSample, endSample: startSample + samples.length }]);
    this.#say({
      type: "audio-sent",
      segmentId: this.#openId ?? 0,
      startSample,
      lengthSamples: samples.length,
    });
    if (this.#random() < 0.004) this.fail();
  }

  flush(): void {
    if (this.#random() < 0.01) this.fail();
  }

  closeSegment(): void {
    const segment = this.#segments.get(this.#openId ?? 0);
    if (segment) segment.isClosed = true;
    this.#openId = undefined;
  }

  advance(): void {
    // Goes by what it hears.
  }

  async finish(): Promise<void> {
    this.closeSegment();
    while (!this.isOver && this.#segments.size > 0 && this.#random() < 0.95) this.act();
    await Promise.resolve();
    for (const segment of this.#segments.values()) this.#lose(segment, Infinity);
    this.isOver = true;
  }

  /** Does the next thing. */
  act(): void {
    const [id, segment] = [...this.#segments].find(([, { pending, isClosed }]) => pending.length > 0 || isClosed) ?? [];
    if (id === undefined || !segment || this.isOver) return;
    const dice = this.#random();
    if (dice < 0.06) return this.fail();
    if (dice < 0.1) return this.#lose(segment, (segment.pending[0]?.startSample ?? 0) + UNIT_SAMPLES);
    if (dice < 0.14 && this.#retells) this.#retell(id, segment);
    else if (dice < 0.2) this.#say({ ...final(id, ++this.#transcriptCount, "", { startSample: 0, endSample: 0 }) });
    if (segment.pending.length > 0) return this.#tell(id, segment);
    if (!segment.isClosed) return;
    this.#segments.delete(id);
    this.#say({ type: "segment-settled", segmentId: id });
  }

  /** Honest ones report what they have not told. */
  fail(): void {
    if (this.isOver) return;
    if (this.#random() < 0.5) for (const segment of this.#segments.values()) this.#lose(segment, Infinity);
    this.#say({ type: "failed", error: new VoiceError("gateway-lost", "gone") });
  }

  #tell(id: number, segment: HeardSegment): void {
    const [first] = segment.pending;
    if (!first) return;
    const units = Math.ceil((this.#random() * (first.endSample - first.startSample)) / UNIT_SAMPLES);
    const endSample = Math.min(first.endSample, first.startSample + Math.max(1, units) * UNIT_SAMPLES);
    const span = { startSample: first.startSample, endSample };
    segment.pending = spansWithin(segment.pending, endSample, Infinity);
    const transcriptId = ++this.#transcriptCount;
    segment.told.push({ ...span, transcriptId });
    if (!this.#isSpeaking) this.#say({ type: "start-of-speech" });
    this.#isSpeaking = true;
    if (this.#random() < 0.1) return this.#finalOf(id, transcriptId, span); // speech goes on
    this.#finalOf(id, transcriptId, span);
    this.#isSpeaking = false;
    this.#say({ type: "end-of-speech" });
  }

  #finalOf(id: number, transcriptId: number, span: CaptureSpan): void {
    this.#say(final(id, transcriptId, "words", span));
  }

  #retell(segmentId: number, segment: HeardSegment): void {
    const transcriptIds = segment.told.map(({ transcriptId }) => transcriptId);
    if (transcriptIds.length === 0) return;
    segment.pending = joined([...segment.told, ...segment.pending]);
    segment.told = [];
    this.#say({ type: "transcripts-superseded", segmentId, transcriptIds });
  }

  #lose(segment: HeardSegment, untilSample: number): void {
    for (const { startSample, endSample } of spansWithin(segment.pending, 0, untilSample)) {
      this.#say({ type: "audio-lost", startSample, lengthSamples: endSample - startSample, cause: "unanswered" });
    }
    segment.pending = spansWithin(segment.pending, untilSample, Infinity);
  }

  #say(event: SpeechEvent): void {
    if (!this.isOver) this.#options.onEvent(event);
  }
}

function final(segmentId: number, transcriptId: number, text: string, span: CaptureSpan): SpeechEvent {
  const data = heard(text, span.startSample, span.endSample);
  return { type: "final-transcript", segmentId, transcriptId, data, requestId: "" };
}

function joined(spans: readonly CaptureSpan[]): CaptureSpan[] {
  const result: CaptureSpan[] = [];
  for (const { startSample, endSample } of spans.toSorted((one, other) => one.startSample - other.startSample)) {
    const last = result.at(-1);
    if (last?.endSample === startSample) result[result.length - 1] = { ...last, endSample };
    else result.push({ startSample, endSample });
  }
  return result;
}

function must(isTrue: boolean, law: string): void {
  if (!isTrue) throw new Error(`Broken: ${law}`);
}

/** What was pushed, told, taken back and lost, by unit; and whether the events make sense. */
class Account {
  readonly #pushed = new Set<number>();
  readonly #lost: number[] = [];
  readonly #sent: number[] = [];
  readonly #standing = new Map<number, CaptureSpan>();
  #lastId = 0;
  readonly #unsettled = new Set<number>();
  readonly #closed = new Set<number>();
  #isSpeaking = false;
  hasFailed = false;
  finals = 0;
  superseded = 0;

  opened(segmentId: number): void {
    this.#unsettled.add(segmentId);
  }

  closed(segmentId: number): void {
    this.#closed.add(segmentId);
  }

  pushed(startSample: number, endSample: number): void {
    for (const unit of unitsOf({ startSample, endSample })) this.#pushed.add(unit);
  }

  told(event: SpeechEvent): void {
    must(!this.hasFailed, "nothing follows the end");
    switch (event.type) {
      case "final-transcript":
        must(event.transcriptId > this.#lastId, "ids count up");
        this.#lastId = event.transcriptId;
        if (event.data.text !== "") this.#standing.set(event.transcriptId, event.data);
        this.finals += 1;
        return;
      case "transcripts-superseded":
        for (const id of event.transcriptIds) must(this.#standing.delete(id), "what is taken back stood");
        this.superseded += 1;
        return;
      case "audio-lost":
        this.#lost.push(...unitsOf({ ...event, endSample: event.startSample + event.lengthSamples }));
        return;
      case "audio-sent":
        this.#sent.push(...unitsOf({ ...event, endSample: event.startSample + event.lengthSamples }));
        return;
      case "start-of-speech":
      case "end-of-speech":
        must(this.#isSpeaking === (event.type === "end-of-speech"), "an end has a start");
        this.#isSpeaking = event.type === "start-of-speech";
        return;
      case "segment-settled":
        must(this.#closed.has(event.segmentId), "an open segment is not settled");
        must(this.#unsettled.delete(event.segmentId), "a segment is settled once");
        return;
      case "failed":
        this.hasFailed = true;
        return;
      default:
    }
  }

  /** Every pushed unit was told by one final that stands, or lost, once. */
  check(): void {
    const told = [...this.#standing.values()].flatMap(unitsOf);
    const accounted = [...told, ...this.#lost];
    const distinct = new Set(accounted);
    expect(
      [...this.#pushed].filter((unit) => !distinct.has(unit)),
      "neither told nor lost",
    ).toEqual([]);
    expect(
      [...distinct].filter((unit) => !this.#pushed.has(unit)),
      "never said",
    ).toEqual([]);
    expect(
      accounted.filter((unit, index) => accounted.indexOf(unit) !== index),
      "twice",
    ).toEqual([]);
    expect(new Set(this.#sent).size, "sent once").toBe(this.#sent.length);
  }

  get lostUnits(): number {
    return this.#lost.length;
  }
}

function unitsOf({ startSample, endSample }: CaptureSpan): number[] {
  const length = (endSample - startSample) / UNIT_SAMPLES;
  return Array.from({ length }, (_, index) => startSample / UNIT_SAMPLES + index);
}

async function walk(
  seed: number,
  endsTurns: boolean,
): Promise<{ readonly account: Account; readonly streams: number }> {
  const random = randomNumbers(seed);
  const account = new Account();
  const streams: FallibleStream[] = [];
  const stts = ["A", "B", "C"].map((model): Stt => {
    const party = new Party(model, { endsTurns });
    return Object.assign(party, {
      stream: (options: SpeechStreamOptions) => {
        const stream = new FallibleStream(options, random);
        streams.push(stream);
        return stream;
      },
    });
  });
  const stream = fallbackAdapter(stts, { clock: new FakeClock(), retryIntervalMs: 5_000 }).stream({
    onEvent: (event) => account.told(event),
    signal: new AbortController().signal,
  });

  let at = 0;
  let openId: number | undefined;
  let lastId = 0;
  for (let step = 0; step < 250 && !account.hasFailed; step++) {
    const dice = random();
    if (openId === undefined) {
      at += UNIT_SAMPLES * Math.floor(random() * 20);
      openId = ++lastId;
      account.opened(openId);
      stream.openSegment(openId, at);
    } else if (dice < 0.5) {
      // Sometimes with a hole, sometimes so much that not all of it can be kept.
      if (random() < 0.02) at += 5 * UNIT_SAMPLES;
      const length = UNIT_SAMPLES * (random() < 0.1 ? 40 : 1 + Math.floor(random() * 6));
      account.pushed(at, at + length);
      at += length;
      stream.push(at - length, SILENCE.subarray(0, length));
    } else if (dice < 0.55) stream.flush(at);
    else if (dice < 0.6 && !endsTurns) {
      account.closed(openId);
      openId = undefined;
      stream.closeSegment(at);
    } else {
      stream.advance(at);
      // Any of them, the probes among them.
      streams[Math.max(0, streams.length - 1 - Math.floor(random() * 3))]?.act();
    }
  }
  if (openId !== undefined) account.closed(openId);
  await stream.finish(1_000);
  account.check();
  return { account, streams: streams.length };
}

test.each([false, true])(
  "whoever fails whenever: each sample is told by one final that stands, or reported lost (ending turns: %s)",
  async (endsTurns) => {
    const sums = { streams: 0, finals: 0, superseded: 0, lostUnits: 0, failed: 0 };
    for (let seed = 1; seed <= 200; seed++) {
      const { account, streams } = await walk(seed, endsTurns).catch((error: unknown) => {
        throw new Error(`seed ${seed}`, { cause: error });
      });
      sums.streams += streams;
      sums.finals += account.finals;
      sums.superseded += account.superseded;
      sums.lostUnits += account.lostUnits;
      sums.failed += account.hasFailed ? 1 : 0;
    }
    // The walks have been where it matters.
    expect(sums.streams).toBeGreaterThan(1_000);
    expect(sums.finals).toBeGreaterThan(1_000);
    expect(sums.superseded).toBeGreaterThan(50);
    expect(sums.lostUnits).toBeGreaterThan(100);
    expect(sums.failed).toBeGreaterThan(0);
    expect(sums.failed).toBeLessThan(190);
  },
);
