import { expect, test } from "vitest";
import { AgentRig } from "../../testing/agent-rig.ts";
import { settled } from "../../testing/settled.ts";
import { FakeRoom, textStream } from "../../room/testing/fake-room.ts";
import type { EarlySpeechWay } from "../../room/early-speech.ts";
import type { RoomSound } from "../../room/room-port.ts";
import { turnCallNames, type TurnCallOptions } from "../../room/turn-calls.ts";
import type { TurnTakingOptions } from "../../turns/turn-options.ts";
import type { RoomMicrophone, RoomSpeaker } from "./room-devices.ts";
import { RoomRun } from "./room-run.ts";

const FRAME_SAMPLES = 512;

/** A microphone that keeps what is published. */
class FakeMicrophone implements RoomMicrophone {
  readonly sound = { id: "microphone", kind: "audio" };
  readonly written: number[] = [];
  lagMs = 0;
  rests = 0;

  write(samples: Float32Array): void {
    this.written.push(Math.round((samples[0] ?? 0) * 100));
  }

  rest(): void {
    this.rests += 1;
  }
}

/** A loudspeaker that knows whether it sounds. */
class FakeSpeaker {
  readonly sounds = new Set<RoomSound>();
  isPaused = false;

  add(sound: RoomSound): void {
    this.sounds.add(sound);
  }

  remove(sound: RoomSound): void {
    this.sounds.delete(sound);
  }

  resume(): void {
    this.isPaused = false;
  }

  clear(): Promise<unknown> {
    this.isPaused = true;
    return Promise.resolve();
  }
}

/** A person, an agent in a room, and a session around them. */
class RoomRig {
  readonly room = new FakeRoom();
  readonly microphone = new FakeMicrophone();
  readonly speaker = new FakeSpeaker();
  readonly rig: AgentRig;
  #spoken = 0;

  constructor(
    turns: TurnTakingOptions | false = {},
    calls: TurnCallOptions = {},
    opening?: Promise<RoomMicrophone>,
    earlySpeech: EarlySpeechWay = "stream",
  ) {
    const ticket = { serverUrl: "wss://rooms.example", participantToken: "jwt" };
    this.rig = new AgentRig(
      (host, _open, clock) =>
        new RoomRun(
          {
            link: {
              office: { canRenew: false, ticket: () => Promise.resolve(ticket) },
              openRoom: this.room.open,
              watch: { agentIdentity: undefined, agentName: undefined, timeoutMs: 20_000 },
              connectTimeoutMs: 15_000,
            },
            calls: turnCallNames(calls),
            earlySpeech,
            isLocal: turns !== false,
            clock,
            devices: {
              microphone: () => opening ?? Promise.resolve(this.microphone),
              speaker: () => this.speaker as unknown as RoomSpeaker,
            },
            onRoom: () => undefined,
          },
          host,
        ),
      turns,
    );
  }

  /** A frame passes the gate; frames are numbered by their samples. */
  frame(level = ++this.#spoken): void {
    const uplink = new Float32Array(3 * FRAME_SAMPLES).fill(level / 100);
    const samples = new Float32Array(FRAME_SAMPLES);
    this.rig.run.hear({ type: "audio", segmentId: 1, startSample: this.rig.now(), samples, uplink });
  }

  /** They begin to speak, which opens the gate. */
  begin(): void {
    const now = this.rig.now();
    this.rig.run.hear({ type: "speech-started", startSample: now, atSample: now });
    this.rig.run.hear({ type: "segment-opened", segmentId: 1, startSample: now, atSample: now });
  }

  /** They cease to speak. */
  cease(): void {
    this.rig.run.hear({ type: "speech-ended", endSample: this.rig.now(), atSample: this.rig.now() });
  }

  /** The agent comes and hears. */
  async live(state = "listening"): Promise<void> {
    this.room.agent(state);
    this.room.tell({ type: "heard", trackId: "TR_1" });
    await settled();
  }

  get calls(): string[] {
    return this.room.calls.map(({ method, payload }) => `${method} ${payload}`);
  }
}

async function begun(...wishes: ConstructorParameters<typeof RoomRig>): Promise<RoomRig> {
  const talk = new RoomRig(...wishes);
  await settled();
  return talk;
}

async function live(...wishes: ConstructorParameters<typeof RoomRig>): Promise<RoomRig> {
  const talk = await begun(...wishes);
  await talk.live();
  return talk;
}

