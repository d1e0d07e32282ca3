import { expect, test } from "vitest";
import { VoiceError } from "../errors.ts";
import type { SpeechStream, SpeechStreamOptions, Stt } from "../stt/contract.ts";
import type { SpeechData, SpeechEvent } from "../stt/speech-event.ts";
import type { VoiceEvent } from "./events.ts";
import { SpeechPath } from "./speech-path.ts";

/** A recogniser that writes down what it is told, and says what the test says. */
class FakeStt implements Stt, SpeechStream {
  readonly model = "fake";
  readonly provider = "fake";
  readonly capabilities = {
    streaming: true,
    interimResults: true,
    diarization: false,
    offlineRecognize: false,
    alignedTranscript: "word",
    flush: "inline",
    endsTurns: false,
  } as const;
  readonly health = {
    connection: "open",
    waitingSamples: 5,
    unansweredSamples: 6,
    attempts: 1,
    skippedMessages: 0,
  } as const;
  readonly calls: string[] = [];
  say: (event: SpeechEvent) => void = () => undefined;

  stream({ onEvent }: SpeechStreamOptions): SpeechStream {
    this.say = onEvent;
    return this;
  }

  recognize(): Promise<SpeechData> {
    return Promise.reject(new VoiceError("not-supported", "fake"));
  }

  openSegment = (id: number, at: number): number => this.calls.push(`open ${id} ${at}`);
  push = (at: number, { length }: Float32Array): number => this.calls.push(`push ${at} ${length}`);
  flush = (at: number): number => this.calls.push(`flush ${at}`);
  closeSegment = (at: number): number => this.calls.push(`close ${at}`);
  advance = (at: number): number => this.calls.push(`advance ${at}`);
  finish = (limitMs: number): Promise<void> => Promise.resolve(void this.calls.push(`finish ${limitMs}`));
}

class Rig {
  readonly stt = new FakeStt();
  readonly events: VoiceEvent[] = [];
  readonly failures: VoiceError[] = [];
  now = 0;
  readonly path: SpeechPath;

  constructor(hasStt = true) {
    this.path = new SpeechPath({
      stt: hasStt ? this.stt : undefined,
      now: () => this.now,
      emit: (event) => this.events.push(event),
      onFailure: (error) => this.failures.push(error),
      signal: new AbortController().signal,
    });
  }
}

const DATA: SpeechData = {
  text: "go",
  language: "en",
  startSample: 1_600,
  endSample: 3_200,
  confidence: 0.5,
  words: [{ word: "go", startSample: 1_608, endSample: 3_200, confidence: 0.9 }],
};

test("what was heard is fed to the recogniser in order, and told in ms", () => {
  const { path, stt, events } = new Rig();
  const samples = new Float32Array(512);
  path.hear({ type: "speech-started", startSample: 512, atSample: 1_536 });
  path.hear({ type: "segment-opened", segmentId: 1, startSample: 0, atSample: 1_536 });
  path.hear({ type: "audio", segmentId: 1, startSample: 0, samples, uplink: new Float32Array(1) });
  path.hear({ type: "frame", startSample: 1_024, endSample: 1_536, levelDb: -20, probability: 0.8, isOpen: true });
  path.hear({ type: "speech-ended", endSample: 2_048, atSample: 4_096 });
  path.hear({ type: "flush", segmentId: 1, speechEndSample: 2_048, atSample: 4_096 });
  path.hear({ type: "segment-closed", segmentId: 1, endSample: 4_096, atSample: 4_096 });
  path.hear({ type: "end", atSample: 5_000 });
  expect(stt.calls).toEqual(["open 1 0", "push 0 512", "advance 1536", "flush 2048", "close 4096", "advance 5000"]);
  expect(events).toEqual([
    { type: "speech-started", startMs: 32, atMs: 0 },
    { type: "segment-opened", segmentId: 1, startMs: 0, atMs: 0 },
    { type: "audio", segmentId: 1, startMs: 0, samples, atMs: 0 },
    { type: "frame", startMs: 64, endMs: 96, levelDb: -20, probability: 0.8, isOpen: true, atMs: 0 },
    { type: "speech-ended", endMs: 128, atMs: 0 },
    { type: "flush", segmentId: 1, atMs: 0 },
    { type: "segment-closed", segmentId: 1, startMs: 0, endMs: 256, atMs: 0 },
  ]);
});

test("a session that only detects speech needs no recogniser", async () => {
  const { path, events } = new Rig(false);
  path.hear({ type: "segment-opened", segmentId: 1, startSample: 160, atSample: 512 });
  path.hear({ type: "segment-closed", segmentId: 1, endSample: 320, atSample: 512 });
  path.advance(1_000);
  await path.finish(5);
  expect(events.at(-1)).toEqual({ type: "segment-closed", segmentId: 1, startMs: 10, endMs: 20, atMs: 0 });
});

