import { expect, test } from "vitest";
import { VoiceError } from "../errors.ts";
import type { SpeechStreamOptions, Stt } from "../stt/contract.ts";
import type { SpeechEvent } from "../stt/speech-event.ts";
import { scriptedStt } from "../testing/scripted-stt.ts";
import { SttSlot } from "./stt-slot.ts";

/** A recogniser that writes down what it is told, and says what the test says. */
class Told {
  readonly calls: string[] = [];
  say: (event: SpeechEvent) => void = () => undefined;
  readonly stt: Stt;

  constructor() {
    const note = (name: string, ...args: readonly number[]): void => void this.calls.push([name, ...args].join(" "));
    this.stt = {
      ...scriptedStt({ utterances: [] }),
      stream: ({ onEvent }: SpeechStreamOptions) => {
        this.say = onEvent;
        return {
          health: {
            connection: "open",
            waitingSamples: 0,
            unansweredSamples: 0,
            attempts: 1,
            skippedMessages: 0,
          },
          openSegment: (id, at) => note("open", id, at),
          push: (at, { length }) => note("push", at, length),
          flush: (at) => note("flush", at),
          closeSegment: (at) => note("close", at),
          advance: () => undefined,
          finish: () => Promise.resolve(note("finish")),
        };
      },
    };
  }
}

function slot(): { first: Told; second: Told; events: SpeechEvent[]; slot: SttSlot } {
  const [first, second, events] = [new Told(), new Told(), [] as SpeechEvent[]];
  const { signal } = new AbortController();
  return { first, second, events, slot: new SttSlot(first.stt, { signal, onEvent: (event) => events.push(event) }) };
}

const DATA = { text: "go", language: "en", startSample: 0, endSample: 5, confidence: 1, words: [] };

function final(transcriptId: number): SpeechEvent {
  return { type: "final-transcript", segmentId: 1, transcriptId, data: DATA, requestId: "" };
}

test("what was captured before goes to the old recogniser, what comes after to the new one, and nothing to both", () => {
  const { first, second, slot: seat } = slot();
  seat.openSegment(1, 0);
  seat.push(0, new Float32Array(512));
  seat.replace(second.stt);
  seat.push(512, new Float32Array(512));
  seat.flush(1_000);
  seat.closeSegment(1_024);
  expect(first.calls).toEqual(["open 1 0", "push 0 512", "finish"]);
  expect(second.calls).toEqual(["open 1 512", "push 512 512", "flush 1000", "close 1024"]);
});

test("a segment that two owe a text for is settled once, when both have given it", () => {
  const { first, second, events, slot: seat } = slot();
  seat.openSegment(1, 0);
  seat.replace(second.stt);
  seat.closeSegment(512);
  second.say({ type: "segment-settled", segmentId: 1 });
  expect(events).toEqual([]);
  first.say({ type: "segment-settled", segmentId: 1 });
  expect(events).toEqual([{ type: "segment-settled", segmentId: 1 }]);
});

test("texts are numbered on, so that no two are taken for one", () => {
  const { first, second, events, slot: seat } = slot();
  first.say(final(1));
  first.say(final(2));
  seat.replace(second.stt);
  second.say(final(1));
  second.say({ type: "transcripts-superseded", segmentId: 1, transcriptIds: [1] });
  expect(events.slice(2)).toEqual([final(3), { type: "transcripts-superseded", segmentId: 1, transcriptIds: [3] }]);
});

test("the failure of one that was replaced ends nothing; that of the present one does", () => {
  const { first, second, events, slot: seat } = slot();
  const error = new VoiceError("gateway-lost", "gone");
  seat.replace(second.stt);
  first.say({ type: "failed", error });
  second.say({ type: "failed", error });
  expect(events).toEqual([
    { type: "error", error, retryInMs: 0 },
    { type: "failed", error },
  ]);
});

test("a person who is heard by two begins and ceases to speak once", () => {
  const { first, second, events, slot: seat } = slot();
  first.say({ type: "start-of-speech" });
  seat.replace(second.stt);
  second.say({ type: "start-of-speech" });
  first.say({ type: "end-of-speech" });
  second.say({ type: "end-of-speech" });
  expect(events.map(({ type }) => type)).toEqual(["start-of-speech", "end-of-speech"]);
});