test("what is said before the agent is there goes as bytes, what follows on the track; nothing twice, nothing lost", async () => {
  const talk = await begun();
  const { room, microphone, rig } = talk;
  talk.frame();
  await rig.pass(32);
  talk.frame();
  room.agent("listening");
  talk.frame();
  await settled();
  room.tell({ type: "heard", trackId: "TR_1" });
  talk.frame();
  await settled();
  talk.frame();
  const [sent] = room.bytes;
  expect(sent?.header.attributes).toEqual({ trackId: "TR_1", sampleRate: "16000", channels: "1" });
  expect(sent?.pieces.reduce((sum, { length }) => sum + length, 0)).toBe(3 * FRAME_SAMPLES * 2);
  expect(sent?.isClosed).toBe(true);
  expect(microphone.written).toEqual([4, 5]);
});

test("for an agent that reads no bytes, what is said before it is there goes on the track, and turns follow it", async () => {
  const talk = await begun({}, {}, undefined, "track");
  talk.begin();
  talk.frame();
  await talk.rig.turn("hello");
  const { microphone } = talk;
  Object.defineProperty(microphone, "lagMs", { get: () => 100 * microphone.written.length });
  await talk.live();
  talk.frame();
  expect(talk.microphone.written).toEqual([0, 1, 2]); // silence first, until the agent listens
  expect(talk.room.bytes).toMatchObject([{ pieces: [], isClosed: true }]); // others need not wait for bytes
  expect(talk.calls.map((line) => line.split(" ")[0])).toEqual(["start_turn"]);
  talk.rig.clock.advance(200);
  expect(talk.calls.map((line) => line.split(" ")[0])).toEqual(["start_turn", "end_turn"]);
});

test("an agent that cannot be reached in time hears it all on the track, and waits for bytes no longer once it can", async () => {
  const talk = await begun();
  const { room, microphone, rig } = talk;
  room.onReach = () => Promise.reject(new Error("out of reach"));
  talk.begin();
  talk.frame();
  await talk.live();
  expect(microphone.written).toEqual([]);
  rig.clock.advance(5_000);
  await settled();
  talk.frame();
  expect([microphone.written, room.bytes, talk.calls]).toEqual([[0, 1, 2], [], []]);
  room.onReach = () => Promise.resolve("");
  rig.clock.advance(300);
  await settled();
  expect(room.bytes).toMatchObject([{ header: { attributes: { trackId: "TR_1" } }, pieces: [], isClosed: true }]);
  expect(talk.calls.map((line) => line.split(" ")[0])).toEqual(["start_turn"]);
});

test("a closed gate rests the track; what cannot go through while the connection is mended goes afterwards", async () => {
  const talk = await live();
  const { room, microphone, rig } = talk;
  talk.frame();
  rig.run.hear({ type: "segment-closed", segmentId: 1, endSample: 512, atSample: 512 });
  expect(microphone.rests).toBe(1);
  room.tell({ type: "reconnecting" });
  talk.frame();
  talk.frame();
  expect(microphone.written).toEqual([1]);
  room.tell({ type: "reconnected" });
  await settled();
  talk.frame();
  expect(microphone.written).toEqual([1, 2, 3, 4]);
  expect(room.bytes).toHaveLength(1); // the empty one, which the agent waits for
  expect(rig.told("agent-reconnecting", "agent-reconnected").map(({ type }) => type)).toEqual([
    "agent-reconnecting",
    "agent-reconnected",
  ]);
});

test("sound that is late is made up in pauses", async () => {
  const talk = await live();
  talk.microphone.lagMs = 500;
  talk.frame(0);
  talk.frame(50);
  talk.microphone.lagMs = 0;
  talk.frame(0);
  expect(talk.microphone.written).toEqual([50, 0]);
  expect(talk.rig.run.health).toMatchObject({ skippedMs: 32, isLive: true, agentIdentity: "agent-1" });
});

test("more than 30 s that nobody hears is a gap", async () => {
  const talk = await begun();
  for (let index = 0; index < 940; index++) talk.frame();
  const gaps = talk.rig.told("gap");
  expect(gaps.map(({ cause, durationMs }) => [cause, durationMs])).toEqual([
    ["unsent", 32],
    ["unsent", 32],
    ["unsent", 32],
  ]);
});

