import { expect, test } from "vitest";
import { markSound } from "../../gateway/engines/marked-sound.ts";
import { VoiceError } from "../../src/errors.ts";
import type { SpeechEvent } from "../../src/stt/speech-event.ts";
import { judge, type Evidence, type Verdict } from "./judge.ts";

const ALL = { start: 0, end: 1_000_000 };
const FED = { passed: [ALL], speech: [{ start: 8_000, end: 900_000 }], segmentIds: [1] };
const SENT: SpeechEvent = { type: "audio-sent", segmentId: 1, startSample: 0, lengthSamples: 1_000_000 };
const SETTLED: SpeechEvent = { type: "segment-settled", segmentId: 1 };

function final(transcriptId: number, text: string): SpeechEvent {
  const times = { startSample: 0, endSample: 1_000_000 };
  const data = { text, language: "en", ...times, confidence: 1, words: [] };
  return { type: "final-transcript", segmentId: 1, transcriptId, data, requestId: "" };
}

function lost(startSample: number, lengthSamples: number, cause: "unsent" | "unanswered" = "unanswered"): SpeechEvent {
  return { type: "audio-lost", startSample, lengthSamples, cause };
}

function verdict(events: readonly SpeechEvent[], other: Partial<Evidence> = {}): Verdict {
  return judge({
    fed: FED,
    told: events.map((event) => ({ event, passedSamples: 1_000_000 })),
    received: [],
    toldBeforeFinish: Number.POSITIVE_INFINITY,
    hasWords: false,
    isGated: true,
    mustSaveAll: false,
    mustFail: false,
    ...other,
  });
}

/** A session that was sent stretches of speech, each as one message. */
function received(...spans: readonly (readonly [start: number, end: number])[]): Evidence["received"][number] {
  const chunks = spans.map(([start, end]) => markSound(start, end - start, () => true));
  return {
    chunkSamples: chunks.map(({ length }) => length),
    pcm: () => Int16Array.from(chunks.flatMap((one) => [...one])),
  };
}

test("speech that stands in one final each is neither lost nor doubled", () => {
  const events = [SENT, final(1, "0-400000"), final(2, "400000-1000000"), SETTLED];
  const { broken, ...figures } = verdict(events, { mustSaveAll: true });
  expect(broken).toEqual([]);
  expect(figures).toEqual({
    speechSamples: 892_000,
    firstSentSamples: 1_000_000,
    lostSamples: 0,
    doubledSamples: 0,
    reportedSamples: 0,
    supersededFinals: 0,
  });
});

test("a final that was taken back stands no more", () => {
  const back: SpeechEvent = { type: "transcripts-superseded", segmentId: 1, transcriptIds: [1] };
  expect(verdict([final(1, "0-400000"), back, final(2, "0-1000000")]).broken).toEqual([]);
  expect(verdict([final(1, "0-400000"), back]).lostSamples).toBe(892_000);
});

test.each<[string, readonly SpeechEvent[], Partial<Evidence>?]>([
  ["speech lost without a word: 400000-400001", [final(1, "0-400000"), final(2, "400001-1000000")]],
  ["told twice: 399999-400000", [final(1, "0-400000"), final(2, "399999-1000000")]],
  ["told and never said: 1000000-1000001", [final(1, "0-1000001")]],
  ["reported as lost, and told: 8000-8010", [lost(7_990, 20), final(1, "0-1000000")]],
  ["reported as lost twice: 5-10", [lost(0, 10), lost(5, 5), final(1, "10-1000000")]],
  [
    "reported as lost, and never said: 1000000-1000001",
    [lost(900_000, 100_001), final(1, "0-900000")],
    { toldBeforeFinish: 0 },
  ],
  ["given up in a short outage: 0-10", [lost(0, 10), final(1, "10-1000000"), SETTLED], { mustSaveAll: true }],
  ["900000-900010 was given up while 100000 samples waited", [lost(900_000, 10), final(1, "0-900000")]],
  [
    "reported as unsent, and received: 100-110",
    [lost(0, 110, "unsent"), final(1, "110-1000000")],
    { received: [received([100, 300])] },
  ],
  [
    "300 was sent after 500 on one connection",
    [final(1, "0-1000000")],
    { received: [received([100, 500], [300, 600])] },
  ],
  [
    "received, and never said: 1000000-1000100",
    [final(1, "0-1000000")],
    { received: [received([999_000, 1_000_100])] },
  ],
  ["said to be sent for the first time, twice: 0-1000000", [SENT, SENT, final(1, "0-1000000")]],
  ["transcript 1 follows 2", [final(2, "0-400000"), final(1, "400000-1000000")]],
  ['transcript 1 is "hello"', [final(1, "hello"), final(2, "0-1000000")]],
  ["segments were settled twice: 1 1", [final(1, "0-1000000"), SETTLED, SETTLED]],
  ["segments settled: , of 1", [final(1, "0-1000000")], { mustSaveAll: true }],
  ["two times end-of-speech", [final(1, "0-1000000"), { type: "end-of-speech" }]],
  ["did not fail", [final(1, "0-1000000")], { mustFail: true }],
])("%s", (law, events, other) => {
  expect(verdict(events, other).broken).toEqual([law]);
});

test("nothing follows a failure, and nothing is told of one that should not be", () => {
  const failed: SpeechEvent = { type: "failed", error: new VoiceError("gateway-lost", "gone") };
  expect(verdict([final(1, "0-1000000"), failed], { mustFail: true }).broken).toEqual([]);
  expect(verdict([final(1, "0-1000000"), failed]).broken).toEqual([expect.stringMatching(/^failed: /)]);
  expect(verdict([failed, final(1, "0-1000000")]).broken).toEqual(["1 events after the end"]);
});

test("what is given up behind a full ring, or when the input has ended, is reported and no law is broken", () => {
  const whole = [lost(0, 16_000), final(1, "16000-1000000")];
  expect(verdict(whole)).toMatchObject({ broken: [], reportedSamples: 8_000 });
  const late = [final(1, "0-900000"), lost(900_000, 10)];
  expect(verdict(late, { toldBeforeFinish: 1 }).broken).toEqual([]);
});

test("where silence is not held back, it may be given up", () => {
  const silent = [lost(900_000, 100_000), final(1, "0-900000")];
  const other = { mustSaveAll: true, isGated: false, toldBeforeFinish: 0 };
  expect(verdict(silent, other).broken).toEqual([]);
  expect(verdict([lost(899_999, 100_001), final(1, "0-899999")], other).broken).toEqual([
    "given up in a short outage: 899999-900000",
  ]);
});

test("a word must stand where it was captured, and the text must be its words", () => {
  const word = { word: "8000-1000000", startSample: 8_000, endSample: 1_000_000, confidence: 1 };
  const told = (text: string, words: readonly (typeof word)[]): SpeechEvent => {
    const event = final(1, text);
    return event.type === "final-transcript" ? { ...event, data: { ...event.data, words } } : event;
  };
  const hasWords = true;
  expect(verdict([told("8000-1000000", [word])], { hasWords }).broken).toEqual([]);
  expect(verdict([told("8000-1000000", [{ ...word, startSample: 8_001 }])], { hasWords }).broken).toEqual([
    "the word 8000-1000000 is placed at 8001-1000000",
  ]);
  expect(verdict([told("8000-1000000", [])], { hasWords }).broken).toHaveLength(1);
});
