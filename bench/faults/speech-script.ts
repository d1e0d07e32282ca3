import { CAPTURE_RATE, FRAME_SAMPLES } from "../../src/audio/units.ts";
import { fromPcm16 } from "../../src/audio/pcm16.ts";
import { FrameDecider, type HearingEvent } from "../../src/gate/frame-decider.ts";
import type { GatePolicy } from "../../src/gate/speech-gate.ts";
import { markSound } from "../../gateway/engines/marked-sound.ts";
import { WORD_SAMPLES } from "../../gateway/engines/ledger-listener.ts";
import type { Dice } from "./dice.ts";
import type { Span } from "./spans.ts";

/** What a person says in a run, and when. */
export interface SpeechScript {
  /** Where capture begins on its clock; the first frame. */
  readonly startSample: number;
  readonly endSample: number;
  readonly utterances: readonly Span[];
  /** The microphone is muted meanwhile. */
  readonly muted?: Span;
  /** From the end of speech to the end of sending, in ms. */
  readonly closeAfterMs: number;
  /** What is heard from `startSample` on. @defaultValue sound that is marked with the time of its capture */
  readonly sound?: Float32Array;
}

/** How much is said. `talkative`: hardly a pause, so that whatever is out of order for long has much to lose. */
export interface ScriptOptions {
  /** How long it is spoken, in s. */
  readonly speechSeconds: number;
  /** How long it is silent in the end, in s. */
  readonly calmSeconds: number;
  readonly isTalkative: boolean;
}

/** Within an opening of the gate, for the most part, in s. */
const SHORT_PAUSE = [0.2, 1.2] as const;
/** Within the utterance, within the opening of the gate, and beyond it, in s. */
const PAUSES: readonly [Pause, Pause, Pause] = [
  [0.2, 0.5],
  [0.7, 1.5],
  [1.8, 5],
];
const NEVER: Span = { start: 0, end: 0 };

type Pause = readonly [shortest: number, longest: number];

/** Makes up utterances and pauses. Utterances begin and end with a word, as people's do. */
export function writeScript(dice: Dice, { speechSeconds, calmSeconds, isTalkative }: ScriptOptions): SpeechScript {
  const startSample = FRAME_SAMPLES * dice.whole(0, 2_000);
  const until = startSample + speechSeconds * CAPTURE_RATE;
  const utterances: Span[] = [];
  let at = startSample + seconds(dice.between(0.2, 1.5));
  while (at < until) {
    const start = Math.ceil(at / WORD_SAMPLES) * WORD_SAMPLES;
    const words = dice.whole(8, isTalkative ? 160 : 100);
    const end = start + words * WORD_SAMPLES;
    utterances.push({ start, end });
    const [shortest, longest] = isTalkative ? SHORT_PAUSE : dice.pick(PAUSES);
    at = end + seconds(dice.between(shortest, longest));
  }
  const last = utterances.at(-1)?.end ?? startSample;
  const muteStart = startSample + FRAME_SAMPLES * dice.whole(100, 500);
  const muted = { start: muteStart, end: muteStart + FRAME_SAMPLES * dice.whole(20, 80) };
  return {
    startSample,
    endSample: startSample + Math.ceil((last + seconds(calmSeconds) - startSample) / FRAME_SAMPLES) * FRAME_SAMPLES,
    utterances,
    ...(dice.chance(0.15) ? { muted } : {}),
    closeAfterMs: dice.pick([1_000, 1_000, 300, 0]),
  };
}

/** Everything that passed the gate. */
export interface Fed {
  /** In order. */
  readonly passed: readonly Span[];
  /** What of it was speech. */
  readonly speech: readonly Span[];
  readonly segmentIds: readonly number[];
}

/** Speaks a script into the detector and the gate that a page uses. */
export class Speaker {
  readonly #script: SpeechScript;
  readonly #onEvent: (event: HearingEvent) => void;
  readonly #decider: FrameDecider;
  readonly #passed: { start: number; end: number }[] = [];
  readonly #speech: { start: number; end: number }[] = [];
  readonly #segmentIds: number[] = [];
  #at: number;
  #utterance = 0;
  #isMuted = false;

  constructor(script: SpeechScript, policy: GatePolicy, onEvent: (event: HearingEvent) => void) {
    this.#script = script;
    this.#onEvent = onEvent;
    this.#at = script.startSample;
    const options = { detector: {}, gate: { policy, closeAfterMs: script.closeAfterMs } };
    this.#decider = new FrameDecider(options, (event) => this.#hear(event));
  }

  /** What passed so far. */
  get fed(): Fed {
    return { passed: this.#passed, speech: this.#speech, segmentIds: this.#segmentIds };
  }

  /** Where the next frame begins. */
  get nowSample(): number {
    return this.#at;
  }

  /** The next frame; false if there is none. */
  nextFrame(): boolean {
    const start = this.#at;
    if (start >= this.#script.endSample) return false;
    this.#mute(start);
    const end = start + FRAME_SAMPLES;
    this.#at = end;
    const { utterances } = this.#script;
    while ((utterances[this.#utterance]?.end ?? Number.POSITIVE_INFINITY) <= start) this.#utterance += 1;
    const near = utterances.slice(this.#utterance, this.#utterance + 2);
    const [one = NEVER, next = NEVER] = near;
    const isSpeech = (sample: number): boolean =>
      (one.start <= sample && sample < one.end) || (next.start <= sample && sample < next.end);
    const isLoud = isSpeech(start + FRAME_SAMPLES / 2);
    const at = start - this.#script.startSample;
    const sound = this.#script.sound?.slice(at, at + FRAME_SAMPLES) ?? markedFrame(start, isSpeech);
    this.#decider.frame({ type: "frame", startSample: start, samples: sound }, isLoud ? 0.95 : 0.02);
    return true;
  }

  /** The microphone is switched off. */
  end(): void {
    this.#decider.note({ type: "end", atSample: this.#at });
  }

  #mute(atSample: number): void {
    const { muted } = this.#script;
    const isMuted = muted !== undefined && muted.start <= atSample && atSample < muted.end;
    if (isMuted !== this.#isMuted) this.#decider.note({ type: "mute", isMuted, atSample });
    this.#isMuted = isMuted;
  }

  #hear(event: HearingEvent): void {
    if (event.type === "segment-opened") this.#segmentIds.push(event.segmentId);
    if (event.type === "audio") {
      const span = { start: event.startSample, end: event.startSample + event.samples.length };
      extend(this.#passed, span);
      for (const { start, end } of this.#script.utterances) {
        const part = { start: Math.max(start, span.start), end: Math.min(end, span.end) };
        if (part.start < part.end) extend(this.#speech, part);
      }
    }
    this.#onEvent(event);
  }
}

function markedFrame(startSample: number, isSpeech: (sample: number) => boolean): Float32Array {
  return fromPcm16(markSound(startSample, FRAME_SAMPLES, isSpeech));
}

function extend(spans: { start: number; end: number }[], { start, end }: Span): void {
  const last = spans.at(-1);
  if (last?.end === start) last.end = end;
  else spans.push({ start, end });
}

function seconds(count: number): number {
  return Math.round(count * CAPTURE_RATE);
}