test("both sides' words are told, and stand in the conversation, each once", async () => {
  const talk = await live(false);
  const { room, rig } = talk;
  talk.begin();
  await rig.pass(320);
  talk.cease();
  room.transcription("ada", "SG_1", "what is");
  await settled();
  room.transcription("ada", "SG_1", "what is it", true);
  room.tell({
    type: "legacy-transcription",
    identity: "ada",
    segments: [{ id: "other", text: "what is it", isFinal: true }],
  });
  await settled();
  room.agent("thinking");
  room.agent("speaking");
  room.transcription("agent-1", "SG_2", "It is noon.");
  await rig.pass(1_600);
  room.agent("listening");
  expect(rig.told("user-transcript").map(({ itemId, text, isFinal }) => `${itemId} ${text} ${isFinal}`)).toEqual([
    "SG_1 what is false",
    "SG_1 what is it false",
    "SG_1 what is it true",
  ]);
  expect(rig.told("user-transcript")[0]).toMatchObject({ startMs: 0, endMs: 320 });
  expect(rig.told("agent-caption").at(-1)).toMatchObject({ itemId: "SG_2", text: "It is noon." });
  const [started] = rig.told("agent-speech-started");
  const [ended] = rig.told("agent-speech-ended");
  expect(started).toMatchObject({ itemId: "SG_2", startMs: 320 });
  expect(ended).toMatchObject({ itemId: "SG_2", heardText: "It is noon.", isInterrupted: false, heardMs: 1_600 });
  expect(rig.lines).toEqual(["user | what is it", "assistant | It is noon."]);
  expect(rig.told("agent-state").map(({ to }) => to)).toEqual(["listening", "thinking", "speaking", "listening"]);
  expect(rig.told("user-state").map(({ to }) => to)).toEqual(["speaking", "listening"]);
  expect(rig.warnings).toEqual([]);
});

test("what is said while a button holds the gate shut begins no turn, and dates no text", async () => {
  const talk = await live();
  const { rig, room } = talk;
  rig.run.hear({ type: "speech-started", startSample: rig.now(), atSample: rig.now() });
  await rig.pass(320);
  talk.cease();
  await rig.pass(1_280);
  expect(talk.calls).toEqual([]);
  talk.begin();
  await rig.pass(640);
  talk.cease();
  room.transcription("ada", "SG_1", "what is it", true);
  await settled();
  expect(talk.calls).toEqual(['start_turn {"atMs":1600}']);
  expect(rig.told("user-transcript")[0]).toMatchObject({ startMs: 1_600, endMs: 2_240 });
});

test("the track that was transcribed tells the side where the sender does not", async () => {
  const { room, rig } = await live(false);
  const attributes = { "lk.segment_id": "SG_1", "lk.transcribed_track_id": "TR_1", "lk.transcription_final": "true" };
  room.tell({ type: "text", topic: "lk.transcription", stream: textStream("agent-1", attributes, ["hello"]) });
  await settled();
  expect(rig.lines).toEqual(["user | hello"]);
});

test("an agent that tells no state speaks while its words come", async () => {
  const { room, rig } = await begun(false);
  room.agent();
  room.transcription("agent-1", "SG_1", "Hello.");
  await settled();
  expect(rig.told("agent-speech-started", "agent-speech-ended").map(({ type, itemId }) => `${type} ${itemId}`)).toEqual(
    ["agent-speech-started SG_1", "agent-speech-ended SG_1"],
  );
});

test("a turn that is taken here is told to the agent, after its sound; what the recogniser wrote is not written twice", async () => {
  const talk = await live();
  const { rig, room, microphone } = talk;
  talk.begin();
  await rig.person("go on");
  talk.cease();
  microphone.lagMs = 200;
  await rig.pass(544);
  expect(talk.calls).toEqual(['start_turn {"atMs":0}']);
  await rig.pass(224);
  expect(talk.calls.at(-1)).toBe('end_turn {"transcript":"go on","skipsReply":false}');
  room.transcription("ada", "SG_1", "Go on!", true);
  await settled();
  expect(rig.lines).toEqual(["user | go on"]);
  talk.begin();
  talk.cease();
  talk.begin();
  rig.run.clear();
  expect(talk.calls.slice(2).map((line) => line.split(" ")[0])).toEqual(["start_turn", "cancel_turn"]);
});

test("turns of before the agent was there are told when its sound has arrived", async () => {
  const talk = await begun();
  talk.begin();
  talk.frame();
  await talk.rig.turn("hello");
  expect(talk.calls).toEqual([]);
  await talk.live();
  expect(talk.room.bytes).toHaveLength(1);
  expect(talk.calls.map((line) => line.split(" ")[0])).toEqual(["start_turn", "end_turn"]);
});

