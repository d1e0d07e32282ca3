import { expect, test } from "vitest";
import type { CapturedFrame } from "../microphone/capture-messages.ts";
import type { SpeechChange } from "../vad/speech-detector.ts";
import { gateSettings, SpeechGate, type GateEvent, type GateOptions } from "./speech-gate.ts";

const FRAME = 512;
const FRAME_MS = 32;
/** Two windows of speech, as the detector needs by default, and the one that decides. */
const LOOK_BACK = 3 * FRAME;

/** A gate and what it says, a line an event, all times in frames; each frame's samples are their own place in time. */
class Rig {
  readonly gate: SpeechGate;
  readonly #said: string[] = [];
  #at = 0;

  constructor(options: GateOptions) {
    this.gate = new SpeechGate(gateSettings(options), LOOK_BACK, (event) => this.#said.push(inFrames(event)));
  }

  /** Carries out one line of a transcript. */
  do(step: string): string[] {
    const [word, argument] = step.split(" ");
    const at = this.#at * FRAME;
    if (word === "mute" || word === "unmute") this.gate.mute(word === "mute", at);
    else if (word === "want" || word === "unwant") this.gate.want(word === "want");
    else if (word === "fail") this.gate.passEverything();
    else if (word === "jump") {
      this.gate.close(at);
      this.#at += Number(argument);
    } else {
      this.gate.push(frameAt(at, FRAME), changeOf(word, at));
      this.#at += 1;
    }
    return this.#said.splice(0);
  }
}

/** "starts": two frames of speech, this one included, have opened it. "ends": the frame before was quiet already. */
function changeOf(word: string | undefined, at: number): SpeechChange | undefined {
  if (word === "starts") return { type: "speech-started", startSample: at - FRAME, atSample: at + FRAME };
  if (word === "ends") return { type: "speech-ended", endSample: at - FRAME, atSample: at + FRAME };
  return undefined;
}

function frameAt(startSample: number, length: number): CapturedFrame {
  return { type: "frame", startSample, samples: timesFrom(startSample, length) };
}

function timesFrom(start: number, length: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => start + index);
}

function inFrames(event: GateEvent): string {
  if (event.type === "segment-opened") return `#${event.segmentId} opened from ${event.startSample / FRAME}`;
  if (event.type === "audio") return `#${event.segmentId} sent ${event.startSample / FRAME}`;
  if (event.type === "flush") return `#${event.segmentId} flush for ${event.speechEndSample / FRAME}`;
  return `#${event.segmentId} closed at ${event.endSample / FRAME}`;
}

type Transcript = readonly (readonly [step: string, ...said: string[]])[];

const FRAMES = { preRollMs: 2 * FRAME_MS, flushAfterMs: 1 * FRAME_MS, closeAfterMs: 3 * FRAME_MS };

