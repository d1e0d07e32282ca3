import { expect, test } from "vitest";
import type { SpeechStream } from "../contract.ts";
import type { SpeechEvent } from "../speech-event.ts";
import { LoudnessTrack } from "./loudness-track.ts";
import { multiSpeaker, type MultiSpeakerOptions } from "./multi-speaker.ts";
import { lineOf, Party } from "./testing/party.ts";

const SECOND = 16_000;

class Rig {
  readonly party = new Party("nova", { diarization: true });
  readonly events: SpeechEvent[] = [];
  readonly stream: SpeechStream;
  #count = 0;

  constructor(options: MultiSpeakerOptions = {}) {
    this.stream = multiSpeaker(this.party, options).stream({
      onEvent: (event) => this.events.push(event),
      signal: new AbortController().signal,
    });
  }

  hear(from: number, to: number, level: number): void {
    this.stream.push(from, new Float32Array(to - from).fill(level));
  }

  /** Speech of one person at a level, and its final; tells whether that person is the primary one. */
  speech(speakerId: string | undefined, from: number, to: number, level: number): boolean | undefined {
    this.hear(from, to, level);
    this.party.newest.final(1, ++this.#count, "hello", from, to, speakerId);
    const event = this.events.at(-1);
    return event?.type === "final-transcript" ? event.data.isPrimarySpeaker : undefined;
  }

  /** What was said since this was last read. */
  lines(): string[] {
    return this.events.splice(0).map(lineOf);
  }
}

test("the first speaker is the primary one, and a quieter one does not take over", () => {
  const rig = new Rig();
  expect(rig.speech("A", 0, SECOND, 0.3)).toBe(true);
  expect(rig.speech("B", SECOND, 2 * SECOND, 0.005)).toBe(false);
  expect(rig.speech("A", 2 * SECOND, 3 * SECOND, 0.3)).toBe(true);
});

test("a speaker takes over by being 1.3 times as loud, no less", () => {
  expect(new Rig().speech("A", 0, SECOND, 0.1)).toBe(true);
  for (const [level, isPrimary] of [
    [0.129, false],
    [0.131, true],
  ] as const) {
    const rig = new Rig();
    rig.speech("A", 0, SECOND, 0.1);
    expect(rig.speech("B", SECOND, 2 * SECOND, level)).toBe(isPrimary);
  }
});

test("a primary speaker who is silent is easier to follow: equals after 60 s, and half as loud in the end", () => {
  for (const [silentMs, level, isPrimary] of [
    [30_000, 0.114, false],
    [30_000, 0.116, true],
    [60_000, 0.099, false],
    [60_000, 0.101, true],
    [600_000, 0.049, false],
    [600_000, 0.051, true],
  ] as const) {
    const rig = new Rig();
    rig.speech("A", 0, SECOND, 0.1);
    // Nothing passes the gate meanwhile.
    const from = SECOND + silentMs * 16 - SECOND;
    rig.stream.advance(from);
    expect(rig.speech("B", from, from + SECOND, level), `${silentMs} ms, ${level}`).toBe(isPrimary);
  }
});

test("a speaker's loudness is smoothed by half", () => {
  const rig = new Rig();
  rig.speech("A", 0, SECOND, 0.1);
  rig.speech("A", SECOND, 2 * SECOND, 0.3); // now 0.2
  expect(rig.speech("B", 2 * SECOND, 3 * SECOND, 0.25)).toBe(false);
  expect(rig.speech("C", 3 * SECOND, 4 * SECOND, 0.27)).toBe(true);
});

test("a text that nobody is known to have said leaves the primary speaker in place", () => {
  const rig = new Rig();
  rig.speech("A", 0, SECOND, 0.3);
  expect(rig.speech(undefined, SECOND, 2 * SECOND, 0.3)).toBeUndefined();
  expect(rig.speech("B", 2 * SECOND, 3 * SECOND, 0.005)).toBe(false);
});

test("a text over less than three frames is no evidence", () => {
  const rig = new Rig();
  expect(rig.speech("A", 0, 0.2 * SECOND, 0.3)).toBeUndefined();
  expect(rig.speech("B", SECOND, 2 * SECOND, 0.01)).toBe(true);
});

test("only what was pushed counts, at its place on the capture clock", () => {
  const rig = new Rig();
  rig.hear(100 * SECOND, 101 * SECOND, 0.1);
  rig.hear(500 * SECOND, 501 * SECOND, 0.4);
  rig.party.newest.final(1, 1, "a", 100 * SECOND, 101 * SECOND, "A");
  // The span holds a long silence that never passed the gate: it does not make B quiet.
  rig.party.newest.final(1, 2, "b", 400 * SECOND, 501 * SECOND, "B");
  expect(rig.events.map((event) => event.type === "final-transcript" && event.data.isPrimarySpeaker)).toEqual([
    true,
    true,
  ]);
});

test("interims that carry a speaker are told apart by what is known, and are no evidence themselves", () => {
  const rig = new Rig({ formatBackground: (text, speakerId) => `(${speakerId}: ${text})` });
  const { newest } = rig.party;
  rig.hear(0, 2 * SECOND, 0.3);
  newest.interim(1, 1, "he", 0, SECOND, "A");
  newest.final(1, 2, "hello", 0, SECOND, "A");
  newest.interim(1, 3, "hi", SECOND, 2 * SECOND, "B");
  newest.interim(1, 4, "him", SECOND, 2 * SECOND);
  newest.interim(1, 5, "good", SECOND, 2 * SECOND, "A");
  expect(rig.events.map((event) => "data" in event && [event.data.text, event.data.isPrimarySpeaker])).toEqual([
    ["he", undefined],
    ["hello", true],
    ["(B: hi)", false],
    ["him", undefined],
    ["good", true],
  ]);
});

test("texts are formatted by who said them, and told to be by whom", () => {
  const rig = new Rig({
    formatPrimary: (text, speakerId) => `${speakerId}! ${text}`,
    formatBackground: (text, speakerId) => `${speakerId}? ${text}`,
  });
  rig.speech("A", 0, SECOND, 0.3);
  rig.speech("B", SECOND, 2 * SECOND, 0.01);
  expect(rig.lines()).toEqual(['final 1/1 "A! hello" 0-16000', 'final 1/2 "B? hello" 16000-32000']);
});

test("suppressed texts do not pass, but their finals come empty, to clear what was shown", () => {
  const rig = new Rig({ suppressBackground: true, formatBackground: () => "never" });
  const { newest } = rig.party;
  rig.speech("A", 0, SECOND, 0.3);
  newest.interim(1, 2, "hi", SECOND, 2 * SECOND, "B");
  newest.say({ type: "start-of-speech" });
  rig.hear(SECOND, 2 * SECOND, 0.01);
  const words = [{ word: "hi", startSample: SECOND, endSample: 2 * SECOND, confidence: 1 }];
  const data = {
    text: "hi",
    language: "en",
    startSample: SECOND,
    endSample: 2 * SECOND,
    confidence: 1,
    speakerId: "B",
    words,
  };
  newest.say({ type: "final-transcript", segmentId: 1, transcriptId: 3, data, requestId: "r" });
  newest.say({ type: "end-of-speech" });
  expect(rig.events.at(-2)).toMatchObject({ data: { text: "", words: [], speakerId: "B", isPrimarySpeaker: false } });
  expect(rig.lines()).toEqual([
    'final 1/1 "hello" 0-16000',
    "start-of-speech",
    'final 1/3 "" 16000-32000',
    "end-of-speech",
  ]);
});

test("everything else passes through, either way", async () => {
  const rig = new Rig();
  const { newest } = rig.party;
  rig.stream.openSegment(1, 0);
  rig.stream.push(0, new Float32Array(100));
  rig.stream.flush(100);
  rig.stream.closeSegment(100);
  rig.stream.advance(500);
  const finished = rig.stream.finish(10);
  newest.settle(1);
  newest.fail("gone");
  newest.finished();
  await finished;
  expect(newest.calls).toEqual(["open 1 0", "push 0-100", "flush 100", "close 100", "finish"]);
  expect([newest.nowSample, rig.stream.health]).toEqual([500, newest.health]);
  expect(rig.lines()).toEqual(["settled 1", "failed gone"]);
});

test("it is the STT that it wraps, which must tell speakers apart", () => {
  const party = new Party("nova", { diarization: true });
  const stt = multiSpeaker(party);
  expect([stt.model, stt.provider, stt.capabilities]).toEqual(["nova", "party", party.capabilities]);
  stt.prewarm?.();
  expect(party.prewarmCount).toBe(1);
  void stt.recognize(new Float32Array(1));
  expect(party.requests.length).toBe(1);
  expect(() => multiSpeaker(new Party("plain"))).toThrow(
    new TypeError("multiSpeaker() needs an stt with diarization; plain does not tell speakers apart"),
  );
});

test.each([
  ["frameMs", 5, "primarySpeaker.frameMs must be in [10, 1000] ms, got 5"],
  ["memoryMs", 0, "primarySpeaker.memoryMs must be in [1000, 600000] ms, got 0"],
  ["minFrames", 0, "primarySpeaker.minFrames must be in [1, 1000], got 0"],
  ["smoothing", 1.5, "primarySpeaker.smoothing must be in [0, 1], got 1.5"],
  ["thresholdMultiplier", -1, "primarySpeaker.thresholdMultiplier must be in [0, 100], got -1"],
  ["decayToEqualMs", Number.NaN, "primarySpeaker.decayToEqualMs must be in [1, 3600000] ms, got NaN"],
  ["minMultiplier", 101, "primarySpeaker.minMultiplier must be in [0, 100], got 101"],
])("an option out of range is refused: %s %d", (name, value, message) => {
  const party = new Party("nova", { diarization: true });
  expect(() => multiSpeaker(party, { primarySpeaker: { [name]: value } })).toThrow(new RangeError(message));
});

test.each([[1], [333], [1_600], [100_000]])("loudness does not depend on how the audio was sliced (%d)", (size) => {
  const samples = Float32Array.from({ length: 20_000 }, (_, index) => Math.floor(index / 1_600) / 20);
  const track = new LoudnessTrack(1_600, 100);
  for (let at = 0; at < samples.length; at += size) track.push(700 + at, samples.subarray(at, at + size));
  expect(track.medianWithin(700 + 1_600, 700 + 4 * 1_600, 3)).toBeCloseTo(2 / 20, 6);
  expect(track.medianWithin(700 + 1_600, 700 + 5 * 1_600, 4)).toBeCloseTo(2.5 / 20, 6);
});

test("a frame never spans a gap, and old frames are forgotten", () => {
  const track = new LoudnessTrack(1_600, 10);
  track.push(0, new Float32Array(1_000).fill(0.9));
  for (let at = 50_000; at < 50_000 + 30 * 1_600; at += 1_600) track.push(at, new Float32Array(1_600).fill(0.1));
  expect(track.medianWithin(0, 49_000, 1)).toBeUndefined();
  expect(track.medianWithin(50_000, 51_600, 1)).toBeUndefined();
  expect(track.medianWithin(0, 1_000_000, 10)).toBeCloseTo(0.1, 6);
  expect(track.medianWithin(0, 1_000_000, 11)).toBeUndefined();
});