test("speech over the answer silences it at once, tells the agent, and lets it be heard when it begins anew", async () => {
  const talk = await live();
  const { rig, room, speaker } = talk;
  room.agent("speaking");
  room.transcription("agent-1", "SG_1", "Once upon a time");
  await rig.pass(320);
  talk.begin();
  await rig.person("stop", 1_200);
  expect(speaker.isPaused).toBe(true);
  expect(talk.calls.some((line) => line.startsWith("interrupt"))).toBe(true);
  const [ended] = rig.told("agent-speech-ended");
  expect(ended).toMatchObject({ itemId: "SG_1", heardText: "Once upon a time", isInterrupted: true });
  room.transcription("agent-1", "SG_1", "Once upon a time there was");
  room.agent("listening");
  await settled();
  expect(speaker.isPaused).toBe(true);
  room.agent("thinking");
  room.agent("speaking");
  expect(speaker.isPaused).toBe(false);
  expect(rig.lines[0]).toBe("assistant | Once upon a time | heard: Once upon a time");
});

test("an agent that will not be silenced is heard again after a while", async () => {
  const { rig, room, speaker } = await live(false);
  room.agent("speaking");
  rig.run.interrupt();
  expect(speaker.isPaused).toBe(true);
  rig.clock.advance(5_000);
  expect(speaker.isPaused).toBe(false);
});

test("texts go to the agent once it is there, and its own are told and kept", async () => {
  const { room, rig } = await begun(false);
  rig.run.sendText("Are you there?");
  expect(room.texts).toEqual([]);
  room.agent("listening");
  await settled();
  expect(room.texts).toEqual(["lk.chat agent-1: Are you there?"]);
  room.tell({ type: "text", topic: "lk.chat", stream: textStream("agent-1", {}, ["I ", "am."]) });
  room.tell({ type: "text", topic: "lk.chat", stream: textStream("ada", {}, ["echo"]) });
  await settled();
  expect(rig.lines).toEqual(["user | Are you there?", "assistant | I am."]);
  expect(rig.told("agent-transcript")).toMatchObject([{ text: "I am.", isFinal: true }]);
});

test("a text silences an agent that speaks, without a call that could overtake it and stop its answer", async () => {
  const talk = await live();
  talk.room.agent("speaking");
  await talk.rig.pass(320);
  talk.rig.run.sendText("Something else, please");
  await talk.rig.pass(1_000);
  expect(talk.speaker.isPaused).toBe(true);
  expect([talk.room.texts.length, talk.calls]).toEqual([1, []]);
});

test("streams and attributes that make no sense are one warning each, however many there are", async () => {
  const { room, rig } = await live(false);
  for (let index = 0; index < 3; index++) {
    room.agent("dancing");
    const broken = textStream("agent-1", {}, ['{"text":"a"}\n{oops}\n', new Error("gone")]);
    room.tell({ type: "text", topic: "lk.transcription", stream: broken });
    room.tell({ type: "text", topic: "lk.chat", stream: textStream("agent-1", {}, [new Error("gone")]) });
  }
  await settled();
  expect(rig.warnings.map(({ code }) => code)).toEqual(Array.from({ length: 5 }, () => "protocol-violated"));
  expect(new Set(rig.warnings.map(({ message }) => message)).size).toBe(5);
});

test("a room that is over ends the session once; after its end nothing is told, and no timer is left", async () => {
  const talk = await live();
  const { room, rig } = talk;
  room.tell({ type: "disconnected", reason: 5 });
  room.tell({ type: "disconnected", reason: undefined });
  expect(rig.failures.map(({ code }) => code)).toEqual(["gateway-rejected"]);
  rig.run.interrupt();
  rig.end();
  const count = rig.events.length;
  room.transcription("agent-1", "SG_7", "late");
  await settled();
  expect([rig.events.length, room.closings, rig.clock.pending]).toEqual([count, 1, 0]);
});

test("a room that cannot be joined says so once, also if the microphone, which ends with it, never opens", async () => {
  let fail: (error: Error) => void = () => undefined;
  const opening = new Promise<RoomMicrophone>((_, reject) => (fail = reject));
  const talk = new RoomRig(false, {}, opening);
  talk.room.refusals.push(new Error("nobody there"));
  await settled();
  fail(new Error("the context was closed"));
  await settled(); // a rejection that nobody handles would fail the tests here
  expect(talk.rig.failures.map(({ code }) => code)).toEqual(["gateway-unreachable"]);
});

test("stopped while it is joining, it leaves the room and says nothing", async () => {
  const talk = new RoomRig(false);
  talk.rig.end();
  await settled();
  expect([talk.room.closings <= 1, talk.rig.failures, talk.rig.clock.pending]).toEqual([true, [], 0]);
});
