import { expect, test } from "vitest";
import { VoiceError } from "../errors.ts";
import type { SpeechStream } from "../stt/contract.ts";
import type { SpeechEvent } from "../stt/speech-event.ts";
import { scriptedStt, type ScriptedStt, type ScriptedSttOptions } from "./scripted-stt.ts";
import { settled } from "./settled.ts";

/** A stream, what it says, and a person who speaks. */
class Rig {
  readonly stt: ScriptedStt;
  readonly events: SpeechEvent[] = [];
  readonly session = new AbortController();
  readonly stream: SpeechStream;

  constructor(...utterances: ScriptedSttOptions["utterances"]) {
    this.stt = scriptedStt({ utterances });
    this.stream = this.stt.stream({ onEvent: (event) => this.events.push(event), signal: this.session.signal });
  }

  /** An opening of the gate: 100 ms at a time, the last 200 ms after the end of speech. */
  speak(segmentId: number, from: number, lengthSamples: number): void {
    this.stream.openSegment(segmentId, from);
    for (let at = 0; at < lengthSamples; at += 1_600) this.stream.push(from + at, new Float32Array(1_600));
    this.stream.flush(from + lengthSamples);
    for (let at = 0; at < 3_200; at += 1_600) this.stream.push(from + lengthSamples + at, new Float32Array(1_600));
    this.stream.closeSegment(from + lengthSamples + 3_200);
  }

  /** What was said, without what was said of sending. */
  async told(): Promise<string[]> {
    await settled();
    return this.events.splice(0).flatMap((event) => {
      if (event.type === "audio-sent" || event.type === "flush-sent") return [];
      return ["data" in event ? `${event.type}: ${event.data.text}` : event.type];
    });
  }
}

test("the nth utterance is the nth text, told as any recogniser tells it, and then nothing is recognised", async () => {
  const rig = new Rig("turn on", "turn off");
  rig.speak(1, 0, 16_000);
  expect(await rig.told()).toEqual([
    "start-of-speech",
    "recognition-usage",
    "final-transcript: turn on",
    "end-of-speech",
    "segment-settled",
  ]);
  rig.speak(2, 32_000, 16_000);
  expect(await rig.told()).toContain("final-transcript: turn off");
  rig.speak(3, 64_000, 16_000);
  expect(await rig.told()).toEqual(["segment-settled"]);
});

test("interims come while the person speaks, one every 300 ms, and those that are left before the final", async () => {
  const rig = new Rig({ interims: ["a", "a b", "a b c"], final: "a b c d" }, { interims: ["x"], final: "x" });
  rig.speak(1, 0, 9_600);
  await settled();
  const places = rig.events.flatMap((event) => (event.type === "interim-transcript" ? [event.data.endSample] : []));
  expect(places).toEqual([4_800, 9_600, 9_600]);
  expect(await rig.told()).toEqual([
    "start-of-speech",
    "interim-transcript: a",
    "interim-transcript: a b",
    "interim-transcript: a b c",
    "recognition-usage",
    "final-transcript: a b c d",
    "end-of-speech",
    "segment-settled",
  ]);
});

test("texts stand where they were said, and words share the place", async () => {
  const rig = new Rig({ final: "ten of clubs", confidence: 0.5 });
  rig.speak(4, 1_000, 4_800);
  await settled();
  expect(rig.events.find(({ type }) => type === "final-transcript")).toEqual({
    type: "final-transcript",
    segmentId: 4,
    transcriptId: 1,
    requestId: "scripted",
    data: {
      text: "ten of clubs",
      language: "en",
      startSample: 1_000,
      endSample: 5_800,
      confidence: 0.5,
      words: [
        { word: "ten", startSample: 1_000, endSample: 2_600, confidence: 0.5 },
        { word: "of", startSample: 2_600, endSample: 4_200, confidence: 0.5 },
        { word: "clubs", startSample: 4_200, endSample: 5_800, confidence: 0.5 },
      ],
    },
  });
});