const TRANSCRIPTS: readonly (readonly [law: string, options: GateOptions, transcript: Transcript])[] = [
  [
    "speech opens with its pre-roll, flush and close each wait their own time, and the next pre-roll starts at the last sent sample",
    FRAMES,
    [
      ["frame"],
      ["frame"],
      ["frame"],
      ["frame"],
      ["starts", "#1 opened from 1", "#1 sent 1", "#1 sent 2", "#1 sent 3", "#1 sent 4"],
      ["frame", "#1 sent 5"],
      ["ends", "#1 sent 6"],
      ["frame", "#1 sent 7", "#1 flush for 5"],
      ["frame", "#1 sent 8"],
      ["frame", "#1 sent 9", "#1 closed at 10"],
      ["frame"],
      ["starts", "#2 opened from 10", "#2 sent 10", "#2 sent 11"],
    ],
  ],
  [
    "speech that resumes before the flush is part of the same segment: no cut, no flush until it ends again",
    FRAMES,
    [
      ["frame"],
      ["starts", "#1 opened from 0", "#1 sent 0", "#1 sent 1"],
      ["ends", "#1 sent 2"],
      ["starts", "#1 sent 3"],
      ["frame", "#1 sent 4"],
      ["frame", "#1 sent 5"],
      ["frame", "#1 sent 6"],
      ["ends", "#1 sent 7"],
      ["frame", "#1 sent 8", "#1 flush for 6"],
    ],
  ],
  [
    "speech that resumes between flush and close is part of the same segment, and gets a flush of its own",
    FRAMES,
    [
      ["frame"],
      ["starts", "#1 opened from 0", "#1 sent 0", "#1 sent 1"],
      ["ends", "#1 sent 2"],
      ["frame", "#1 sent 3", "#1 flush for 1"],
      ["starts", "#1 sent 4"],
      ["ends", "#1 sent 5"],
      ["frame", "#1 sent 6", "#1 flush for 4"],
      ["frame", "#1 sent 7"],
      ["frame", "#1 sent 8", "#1 closed at 9"],
    ],
  ],
  [
    "a close that is due before the flush flushes first",
    { ...FRAMES, flushAfterMs: 20 * FRAME_MS },
    [
      ["frame"],
      ["starts", "#1 opened from 0", "#1 sent 0", "#1 sent 1"],
      ["ends", "#1 sent 2"],
      ["frame", "#1 sent 3"],
      ["frame", "#1 sent 4"],
      ["frame", "#1 sent 5", "#1 flush for 1", "#1 closed at 6"],
    ],
  ],
  [
    "with all waits 0 the frame that decides is the last, and is sent",
    { preRollMs: 0, flushAfterMs: 0, closeAfterMs: 0 },
    [
      ["frame"],
      ["starts", "#1 opened from 0", "#1 sent 0", "#1 sent 1"],
      ["ends", "#1 sent 2", "#1 flush for 1", "#1 closed at 3"],
      ["frame"],
      ["starts", "#2 opened from 3", "#2 sent 3", "#2 sent 4"],
    ],
  ],
  [
    "mute flushes and closes at once, and nothing captured before an unmute is sent",
    FRAMES,
    [
      ["frame"],
      ["starts", "#1 opened from 0", "#1 sent 0", "#1 sent 1"],
      ["mute", "#1 flush for 2", "#1 closed at 2"],
      ["frame"],
      ["starts"],
      ["unmute"],
      ["frame"],
      ["starts", "#2 opened from 4", "#2 sent 4", "#2 sent 5"],
    ],
  ],
  [
    "mute clears the pre-roll of a closed gate too",
    FRAMES,
    [["frame"], ["frame"], ["mute"], ["unmute"], ["frame"], ["starts", "#1 opened from 2", "#1 sent 2", "#1 sent 3"]],
  ],
  [
    "mute after the flush closes without a second one",
    FRAMES,
    [
      ["frame"],
      ["starts", "#1 opened from 0", "#1 sent 0", "#1 sent 1"],
      ["ends", "#1 sent 2"],
      ["frame", "#1 sent 3", "#1 flush for 1"],
      ["mute", "#1 closed at 4"],
    ],
  ],
  [
    "a jump of the clock closes, and the next pre-roll does not reach over it",
    FRAMES,
    [
      ["frame"],
      ["starts", "#1 opened from 0", "#1 sent 0", "#1 sent 1"],
      ["jump 100", "#1 flush for 2", "#1 closed at 2"],
      ["frame"],
      ["starts", "#2 opened from 102", "#2 sent 102", "#2 sent 103"],
    ],
  ],
  [
    "policy always sends from the first frame, flushes at each end of speech and never closes by itself",
    { ...FRAMES, policy: "always" },
    [
      ["frame", "#1 opened from 0", "#1 sent 0"],
      ["starts", "#1 sent 1"],
      ["ends", "#1 sent 2"],
      ["frame", "#1 sent 3", "#1 flush for 1"],
      ["frame", "#1 sent 4"],
      ["frame", "#1 sent 5"],
      ["frame", "#1 sent 6"],
      ["mute", "#1 flush for 7", "#1 closed at 7"],
      ["frame"],
      ["unmute"],
      ["frame", "#2 opened from 8", "#2 sent 8"],
    ],
  ],
  [
    "policy manual opens at the next frame without pre-roll, and flushes and closes at the next frame",
    { ...FRAMES, policy: "manual" },
    [
      ["frame"],
      ["starts"],
      ["want"],
      ["frame", "#1 opened from 2", "#1 sent 2"],
      ["ends", "#1 sent 3"],
      ["frame", "#1 sent 4", "#1 flush for 2"],
      ["frame", "#1 sent 5"],
      ["frame", "#1 sent 6"],
      ["unwant"],
      ["frame", "#1 flush for 7", "#1 closed at 7"],
      ["want"],
      ["unwant"],
      ["frame"],
    ],
  ],
  [
    "when nobody can tell speech any more, everything passes, beginning with the pre-roll",
    FRAMES,
    [
      ["frame"],
      ["frame"],
      ["frame"],
      ["fail"],
      ["frame", "#1 opened from 1", "#1 sent 1", "#1 sent 2", "#1 sent 3"],
      ["frame", "#1 sent 4"],
    ],
  ],
  [
    "a failing model does not press the button of policy manual",
    { ...FRAMES, policy: "manual" },
    [["frame"], ["fail"], ["frame"], ["want"], ["frame", "#1 opened from 2", "#1 sent 2"]],
  ],
];

