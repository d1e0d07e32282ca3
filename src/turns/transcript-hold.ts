import type { SpeechEvent, TranscriptEvent } from "../stt/speech-event.ts";

/** What a hold needs. */
export interface TranscriptHoldParts {
  /** How long before the agent ends an answer to it may begin, in samples: the second of `backchannelBoundarySamples`. */
  readonly boundarySamples: number;
  /** Receives what is let through, in order. */
  readonly emit: (event: SpeechEvent) => void;
  /** Hears of each text that is dropped. */
  readonly onDropped?: (event: TranscriptEvent) => void;
}

/** A stretch of the agent's speech; what was said within it was not meant for the agent. */
interface IgnoredStretch {
  readonly start: number;
  readonly end: number;
}

/** No text comes later than this after its speech. */
const LATEST_TEXT_SAMPLES = 480_000; // 30 s

type Utterance = Extract<SpeechEvent, { type: "start-of-speech" }>;

/*
 *              agent is heard                    agent is heard no more, ignoring until t
 *   passing ───────────────────▶ holding ─────────────────────────────────▶ passing, by the rules
 *                                   │ release: all of it passes
 */

/**
 * Keeps what was recognised while the agent spoke until it is known whether it was meant for it. Only with adaptive
 * interruption: a model tells backchannels ("mhm") from interruptions, and the text of a backchannel is no turn. Pure.
 *
 * - While the agent is heard, all that tells of speech and words is held; costs, losses and failures pass.
 * - Afterwards a text is dropped if it lies wholly between the agent's beginning and `ignoreUntil` less the boundary, where
 *   `ignoreUntil` is the agent's end, or where the interruption began. All else passes: what began before the agent, and
 *   what lasts longer. That holds as well for texts that come late.
 * - Once an interim of it was let through, its final is, too.
 * - A start of speech waits for the first text of its utterance, unless it is known to lie outside; an end of speech whose
 *   start was not let through is dropped with it. So starts and ends stay in pairs.
 * - An interim that a later text replaces is not kept. Taking back finals waits in its place, and is never dropped.
 */
export class TranscriptHold {
  readonly #parts: TranscriptHoldParts;
  #held: SpeechEvent[] = [];
  #agentStart: number | undefined;
  #ignored: IgnoredStretch[] = [];
  /** Not let through yet, for want of a text. */
  #waitingStart: Utterance | undefined;
  /** An interim was let through, and its final is still to come. */
  #isMidText = false;

  constructor(parts: TranscriptHoldParts) {
    this.#parts = parts;
  }

  /** How many events are held. */
  get heldEvents(): number {
    return this.#held.length;
  }

  /** The agent can be heard, for the first time or again. */
  agentStarted(at: number): void {
    this.#agentStart = at;
    this.#ignored = this.#ignored.filter(({ end }) => end > at - LATEST_TEXT_SAMPLES);
  }

  /** It cannot be heard any more: decides on what was held. */
  agentEnded(ignoreUntilSample: number, at: number): void {
    if (this.#agentStart === undefined) return;
    const end = Math.min(at, ignoreUntilSample) - this.#parts.boundarySamples;
    this.#ignored.push({ start: this.#agentStart, end });
    this.#agentStart = undefined;
    for (const event of this.#held.splice(0)) this.#judge(event);
  }

  /** Takes what the recogniser says. */
  push(event: SpeechEvent): void {
    if (!tellsOfSpeech(event)) return this.#parts.emit(event);
    if (this.#agentStart === undefined) return this.#judge(event);
    const last = this.#held.at(-1);
    if (last?.type === "interim-transcript" && "data" in event) this.#held.pop();
    this.#held.push(event);
  }

  /** Lets everything through that is held, and ignores nothing any more: the model is gone. */
  release(): void {
    const held = this.#waitingStart ? [this.#waitingStart, ...this.#held] : this.#held;
    this.#agentStart = undefined;
    this.clear();
    for (const event of held) this.#parts.emit(event);
  }

  /** Forgets what is held, and what to ignore of the past: the recogniser was replaced, or the turn was cleared. */
  clear(): void {
    this.#held = [];
    this.#ignored = [];
    this.#waitingStart = undefined;
    this.#isMidText = false;
  }

  #judge(event: SpeechEvent): void {
    if ("data" in event) this.#judgeText(event);
    else if (event.type === "start-of-speech") this.#judgeStart(event);
    else if (event.type === "end-of-speech" && this.#waitingStart) this.#waitingStart = undefined;
    else this.#parts.emit(event);
  }

  #judgeText(event: TranscriptEvent): void {
    const { startSample, endSample } = event.data;
    if (!this.#isMidText && this.#isIgnored(startSample, endSample)) return this.#parts.onDropped?.(event);
    if (this.#waitingStart) this.#parts.emit(this.#waitingStart);
    this.#waitingStart = undefined;
    this.#isMidText = event.type !== "final-transcript";
    this.#parts.emit(event);
  }

  #judgeStart(event: Utterance): void {
    this.#isMidText = false;
    const { startSample } = event;
    const isWithin = startSample === undefined ? this.#ignored.length > 0 : this.#isIgnored(startSample, startSample);
    if (isWithin) this.#waitingStart = event;
    else this.#parts.emit(event);
  }

  #isIgnored(startSample: number, endSample: number): boolean {
    return this.#ignored.some(({ start, end }) => startSample > start && endSample <= end);
  }
}

function tellsOfSpeech({ type }: SpeechEvent): boolean {
  return type.endsWith("-of-speech") || type.endsWith("-transcript") || type === "transcripts-superseded";
}
