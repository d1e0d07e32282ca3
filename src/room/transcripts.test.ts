import { expect, test } from "vitest";
import type { VoiceError } from "../errors.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { settled } from "../testing/settled.ts";
import { LegacyDelay } from "./legacy-delay.ts";
import { OpenTextStream, textStream } from "./testing/fake-room.ts";
import { Transcripts } from "./transcripts.ts";

function begun() {
  const told: string[] = [];
  const skipped: VoiceError[] = [];
  const transcripts = new Transcripts({
    onTranscript: ({ side, segmentId, text, isFinal }) =>
      told.push(`${side} ${segmentId}${isFinal ? "!" : ""} ${text}`),
    onSkipped: (error) => skipped.push(error),
  });
  return { told, skipped, transcripts };
}

const segment = (id: string, isFinal = false) => ({ "lk.segment_id": id, "lk.transcription_final": String(isFinal) });

test("each stream of a person's segment replaces the one before, and the final one ends it", async () => {
  const { told, transcripts } = begun();
  await transcripts.read("user", textStream("ada", segment("SG_1"), ["play"]));
  await transcripts.read("user", textStream("ada", segment("SG_1"), ["place ", "two"]));
  await transcripts.read("user", textStream("ada", segment("SG_1", true), ["play two"]));
  await transcripts.read("user", textStream("ada", segment("SG_1", true), ["play two"]));
  await transcripts.read("user", textStream("ada", segment("SG_2"), ["go"]));
  expect(told).toEqual([
    "user SG_1 play",
    "user SG_1 place ",
    "user SG_1 place two",
    "user SG_1 play two",
    "user SG_1! play two",
    "user SG_2 go",
  ]);
});

test("an older stream that comes late never replaces a newer one", async () => {
  const { told, transcripts } = begun();
  const slow = new OpenTextStream("ada", segment("SG_1"));
  const reading = transcripts.read("user", slow);
  await transcripts.read("user", textStream("ada", segment("SG_1"), ["newer"]));
  slow.push("older");
  slow.end({ "lk.transcription_final": "true" });
  await reading;
  expect(told).toEqual(["user SG_1 newer"]);
});

test("the pieces of an agent's segment are appended, and its end is the stream's", async () => {
  const { told, transcripts } = begun();
  const stream = new OpenTextStream("agent", segment("SG_9"));
  const reading = transcripts.read("agent", stream);
  stream.push("Good ");
  await settled();
  stream.push("morning.");
  stream.end();
  await reading;
  await transcripts.read("agent", textStream("agent", segment("SG_9"), [" Sir."]));
  expect(told).toEqual([
    "agent SG_9 Good ",
    "agent SG_9 Good morning.",
    "agent SG_9! Good morning.",
    "agent SG_9 Good morning. Sir.",
    "agent SG_9! Good morning. Sir.",
  ]);
});

test("a stream that breaks off is told of; what had come stands, and only an agent's segment ends", async () => {
  const { told, skipped, transcripts } = begun();
  await transcripts.read("agent", textStream("agent", segment("SG_1"), ["Half", new Error("gone")]));
  await transcripts.read("user", textStream("ada", segment("SG_2", true), ["half", new Error("gone")]));
  expect(told).toEqual(["agent SG_1 Half", "agent SG_1! Half", "user SG_2 half"]);
  expect(skipped.map(({ code }) => code)).toEqual(["protocol-violated", "protocol-violated"]);
});

test("a stream without a segment stands by itself, and is told of", async () => {
  const { told, skipped, transcripts } = begun();
  const stream = textStream("agent", {}, ["Hi"]);
  await transcripts.read("agent", stream);
  expect(told).toEqual([`agent ${stream.id} Hi`, `agent ${stream.id}! Hi`]);
  expect(skipped).toHaveLength(1);
});

test("packets are told where no streams come, after a moment", () => {
  const { told, transcripts } = begun();
  const clock = new FakeClock();
  const legacy = new LegacyDelay(transcripts, clock);
  legacy.take("user", [{ id: "A", text: "hel", isFinal: false }]);
  expect(told).toEqual([]);
  clock.advance(1_000);
  legacy.take("user", [{ id: "A", text: "hello", isFinal: true }]);
  legacy.take("user", [{ id: "A", text: "hello", isFinal: true }]);
  expect(told).toEqual(["user A hel", "user A! hello"]);
  expect(clock.pending).toBe(0);
});

test.each(["before", "after"])("a packet that comes %s the stream of the same text is not told", async (order) => {
  const { told, transcripts } = begun();
  const clock = new FakeClock();
  const legacy = new LegacyDelay(transcripts, clock);
  const packet = () => legacy.take("agent", [{ id: "other", text: "Hi", isFinal: true }]);
  if (order === "before") packet();
  await transcripts.read("agent", textStream("agent", segment("SG_1"), ["Hi"]));
  if (order === "after") packet();
  clock.advance(5_000);
  packet();
  expect(told).toEqual(["agent SG_1 Hi", "agent SG_1! Hi"]);
});