test.each(TRANSCRIPTS)("%s", (_law, options, transcript) => {
  const rig = new Rig(options);
  expect(transcript.map(([step]) => [step, ...rig.do(step)])).toEqual(transcript);
});

test("speech decided by its first window, without pre-roll, opens at the beginning of that window", () => {
  const events: GateEvent[] = [];
  const gate = new SpeechGate(gateSettings({ preRollMs: 0 }), FRAME, (event) => events.push(event));
  gate.push(frameAt(0, FRAME), undefined);
  gate.push(frameAt(FRAME, FRAME), { type: "speech-started", startSample: FRAME, atSample: 2 * FRAME });
  expect(events).toMatchObject([
    { type: "segment-opened", startSample: FRAME, atSample: 2 * FRAME },
    { type: "audio", startSample: FRAME },
  ]);
});

test.each([0, 1, 32, 100, 500])("a pre-roll of %d ms is exact to the sample", (preRollMs) => {
  const events: GateEvent[] = [];
  const gate = new SpeechGate(gateSettings({ preRollMs }), LOOK_BACK, (event) => events.push(event));
  const speechAt = 40 * FRAME;
  for (let at = 0; at < speechAt + FRAME; at += FRAME) gate.push(frameAt(at, FRAME), undefined);
  gate.push(frameAt(speechAt + FRAME, FRAME), {
    type: "speech-started",
    startSample: speechAt,
    atSample: speechAt + 2 * FRAME,
  });
  expect(events[0]).toMatchObject({ type: "segment-opened", startSample: speechAt - 16 * preRollMs });
  expect(samplesOf(events)).toEqual(Array.from(timesFrom(speechAt - 16 * preRollMs, 2 * FRAME + 16 * preRollMs)));
});

function samplesOf(events: readonly GateEvent[]): number[] {
  return events.flatMap((event) => (event.type === "audio" ? [...event.samples] : []));
}

test("an unmute within a frame passes that frame from there on", () => {
  const events: GateEvent[] = [];
  const gate = new SpeechGate(gateSettings({ policy: "always" }), LOOK_BACK, (event) => events.push(event));
  gate.mute(true, 100);
  gate.push(frameAt(0, FRAME), undefined);
  gate.mute(false, 700);
  gate.push(frameAt(FRAME, FRAME), undefined);
  expect(events[0]).toMatchObject({ type: "segment-opened", startSample: 700 });
  expect(samplesOf(events)).toEqual(Array.from(timesFrom(700, 324)));
});

/** Keeps account of what a gate may say, and fails on what it may not. */
class Witness {
  segments = 0;
  frames = 0;
  #open:
    | { id: number; nextSample: number | undefined; openedFrom: number; isAsked: boolean; mayAsk: boolean }
    | undefined;
  #lastId = 0;
  /** No sample before this may come any more. */
  #floor = 0;
  #isMuted = false;
  readonly #policy: string;

  constructor(policy: string) {
    this.#policy = policy;
  }

  muted(isMuted: boolean, at: number): void {
    this.#isMuted = isMuted;
    this.#floor = Math.max(this.#floor, at);
  }

