import type { AgentEvent } from "../agent/agent-event.ts";
import type { AgentRun } from "../agent/agent.ts";
import type { AgentHost } from "../agent/agent-host.ts";
import type { OpenSpeaker } from "../agent/agent-speaker.ts";
import { msToSamples, samplesToMs } from "../audio/units.ts";
import type { Conversation } from "../conversation/conversation.ts";
import type { VoiceError } from "../errors.ts";
import type { Clock } from "../net/clock.ts";
import type { TurnEvent } from "../turns/turn-event.ts";
import type { TurnTakingOptions } from "../turns/turn-options.ts";
import type { TurnRun } from "../turns/turn-run.ts";
import { turnTaking } from "../turns/turn-taking.ts";
import { FakeClock } from "./fake-clock.ts";
import { settled } from "./settled.ts";
import { VirtualSpeaker } from "./virtual-speaker.ts";

const FRAME_MS = 32;

/** What an agent or turn taking said, and when. */
export type ToldEvent = (AgentEvent | TurnEvent) & { readonly atMs: number };

/** An agent in a session without a browser: real turn taking, the library's own playback queue, time turned by hand. */
export class AgentRig {
  /** Where it speaks. */
  readonly speaker = new VirtualSpeaker();
  /** Time of its limits. */
  readonly clock = new FakeClock();
  /** All that it and turn taking said. */
  readonly events: ToldEvent[] = [];
  /** What broke and was survived. */
  readonly warnings: VoiceError[] = [];
  /** What ended it. */
  readonly failures: VoiceError[] = [];
  /** What both sides said. */
  readonly conversation: Conversation;
  /** The agent at work. */
  readonly run: AgentRun;
  /** Turn taking; absent where the agent's server does it. */
  readonly turns: TurnRun | undefined;
  readonly #ended = new AbortController();
  #transcriptId = 0;

  constructor(
    start: (host: AgentHost, open: OpenSpeaker, clock: Clock) => AgentRun,
    options: TurnTakingOptions | false = {},
  ) {
    const timing = { aecWarmupMs: 0, endpointing: { minDelayMs: 500, maxDelayMs: 500 } };
    const taking = turnTaking({ ...timing, ...options });
    this.conversation = taking.conversation;
    const tell = (event: AgentEvent | TurnEvent): void => void this.events.push({ ...event, atMs: this.nowMs });
    this.run = start(
      {
        surroundings: { hasVad: true, hasStt: true, turns: options === false ? undefined : taking.settings },
        context: this.speaker as unknown as AudioContext,
        assets: undefined,
        conversation: this.conversation,
        now: () => this.now(),
        turns: () => this.turns,
        emit: tell,
        onWarning: (error) => this.warnings.push(error),
        onFailure: (error) => this.failures.push(error),
        signal: this.#ended.signal,
      },
      this.speaker.open,
      this.clock,
    );
    if (options === false) return;
    this.turns = taking.start({
      now: () => this.now(),
      clock: this.clock,
      hasVad: true,
      hasStt: true,
      hasAlignedStt: true,
      emit: (event) => {
        tell(event);
        this.run.take(event);
      },
      onWarning: (error) => this.warnings.push(error),
      requestText: () => undefined,
      epochMsOf: (sample) => sample,
      sttModel: undefined,
      sttProvider: undefined,
    });
  }

  /** The capture clock, in samples: that of the loudspeaker. */
  now(): number {
    return Math.floor(this.speaker.currentTime * 16_000);
  }

  /** The capture clock, in ms. */
  get nowMs(): number {
    return samplesToMs(this.now());
  }

  /** Lets time pass, in which nobody speaks, or the person does. */
  async pass(ms: number, isSpeaking = false): Promise<void> {
    for (let left = ms; left > 0; left -= FRAME_MS) {
      await this.speaker.play(FRAME_MS);
      this.clock.advance(FRAME_MS);
      if (isSpeaking) this.turns?.speaking(this.now());
      this.turns?.advance(this.now());
    }
    await settled();
  }

  /** The person speaks for so long; `text` is recognised at the end. */
  async person(text: string, speechMs = 600): Promise<void> {
    const startSample = this.now();
    this.turns?.speechStarted(startSample, startSample);
    await this.pass(speechMs, true);
    const endSample = this.now();
    this.turns?.speechEnded(endSample, endSample);
    if (text !== "") this.recognise(text, startSample, endSample);
    await settled();
  }

  /** A final text comes. */
  recognise(text: string, startSample: number, endSample: number): void {
    this.turns?.recognised({
      type: "final-transcript",
      segmentId: 1,
      transcriptId: ++this.#transcriptId,
      requestId: "",
      data: { text, language: "en", startSample, endSample, confidence: 1, words: [] },
    });
  }

  /** The person says it, and it is their turn's end. */
  async turn(text: string): Promise<void> {
    await this.person(text);
    await this.pass(544);
  }

  /** Ends the run. */
  end(): void {
    this.#ended.abort(new DOMException("stopped", "AbortError"));
  }

  /** Those of some kinds. */
  told<Type extends ToldEvent["type"]>(...types: readonly Type[]): Extract<ToldEvent, { type: Type }>[] {
    return this.events.filter((event): event is Extract<ToldEvent, { type: Type }> =>
      (types as readonly string[]).includes(event.type),
    );
  }

  /** The conversation, a line an item. */
  get lines(): string[] {
    return [...this.conversation].map(({ role, text, heardText, isInterrupted }) =>
      [role, text, ...(isInterrupted ? [`heard: ${heardText}`] : [])].join(" | "),
    );
  }
}

/** So many ms of a tone, as a voice would give them. */
export function toneOf(ms: number, rateHz = 24_000): Float32Array {
  return Float32Array.from({ length: Math.round((ms * rateHz) / 1_000) }, (_, index) => Math.sin(index / 10) / 2);
}

/** Samples of the capture clock. */
export const samplesOf = msToSamples;
