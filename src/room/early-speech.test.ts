import { expect, test } from "vitest";
import { EarlySpeech, sendEarlySpeech, type HeldSound } from "./early-speech.ts";
import { FakeRoom } from "./testing/fake-room.ts";

const FRAME_SAMPLES = 512; // 32 ms

function frame(index: number, startSample = index * FRAME_SAMPLES): HeldSound {
  const level = (index + 1) / 100;
  const [samples, uplink] = [FRAME_SAMPLES, 3 * FRAME_SAMPLES].map((length) => new Float32Array(length).fill(level));
  return { startSample, samples: samples!, uplink: uplink! };
}

const lengthOf = (frames: readonly Uint8Array[]): number => frames.reduce((sum, { length }) => sum + length, 0);

test("what was kept leaves as 16-bit samples in frames of 100 ms, all of it and in order", () => {
  const early = new EarlySpeech(30_000, () => undefined);
  for (let index = 0; index < 10; index++) early.push(frame(index));
  expect(early.heldMs).toBe(320);
  const frames = early.takeFrames();
  expect(frames.map(({ length }) => length)).toEqual([3_200, 3_200, 3_200, 640]);
  const samples = new Int16Array(Uint8Array.from(frames.flatMap((bytes) => [...bytes])).buffer);
  expect([samples[0], samples[FRAME_SAMPLES], samples.at(-1)]).toEqual([328, 655, 3_277]);
  expect(early.heldMs).toBe(0);
  expect(early.takeFrames()).toEqual([]);
});

test("a pause between two openings of the gate is silence, and never longer than half a second", () => {
  const early = new EarlySpeech(30_000, () => undefined);
  early.push(frame(0));
  early.push(frame(1, 512 + 1_600)); // 100 ms
  expect(lengthOf(early.takeFrames())).toBe(2 * (2 * FRAME_SAMPLES + 1_600));
  early.push(frame(0));
  early.push(frame(1, 512 + 1_600));
  expect(early.takeUplink().map(({ length }) => length)).toEqual([3 * FRAME_SAMPLES, 4_800, 3 * FRAME_SAMPLES]);
  early.push(frame(0));
  early.push(frame(1, 160_000));
  expect(lengthOf(early.takeFrames())).toBe(2 * (2 * FRAME_SAMPLES + 8_000));
});

test("when there is too much, the oldest is lost and told of, and nothing is lost without being told", () => {
  const lost: number[] = [];
  const early = new EarlySpeech(100, (startSample) => lost.push(startSample));
  for (let index = 0; index < 5; index++) early.push(frame(index));
  expect(lost).toEqual([0, 512]);
  expect(early.take().map(({ startSample }) => startSample)).toEqual([1_024, 1_536, 2_048]);
});

test("what was kept is a copy", () => {
  const early = new EarlySpeech(100, () => undefined);
  const sound = frame(0);
  early.push(sound);
  sound.samples.fill(1);
  sound.uplink.fill(1);
  const [kept] = early.take();
  expect(kept?.samples[0]).toBeCloseTo(0.01);
  expect(kept?.uplink[0]).toBeCloseTo(0.01);
});

test("it is sent as the stream that LiveKit's agents wait for", async () => {
  const room = new FakeRoom();
  const address = { agentIdentity: "agent-1", trackId: "TR_1" };
  await sendEarlySpeech(room, [new Uint8Array(4), new Uint8Array(2)], address);
  const [sent] = room.bytes;
  expect(sent?.header).toEqual({
    name: "preconnect-buffer",
    topic: "lk.agent.pre-connect-audio-buffer",
    mimeType: "audio/pcm",
    destinationIdentities: ["agent-1"],
    attributes: { trackId: "TR_1", sampleRate: "16000", channels: "1" },
  });
  expect(sent?.pieces.map(({ length }) => length)).toEqual([4, 2]);
  expect(sent?.isClosed).toBe(true);
});