test("speech that resumes in an open gate is an utterance of its own", async () => {
  const rig = new Rig("one", "two");
  rig.stream.openSegment(1, 0);
  rig.stream.push(0, new Float32Array(1_600));
  rig.stream.flush(1_600);
  rig.stream.push(1_600, new Float32Array(1_600));
  rig.stream.flush(3_200);
  rig.stream.closeSegment(3_200);
  await settled();
  const finals = rig.events.flatMap((event) => (event.type === "final-transcript" ? [event.data] : []));
  expect(finals).toMatchObject([
    { text: "one", startSample: 0, endSample: 1_600 },
    { text: "two", startSample: 1_600, endSample: 3_200 },
  ]);
});

test("no event comes before the call that brought it about has returned", () => {
  const rig = new Rig("go");
  rig.speak(1, 0, 1_600);
  expect(rig.events).toEqual([]);
});

test("finish asks for the text of a gate that is open, resolves when it has been told, and nothing follows", async () => {
  const rig = new Rig("go", "on");
  rig.stream.openSegment(1, 0);
  rig.stream.push(0, new Float32Array(1_600));
  await rig.stream.finish(0);
  expect(rig.events.map(({ type }) => type)).toEqual([
    "audio-sent",
    "flush-sent",
    "start-of-speech",
    "recognition-usage",
    "final-transcript",
    "end-of-speech",
    "segment-settled",
  ]);
  rig.events.length = 0;
  rig.speak(2, 16_000, 1_600);
  expect([await rig.told(), rig.stream.health.connection]).toEqual([[], "ended"]);
});

test("aborting ends it without a word", async () => {
  const rig = new Rig("go");
  rig.speak(1, 0, 1_600);
  rig.session.abort();
  expect([await rig.told(), rig.stream.health.connection]).toEqual([[], "ended"]);
});

test("an error among the utterances ends the stream in its place, and nothing follows", async () => {
  const error = new VoiceError("gateway-lost", "gone");
  const rig = new Rig("go", error, "on");
  rig.speak(1, 0, 1_600);
  expect(await rig.told()).toContain("final-transcript: go");
  rig.speak(2, 16_000, 1_600);
  expect(await rig.told()).toEqual(["failed"]);
  rig.speak(3, 32_000, 1_600);
  expect(await rig.told()).toEqual([]);
});

test("fail ends the streams that run with that error, once, and no later one", async () => {
  const error = new VoiceError("gateway-rejected", "enough");
  const rig = new Rig("go");
  rig.stt.fail(error);
  rig.stt.fail(error);
  await settled();
  expect(rig.events).toEqual([{ type: "failed", error }]);
  const later: SpeechEvent[] = [];
  const stream = rig.stt.stream({ onEvent: (event) => later.push(event), signal: rig.session.signal });
  stream.openSegment(1, 0);
  stream.flush(1_600);
  await stream.finish(0);
  expect(later.map(({ type }) => type)).toContain("final-transcript");
});

test("whole recordings are recognised by the same list, as long as it lasts", async () => {
  const error = new VoiceError("gateway-unavailable", "full");
  const stt = scriptedStt({ utterances: ["one", error, { final: "drei", confidence: 0.5 }], language: "de" });
  const sound = new Float32Array(1_600);
  expect(await stt.recognize(sound, { startSample: 100, language: "en" })).toMatchObject({
    text: "one",
    language: "en",
    startSample: 100,
    endSample: 1_700,
  });
  await expect(stt.recognize(sound)).rejects.toBe(error);
  expect(await stt.recognize(sound)).toMatchObject({ text: "drei", language: "de", confidence: 0.5 });
  expect(await stt.recognize(sound)).toMatchObject({ text: "", words: [] });
  await expect(stt.recognize(sound, { signal: AbortSignal.abort("enough") })).rejects.toBe("enough");
});

test("what it claims not to do it refuses", async () => {
  const stt = scriptedStt({ utterances: [], capabilities: { streaming: false, offlineRecognize: false } });
  expect(stt.capabilities).toMatchObject({ streaming: false, interimResults: true, flush: "inline" });
  const refusal = expect.objectContaining({ code: "not-supported" });
  expect(() => stt.stream({ onEvent: () => undefined, signal: new AbortController().signal })).toThrow(refusal);
  await expect(stt.recognize(new Float32Array(1))).rejects.toEqual(refusal);
});