  resumed(): void {
    if (this.#open) this.#open.mayAsk = true;
  }

  readonly hear = (event: GateEvent): void => {
    if (event.type === "segment-opened") {
      if (this.#open || event.segmentId <= this.#lastId) throw new Error(`#${event.segmentId} opened out of turn`);
      if (event.startSample < this.#floor) throw new Error(`opened at ${event.startSample}, before ${this.#floor}`);
      this.#lastId = event.segmentId;
      this.#open = {
        id: event.segmentId,
        nextSample: undefined,
        openedFrom: event.startSample,
        isAsked: false,
        mayAsk: true,
      };
      this.segments += 1;
      return;
    }
    const open = this.#open;
    if (!open || event.segmentId !== open.id)
      throw new Error(`${event.type} for #${event.segmentId}, which is not open`);
    if (event.type === "audio") {
      if (this.#isMuted) throw new Error("sent while muted");
      if (event.startSample !== (open.nextSample ?? open.openedFrom))
        throw new Error(`${event.startSample} follows ${open.nextSample}, opened from ${open.openedFrom}`);
      if (event.startSample < this.#floor) throw new Error(`${event.startSample} was sent, or must not be`);
      const isTrue = event.samples.every((sample, index) => sample === event.startSample + index);
      if (!isTrue) throw new Error(`the samples at ${event.startSample} are not those captured there`);
      open.nextSample = event.startSample + event.samples.length;
      this.#floor = open.nextSample;
      this.frames += 1;
    } else if (event.type === "flush") {
      if (this.#policy === "speech" && !open.mayAsk) throw new Error("asked twice for the same end of speech");
      open.isAsked = true;
      open.mayAsk = false;
    } else {
      if (!open.isAsked) throw new Error(`#${open.id} closed without a flush`);
      if (open.nextSample !== undefined && event.endSample !== open.nextSample)
        throw new Error(`closed at ${event.endSample}, sent until ${open.nextSample}`);
      this.#open = undefined;
    }
  };
}

const WALKS: readonly GateOptions[] = [
  {},
  { preRollMs: 0, flushAfterMs: 100, closeAfterMs: 0 },
  { preRollMs: 317, flushAfterMs: 300, closeAfterMs: 200 },
  { preRollMs: 5_000, flushAfterMs: 64, closeAfterMs: 500 },
  { policy: "always" },
  { policy: "manual" },
];

test.each(WALKS.map((options, seed) => [options, seed + 1] as const))(
  "a walk of 12,000 steps with %j sends captured time strictly forward, once, and in segments that open, flush and close",
  (options, firstSeed) => {
    let seed = firstSeed;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const witness = new Witness(options.policy ?? "speech");
    const gate = new SpeechGate(gateSettings(options), LOOK_BACK, witness.hear);
    let now = 0;
    let isSpeaking = false;
    let isMuted = false;
    for (let step = 0; step < 12_000; step++) {
      const chance = random();
      if (chance < 0.01) {
        isMuted = !isMuted;
        isSpeaking = false;
        const at = now + Math.floor(random() * 700);
        gate.mute(isMuted, at);
        witness.muted(isMuted, at);
      } else if (chance < 0.015) {
        isSpeaking = false;
        gate.close(now);
        now += Math.floor(random() * 10_000);
      } else if (chance < 0.03) gate.want(random() < 0.5);
      else {
        const length = random() < 0.02 ? 1 + Math.floor(random() * FRAME) : FRAME;
        let change: SpeechChange | undefined;
        if (!isMuted && random() < 0.08) {
          isSpeaking = !isSpeaking;
          const back = Math.min(now, Math.floor(random() * 2) * FRAME);
          change = isSpeaking
            ? { type: "speech-started", startSample: now - back, atSample: now + length }
            : { type: "speech-ended", endSample: now - back, atSample: now + length };
          if (isSpeaking) witness.resumed();
        }
        gate.push(frameAt(now, length), change);
        now += length;
      }
    }
    gate.close(now);
    expect(now).toBeLessThan(2 ** 24); // up to here a float is exact about where it was captured
    expect(witness.segments).toBeGreaterThan(20);
    expect(witness.frames).toBeGreaterThan(1_000);
    expect(gate.isOpen).toBe(false);
  },
);

/** Frames with an uplink whose samples are their own place in it, from the first frame on. */
class UplinkSource {
  readonly frames: CapturedFrame[] = [];
  readonly #rate: number;
  #at = 0;

  constructor(rate: number) {
    this.#rate = rate;
  }

  next(startSample: number, length: number): CapturedFrame {
    const uplink = timesFrom(this.#at, Math.round((length * this.#rate) / 16_000));
    this.#at += uplink.length;
    const frame = { ...frameAt(startSample, length), uplink };
    this.frames.push(frame);
    return frame;
  }

  /** What is due for an interval within a frame's beginning and end: cut at the nearest sample. */
  due(startSample: number, endSample: number): number[] {
    return this.frames.flatMap(({ startSample: from, samples, uplink }) => {
      const cut = (sample: number): number =>
        Math.round((Math.max(0, Math.min(sample - from, samples.length)) * uplink!.length) / samples.length);
      return [...uplink!.subarray(cut(startSample), cut(endSample))];
    });
  }
}

test.each([8_000, 24_000, 48_000].flatMap((rate) => WALKS.map((options, seed) => [rate, options, seed + 1] as const)))(
  "at %d Hz with %j the uplink of a segment is the uplink of its interval, without a sample lost or doubled between frames",
  (rate, options, firstSeed) => {
    let seed = firstSeed;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const source = new UplinkSource(rate);
    const segments: { startSample: number; endSample: number; uplink: number[] }[] = [];
    const gate = new SpeechGate(gateSettings(options), LOOK_BACK, (event) => {
      if (event.type === "segment-opened")
        segments.push({ startSample: event.startSample, endSample: event.startSample, uplink: [] });
      if (event.type !== "audio") return;
      const segment = segments.at(-1)!;
      segment.endSample = event.startSample + event.samples.length;
      segment.uplink.push(...event.uplink!);
    });
    let now = 0;
    let isMuted = false;
    for (let step = 0; step < 1_000; step++) {
      const chance = random();
      if (chance < 0.05) gate.mute((isMuted = !isMuted), now + Math.floor(random() * 700));
      else if (chance < 0.06) {
        gate.close(now);
        now += Math.floor(random() * 10_000);
      } else if (chance < 0.09) gate.want(random() < 0.5);
      else {
        const length = random() < 0.05 ? 1 + Math.floor(random() * FRAME) : FRAME;
        const atSample = now + length;
        const isStart = random() < 0.5;
        let change: SpeechChange | undefined;
        if (random() < 0.1)
          change = isStart
            ? { type: "speech-started", startSample: now, atSample }
            : { type: "speech-ended", endSample: now, atSample };
        gate.push(source.next(now, length), change);
        now += length;
      }
    }
    expect(segments.length).toBeGreaterThan(5);
    for (const { startSample, endSample, uplink } of segments)
      expect(uplink).toEqual(source.due(startSample, endSample));
  },
);

test.each([8_000, 24_000, 32_000, 48_000])(
  "a whole frame's uplink at %d Hz is cut where its samples are, to the nearest",
  (rate) => {
    const ratio = rate / 16_000;
    for (let preRollSamples = 0; preRollSamples <= FRAME; preRollSamples++) {
      const source = new UplinkSource(rate);
      const passed: GateEvent[] = [];
      const gate = new SpeechGate({ ...gateSettings(), preRollSamples }, FRAME, (event) => passed.push(event));
      gate.push(source.next(0, FRAME), undefined);
      gate.push(source.next(FRAME, FRAME), { type: "speech-started", startSample: FRAME, atSample: 2 * FRAME });
      const uplink = passed.flatMap((event) => (event.type === "audio" ? [...event.uplink!] : []));
      const first = Math.round((FRAME - preRollSamples) * ratio);
      expect(uplink).toEqual([...timesFrom(first, 2 * FRAME * ratio - first)]);
    }
  },
);

test("audio carries no uplink where frames carry none", () => {
  const passed: GateEvent[] = [];
  const gate = new SpeechGate(gateSettings({ policy: "always" }), LOOK_BACK, (event) => passed.push(event));
  gate.mute(false, 100);
  gate.push(frameAt(0, FRAME), undefined);
  gate.push(frameAt(FRAME, FRAME), undefined);
  expect(passed.map((event) => "uplink" in event)).toEqual([false, false, false]);
});

test.each([
  [{ policy: "sometimes" }, 'gate.policy must be "speech", "always" or "manual", got "sometimes"'],
  [{ preRollMs: -1 }, "gate.preRollMs must be in [0, 10000] ms, got -1"],
  [{ flushAfterMs: 10_001 }, "gate.flushAfterMs must be in [0, 10000] ms, got 10001"],
  [{ closeAfterMs: Number.NaN }, "gate.closeAfterMs must be in [0, 60000] ms, got NaN"],
])("bad options fail at once and say why: %j", (options, message) => {
  expect(() => gateSettings(options as GateOptions)).toThrow(new RangeError(message));
});
