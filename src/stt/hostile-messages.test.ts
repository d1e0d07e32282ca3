import fc from "fast-check";
import { expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { ScriptedSocket } from "../testing/scripted-socket.ts";
import type { SttCapabilities } from "./contract.ts";
import { LivekitCodec } from "./livekit/codec.ts";
import type { SpeechEvent } from "./speech-event.ts";
import { CodecSpeechStream } from "./speech-stream.ts";

const CAPABILITIES: SttCapabilities = {
  streaming: true,
  interimResults: true,
  diarization: false,
  alignedTranscript: "word",
  offlineRecognize: false,
  flush: "inline",
  endsTurns: false,
};

const anything = fc.jsonValue({ maxDepth: 3 });
/** Of the right type now and then, so that what lies behind a check is reached too. */
const number = fc.oneof(fc.double({ min: -5, max: 60 }), fc.double(), anything);
const text = fc.oneof(fc.string(), fc.constantFrom("go", "go forward", ""), anything);
const word = fc.oneof(
  fc.record({ word: text, start: number, end: number, confidence: number }, { requiredKeys: [] }),
  anything,
);
const transcript = fc.record(
  {
    type: fc.constantFrom("interim_transcript", "preflight_transcript", "final_transcript"),
    transcript: text,
    language: text,
    start: number,
    duration: number,
    confidence: number,
    words: fc.oneof(fc.array(word, { maxLength: 5 }), anything),
    extra: anything,
  },
  { requiredKeys: ["type"] },
);
const plain = fc.constantFrom(
  { type: "session.created" },
  { type: "session.finalized" },
  { type: "start_of_speech" },
  { type: "agent_thoughts" },
);
const message = fc.oneof(
  { weight: 6, arbitrary: fc.oneof(transcript, plain).map((value) => JSON.stringify(value)) },
  // every prefix of a message, as of one that was cut off
  fc.tuple(transcript, fc.nat()).map(([value, cut]) => {
    const json = JSON.stringify(value);
    return json.slice(0, cut % (json.length + 1));
  }),
  anything.map((value) => JSON.stringify(value)),
  fc.string(),
  fc.uint8Array({ maxLength: 20 }),
  fc.constant(JSON.stringify({ type: "interim_transcript", transcript: "x".repeat(200_000) })),
);
/** What happens to a stream: messages, some of them again and again, speech, and connections that break. */
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ say: message, times: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 2, arbitrary: fc.constant("speak" as const) },
  { weight: 1, arbitrary: fc.constantFrom("drop" as const, "close" as const) },
);

/** All promises that can settle by themselves have done so. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test("whatever a gateway says, nothing is thrown, nothing hangs, and what is told keeps its order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const clock = new FakeClock();
      const events: SpeechEvent[] = [];
      const sockets: ScriptedSocket[] = [];
      const stream = new CodecSpeechStream(
        {
          model: "m",
          provider: "p",
          capabilities: CAPABILITIES,
          packetSamples: 800,
          clock,
          endpoint: () => Promise.resolve({ url: "ws://gateway.example/", protocols: [] }),
          makeCodec: () =>
            new LivekitCodec({
              language: undefined,
              requestId: "r",
              greet: () => ({
                type: "session.create",
                settings: { sample_rate: "16000", encoding: "pcm_s16le", extra: {} },
              }),
            }),
          openSocket: (url, protocols) => {
            const socket = new ScriptedSocket(url, protocols);
            sockets.push(socket);
            return socket;
          },
        },
        { onEvent: (event) => events.push(event), signal: new AbortController().signal },
      );
      const connect = async (): Promise<void> => {
        await quiet();
        const newest = sockets.at(-1);
        if (newest?.readyState === 0) newest.open();
        await quiet();
      };
      await connect();
      let now = 0;
      let segments = 0;
      for (const what of steps) {
        const socket = sockets.at(-1);
        if (typeof what === "object") for (let time = 0; time < what.times; time++) socket?.say(what.say);
        else if (what === "speak") {
          stream.openSegment(++segments, now);
          stream.push(now, new Float32Array(1_600));
          stream.flush(now + 1_600);
          stream.closeSegment(now + 1_600);
          now += 16_000;
        } else if (socket?.readyState === 1) {
          if (what === "drop") socket.drop(1006);
          else socket.drop(1000);
          clock.advance(3_000);
          await connect();
        }
        stream.advance(now);
      }
      const finished = stream.finish(1_000);
      for (let time = 0; time < 60; time++) clock.advance(20);
      await finished;
      for (const socket of sockets) if (socket.readyState === 1) socket.say({ type: "session.finalized" }, "{");
      hold(events, segments);
      expect([clock.pending, stream.health.connection]).toEqual([0, "ended"]);
    }),
    { numRuns: 300 },
  );
});

function hold(events: readonly SpeechEvent[], segments: number): void {
  let isSpeaking = false;
  const settled: number[] = [];
  const ids: number[] = [];
  for (const event of events) {
    if (event.type === "start-of-speech" || event.type === "end-of-speech") {
      expect(isSpeaking).toBe(event.type === "end-of-speech");
      isSpeaking = !isSpeaking;
    } else if (event.type === "segment-settled") settled.push(event.segmentId);
    else if ("data" in event) {
      expect(isSpeaking).toBe(true);
      ids.push(event.transcriptId);
      for (const { startSample, endSample } of [event.data, ...event.data.words]) {
        expect([startSample, endSample].every((sample) => Number.isSafeInteger(sample) && sample >= 0)).toBe(true);
        expect(endSample).toBeGreaterThanOrEqual(startSample);
      }
    }
  }
  expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  expect(new Set(settled).size).toBe(settled.length);
  expect(settled.every((id) => id > 0 && id <= segments)).toBe(true);
}
