import { expect, test } from "vitest";
import type { HearingEvent } from "../gate/frame-decider.ts";
import type { AudioSource } from "../microphone/sources.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { scriptedStt } from "../testing/scripted-stt.ts";
import type { TurnDetection, TurnTakingOptions } from "../turns/turn-options.ts";
import { turnTaking } from "../turns/turn-taking.ts";
import { silero } from "../vad/silero.ts";
import type { VoiceEvent } from "./events.ts";
import { SpeechPath } from "./speech-path.ts";
import { VoiceSession } from "./voice-session.ts";

const FRAME = 512;
const source: AudioSource = { open: () => Promise.reject(new Error("not in this test")) };
const vad = silero();
const stt = scriptedStt({ utterances: [] });
const DETECTOR: TurnDetection = {
  model: "m",
  provider: "p",
  input: "text",
  thresholdOf: () => 0.5,
  predict: () => Promise.resolve(1),
};

test.each<[TurnTakingOptions, { vad?: false; stt?: false }, string]>([
  [{ detection: "vad" }, { vad: false }, 'turns.detection "vad" needs a vad: nothing else would tell when speech ends'],
  [
    { detection: DETECTOR },
    { vad: false },
    'turns.detection "detector" needs a vad: nothing else would tell when speech ends',
  ],
  [{ detection: "stt" }, { stt: false }, 'turns.detection "stt" needs an stt'],
  [
    { interruption: { minWords: 2 } },
    { stt: false },
    "turns.interruption.minWords 2 needs an stt: nobody else counts words",
  ],
])("turns that nobody can take are refused at construction, and as a change (%j)", (options, without, message) => {
  const parts = {
    source,
    vad: without.vad === false ? (false as const) : vad,
    ...(without.stt === false ? {} : { stt }),
  };
  expect(() => new VoiceSession({ ...parts, turns: turnTaking(options) })).toThrow(new TypeError(message));
  const session = new VoiceSession({ ...parts, turns: turnTaking() });
  expect(() => session.updateTurns(options)).toThrow(new TypeError(message));
});

test("every way of taking turns goes with the parts that it needs", () => {
  for (const detection of ["vad", "stt", "manual", "realtime", DETECTOR] as const) {
    expect(() => new VoiceSession({ source, vad, stt, turns: turnTaking({ detection }) })).not.toThrow();
  }
  expect(() => new VoiceSession({ source, vad: false, stt, turns: turnTaking() })).not.toThrow();
  expect(() => new VoiceSession({ source, vad, turns: turnTaking() })).not.toThrow();
});

test("what is no turn taking is refused", () => {
  const turns = {} as unknown as ReturnType<typeof turnTaking>;
  expect(() => new VoiceSession({ source, vad, turns })).toThrow(new TypeError("turns must be turnTaking()"));
});

test("a change that is wrong names its option, and changes nothing", () => {
  const session = new VoiceSession({ source, vad, stt, turns: turnTaking({ endpointing: { maxDelayMs: 1_000 } }) });
  expect(() => session.updateTurns({ endpointing: { minDelayMs: 2_000 } })).toThrow(RangeError);
  expect(() => session.updateTurns({ endpointing: { minDelayMs: 900 } })).not.toThrow();
});

test("without turns, and while nothing runs, what an app asks of turns is refused; looking is allowed", async () => {
  const refusal = expect.objectContaining({ code: "invalid-state" });
  for (const session of [
    new VoiceSession({ source, vad, stt }),
    new VoiceSession({ source, vad, stt, turns: turnTaking() }),
  ]) {
    expect(() => session.agent).toThrow(refusal);
    expect(() => session.clearUserTurn()).toThrow(refusal);
    expect(() => session.interrupt()).toThrow(refusal);
    await expect(session.commitUserTurn()).rejects.toEqual(refusal);
    expect([session.currentTranscript, session.userState, session.agentState]).toEqual([
      "",
      "listening",
      "initializing",
    ]);
  }
  expect(() => new VoiceSession({ source, vad, stt }).updateTurns({})).toThrow(refusal);
});

/** A session's speech path with turns, and a recogniser that tells what it was sent. */
class Rig {
  readonly clock = new FakeClock();
  readonly events: VoiceEvent[] = [];
  readonly path: SpeechPath;
  /** Loudest sample of each push. */
  readonly sent: number[] = [];
  readonly observed: number[] = [];
  #now = 0;