test("texts are told where they were said, and stamped when they were known", () => {
  const { path, stt, events } = new Rig();
  path.hear({ type: "segment-opened", segmentId: 1, startSample: 0, atSample: 512 });
  stt.say({ type: "interim-transcript", segmentId: 1, transcriptId: 1, data: { ...DATA, words: [] }, requestId: "r" });
  stt.say({
    type: "final-transcript",
    segmentId: 1,
    transcriptId: 2,
    data: { ...DATA, speakerId: "S1", metadata: { tone: "calm" } },
    requestId: "r",
  });
  const text = {
    type: "transcript",
    text: "go",
    segmentId: 1,
    startMs: 100,
    endMs: 200,
    language: "en",
    confidence: 0.5,
  };
  expect(events.slice(1)).toEqual([
    { ...text, isFinal: false, transcriptId: 1, words: [], atMs: 0 },
    {
      ...text,
      isFinal: true,
      transcriptId: 2,
      words: [{ word: "go", startMs: 100.5, endMs: 200, confidence: 0.9 }],
      speakerId: "S1",
      metadata: { tone: "calm" },
      atMs: 0,
    },
  ]);
});

test("a settled segment tells its figures, counted from speech as the detector dates it", () => {
  const rig = new Rig();
  const { path, stt } = rig;
  path.hear({ type: "speech-started", startSample: 16_000, atSample: 17_024 });
  path.hear({ type: "segment-opened", segmentId: 1, startSample: 8_000, atSample: 17_024 });
  rig.now = 17_600;
  stt.say({ type: "audio-sent", segmentId: 1, startSample: 8_000, lengthSamples: 9_600 });
  path.hear({ type: "speech-ended", endSample: 32_000, atSample: 40_000 });
  path.hear({ type: "flush", segmentId: 1, speechEndSample: 32_000, atSample: 40_000 });
  rig.now = 40_000;
  stt.say({ type: "flush-sent", segmentId: 1 });
  rig.now = 48_000;
  stt.say({ type: "final-transcript", segmentId: 1, transcriptId: 1, data: DATA, requestId: "r" });
  stt.say({ type: "segment-settled", segmentId: 1 });
  const metrics = {
    firstAudioAfterOnsetMs: 100,
    flushAfterSpeechEndMs: 500,
    finalAfterSpeechEndMs: 1_000,
    sentMs: 600,
  };
  expect(rig.events.at(-1)).toEqual({ type: "segment-settled", segmentId: 1, metrics, atMs: 3_000 });
});

test.each([
  [{ type: "gap", startSample: 16, lengthSamples: 160, isFilled: true }, "filled"],
  [{ type: "gap", startSample: 16, lengthSamples: 160, isFilled: false }, "skipped"],
] as const)("missing sound is told with its length: %j", (event, cause) => {
  const { path, events } = new Rig();
  path.hear(event);
  expect(events).toEqual([{ type: "gap", startMs: 1, durationMs: 10, cause, atMs: 0 }]);
});

test("audio that could not be saved is a gap too, and counted", () => {
  const { path, stt, events } = new Rig();
  stt.say({ type: "audio-lost", startSample: 16, lengthSamples: 160, cause: "unsent" });
  stt.say({ type: "audio-lost", startSample: 32, lengthSamples: 16, cause: "unanswered" });
  expect(events).toEqual([
    { type: "gap", startMs: 1, durationMs: 10, cause: "unsent", atMs: 0 },
    { type: "gap", startMs: 2, durationMs: 1, cause: "unanswered", atMs: 0 },
  ]);
  expect(path.health).toEqual({ gapCount: 2, gapMs: 11, stt: stt.health });
});

test("what becomes of a connection, of finals and of money is told as it is", () => {
  const { stt, events } = new Rig();
  const error = new VoiceError("gateway-lost", "gone");
  const metrics = { provider: "p", model: "m", requestId: "r", audioMs: 5, durationMs: 0, isStreamed: true };
  stt.say({ type: "error", error, retryInMs: 100 });
  stt.say({ type: "recovered" });
  stt.say({ type: "metrics-collected", metrics });
  stt.say({ type: "transcripts-superseded", segmentId: 2, transcriptIds: [3, 4] });
  expect(events).toEqual([
    { type: "reconnecting", error, retryInMs: 100, atMs: 0 },
    { type: "reconnected", atMs: 0 },
    { type: "metrics", metrics, atMs: 0 },
    { type: "transcripts-superseded", segmentId: 2, transcriptIds: [3, 4], atMs: 0 },
  ]);
});

test("the recogniser's clock never runs backwards, whatever drives it", async () => {
  const { path, stt } = new Rig();
  path.advance(1_000);
  path.hear({ type: "frame", startSample: 0, endSample: 512, levelDb: -90, isOpen: false });
  path.advance(1_500);
  await path.finish(7);
  expect(stt.calls).toEqual(["advance 1000", "advance 1000", "advance 1500", "finish 7"]);
});

test("a failing model is a warning, a failing recogniser ends it", () => {
  const { path, stt, events, failures } = new Rig();
  path.hear({ type: "vad-failed", message: "404" });
  expect(events).toMatchObject([{ type: "warning", error: { code: "vad-failed" } }]);
  const error = new VoiceError("gateway-lost", "gone");
  stt.say({ type: "failed", error });
  expect([events.length, failures]).toEqual([1, [error]]);
});

test("starts and ends by the recogniser, usage and mute say no more than they should", () => {
  const { path, stt, events } = new Rig();
  stt.say({ type: "start-of-speech" });
  stt.say({ type: "recognition-usage", audioSamples: 5, requestId: "r" });
  stt.say({ type: "end-of-speech" });
  path.hear({ type: "mute", atSample: 5, isMuted: true });
  expect(events).toEqual([{ type: "mute", isMuted: true, atMs: 0 }]);
});