  constructor(options: TurnTakingOptions = {}, utterances: readonly string[] = []) {
    const recogniser = scriptedStt({ utterances });
    const { sent, observed } = this;
    const observer = { onAudio: (_at: number, samples: Float32Array) => void observed.push(Math.max(...samples)) };
    const turns = turnTaking({ aecWarmupMs: 0, ...options, observers: [observer] });
    this.path = new SpeechPath({
      stt: {
        ...recogniser,
        stream: (streamOptions) => {
          const stream = recogniser.stream(streamOptions);
          const push = stream.push.bind(stream);
          stream.push = (at, samples) => {
            sent.push(Math.max(...samples));
            push(at, samples);
          };
          return stream;
        },
      },
      takeTurns: (requestText, emit) =>
        turns.start({
          now: () => this.#now,
          clock: this.clock,
          hasVad: true,
          hasStt: true,
          hasAlignedStt: true,
          emit,
          onWarning: () => undefined,
          requestText,
          epochMsOf: (sample) => sample,
          sttModel: undefined,
          sttProvider: undefined,
        }),
      now: () => this.#now,
      emit: (event) => this.events.push(event),
      onFailure: () => undefined,
      signal: new AbortController().signal,
    });
  }

  hear(event: HearingEvent): void {
    this.path.hear(event);
  }

  frames(count: number, loudness: number): void {
    for (let frame = 0; frame < count; frame++) {
      const startSample = this.#now;
      this.#now += FRAME;
      const samples = new Float32Array(FRAME).fill(loudness);
      this.hear({ type: "audio", segmentId: 1, startSample, samples });
      const heard = { levelDb: 0, probability: loudness, isOpen: true };
      this.hear({ type: "frame", startSample, endSample: this.#now, ...heard });
    }
  }

  /** Speech of 20 frames, and the 18 frames of silence by which it is known to be over. */
  speech(): void {
    this.hear({ type: "speech-started", startSample: this.#now, atSample: this.#now });
    this.hear({ type: "segment-opened", segmentId: 1, startSample: this.#now, atSample: this.#now });
    this.frames(20, 0.75);
    const endSample = this.#now;
    this.frames(18, 0);
    this.hear({ type: "speech-ended", endSample, atSample: this.#now });
    this.hear({ type: "flush", segmentId: 1, speechEndSample: endSample, atSample: this.#now });
  }

  told(...types: readonly VoiceEvent["type"][]): string[] {
    return this.events.filter(({ type }) => types.includes(type)).map((event) => `${event.type} ${event.atMs}`);
  }
}

test("speech, its text and its end come out as a turn, on the capture clock", async () => {
  const rig = new Rig({}, ["what time is it"]);
  rig.speech();
  await new Promise((resolve) => setImmediate(resolve));
  rig.frames(20, 0);
  const turn = rig.events.find(({ type }) => type === "turn");
  expect(turn).toMatchObject({
    transcript: "what time is it",
    metrics: { startedSpeakingMs: 0, stoppedSpeakingMs: 640 },
  });
  expect(rig.told("user-state")).toEqual(["user-state 0", "user-state 1216"]);
});

test("what the agent must not be interrupted by is silence to the recogniser, and sound to everybody else", () => {
  const rig = new Rig();
  rig.path.turns?.agent.started({ isInterruptible: false });
  rig.speech();
  expect(new Set(rig.sent)).toEqual(new Set([0]));
  expect(Math.max(...rig.observed)).toBe(0.75);
  expect(rig.sent).toHaveLength(38); // it is not starved
  rig.path.turns?.agent.ended();
  rig.frames(1, 0.75);
  expect(rig.sent.at(-1)).toBe(0.75);
});

test("the silence by which speech is known to be over does not make it long enough to interrupt", () => {
  for (const [minDurationMs, expected] of [
    [700, 0],
    [600, 1],
  ] as const) {
    const rig = new Rig({ interruption: { minDurationMs } });
    rig.path.turns?.agent.started();
    rig.speech(); // 640 ms
    expect(rig.told("interruption")).toHaveLength(expected);
  }
});

test("the last words are a turn before the end, and nothing follows it", async () => {
  const rig = new Rig({ endpointing: { minDelayMs: 5_000, maxDelayMs: 5_000 } }, ["good bye"]);
  rig.speech();
  await rig.path.finish(100);
  expect(rig.events.at(-1)).toMatchObject({ type: "turn", transcript: "good bye" });
  const count = rig.events.length;
  rig.path.close("stopped");
  rig.path.turns?.advance(10_000_000);
  rig.path.turns?.agent.thinking();
  expect([rig.events.length - count, rig.clock.pending]).toEqual([0, 0]);
});
