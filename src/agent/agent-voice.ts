import { msToSamples, samplesToMs } from "../audio/units.ts";
import type { ClearedPlayback, PlaybackEvent } from "../playback/playback.ts";
import type { AgentSpeech } from "../turns/interruption-rules.ts";
import type { AgentHost } from "./agent-host.ts";
import type { AgentSpeaker, OpenSpeaker } from "./agent-speaker.ts";
import { Answer, type AnswerEnd } from "./answer.ts";
import { providerError } from "./provider.ts";

/** Whoever keeps account of what the agent is doing: turn taking, or in a session without turns the agent itself. */
export interface FloorKeeper {
  /** The agent prepares what it will say. */
  thinking(speech: AgentSpeech): void;
  /** The first sound of it is played. */
  started(speech: AgentSpeech): void;
  /** It has said everything, or was stopped. */
  ended(): void;
}

/** How an answer is begun. */
export interface AnswerOptions {
  /** Name that its item is to have. @defaultValue one that is free */
  readonly itemId?: string;
  /** @defaultValue true */
  readonly isInterruptible?: boolean;
}

/** How an answer ended, and how long its silence took. */
export interface VoicedEnd extends AnswerEnd {
  /** When its first sample left, in samples of the capture clock; absent if none did. */
  readonly startedAt?: number;
  /** From the decision to interrupt to silence at the worklet's output, in ms. */
  readonly interruptionToSilenceMs?: number;
}

/**
 * An agent's voice: says answers one after another, gives way when it is told to, and keeps account of what was heard.
 * What was cut off is truncated at the count of the end of the fade: samples that left the worklet will be heard.
 */
export class AgentVoice {
  /** Resolves when it can be heard. */
  readonly ready: Promise<void>;
  readonly #host: AgentHost;
  readonly #floor: FloorKeeper;
  /** Those that are said, in order; the first of them sounds. */
  readonly #answers: Answer[] = [];
  readonly #startedAt = new Map<Answer, number>();
  readonly #silenceMs = new Map<Answer, number>();
  /** Those that are cut off, until it is known how far they came. */
  #fading: readonly Answer[] = [];
  #playback: AgentSpeaker | undefined;
  #isThinking = false;
  #isThoughtInterruptible = true;
  #isPaused = false;
  #pausedSinceSec: number | undefined;
  #pauseToSilenceMs: number | undefined;
  #cutting: Promise<void> = Promise.resolve();

  constructor(host: AgentHost, floor: FloorKeeper, open: OpenSpeaker) {
    this.#host = host;
    this.#floor = floor;
    this.ready = open(host, (event) => this.#take(event)).then((playback) => {
      this.#playback = playback;
      if (this.#isPaused) playback.pause();
      for (const answer of [...this.#answers]) this.#play(answer, playback);
    });
    this.ready.catch(() => undefined); // the session's start says it
    host.signal.addEventListener("abort", () => this.#close(), { once: true });
  }

  /** What it speaks through, once it is there. */
  get speaker(): AgentSpeaker | undefined {
    return this.#playback;
  }

  /** True while something is prepared or said. */
  get isBusy(): boolean {
    return this.#isThinking || this.#answers.length > 0;
  }

  /** Resolves when what was cut off last has left the conversation as far as it was not heard. */
  get settled(): Promise<void> {
    return this.#cutting;
  }

  /** An answer is being prepared. */
  thinking(isInterruptible = true): void {
    if (this.#isThinking) return;
    this.#isThinking = true;
    this.#isThoughtInterruptible = isInterruptible;
    this.#rest();
  }

  /** Nothing is being prepared any more: what there is to say was begun, or there is nothing. */
  thought(): void {
    if (!this.#isThinking) return;
    this.#isThinking = false;
    this.#rest();
  }

  /** An answer that leaves no trace until it is {@link say | said}. */
  prepare({ itemId, isInterruptible = true }: AnswerOptions = {}): Answer {
    const { conversation, now, emit } = this.#host;
    return new Answer({
      conversation,
      isInterruptible,
      nowMs: () => samplesToMs(now()),
      emit,
      ...(itemId === undefined ? {} : { itemId }),
    });
  }

  /** Says an answer, after those before it; resolves when it is over. */
  async say(answer: Answer): Promise<VoicedEnd> {
    this.#answers.push(answer);
    if (this.#playback) this.#play(answer, this.#playback);
    const end = await answer.over;
    this.#forget(answer);
    const startedAt = this.#startedAt.get(answer);
    const interruptionToSilenceMs = this.#silenceMs.get(answer);
    this.#startedAt.delete(answer);
    this.#silenceMs.delete(answer);
    return {
      ...end,
      ...(startedAt === undefined ? {} : { startedAt }),
      ...(interruptionToSilenceMs === undefined ? {} : { interruptionToSilenceMs }),
    };
  }

  /** Falls silent, and may go on. */
  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#pausedSinceSec = this.#host.context.currentTime;
    this.#pauseToSilenceMs = undefined;
    this.#playback?.pause();
  }

  /** Goes on where it was paused. */
  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#playback?.resume();
  }

  /** Falls silent for good: whatever is said is cut off. Resolves when it is known how far it came. */
  cut(): Promise<void> {
    const answers = this.#answers.splice(0);
    const pausedMs = this.#isPaused ? this.#pauseToSilenceMs : undefined;
    this.#isPaused = false;
    this.#isThinking = false;
    this.#floor.ended();
    if (answers.length === 0) {
      this.#playback?.resume();
      return this.#cutting;
    }
    for (const answer of answers) answer.stop();
    this.#fading = answers;
    const clearing = this.#playback?.clear() ?? Promise.resolve(NOTHING_PLAYED);
    this.#cutting = clearing.then(({ items, fadeMs }) => {
      for (const answer of answers) {
        if (answer.isSounding) this.#silenceMs.set(answer, pausedMs ?? fadeMs);
        answer.cut(items.filter(({ itemId }) => itemId === answer.itemId));
      }
    });
    return this.#cutting;
  }

  /** What was made ahead may have a rate that the speaker does not take: then there is no answer, and a warning. */
  #play(answer: Answer, playback: AgentSpeaker): void {
    try {
      answer.play(playback);
    } catch (cause) {
      this.#host.onWarning(providerError("The voice", cause));
      answer.stop();
      answer.cut([]);
    }
  }

  #take(event: PlaybackEvent): void {
    if (event.type === "paused") {
      if (this.#pausedSinceSec !== undefined) {
        this.#pauseToSilenceMs = Math.max(0, (event.atContextSec - this.#pausedSinceSec) * 1_000);
      }
      return;
    }
    if (event.type === "resumed") return;
    const isMeant = ({ itemId }: Answer): boolean => itemId === event.itemId;
    const answer = this.#answers.find(isMeant);
    if (!answer) return void this.#fading.find(isMeant)?.progressed(event);
    if (event.type === "underrun") return answer.starved();
    if (answer.progressed(event)) this.#started(answer, event.atContextSec);
    if (event.type === "ended") answer.settle();
    answer.caption();
  }

  #started(answer: Answer, atContextSec: number): void {
    const host = this.#host;
    const agoMs = Math.max(0, (host.context.currentTime - atContextSec) * 1_000);
    const startedAt = Math.max(0, host.now() - msToSamples(agoMs));
    this.#startedAt.set(answer, startedAt);
    this.#floor.started({ isInterruptible: answer.isInterruptible, canPause: true });
    const { itemId } = answer;
    if (itemId !== undefined) {
      host.emit({ type: "agent-speech-started", itemId, startMs: samplesToMs(startedAt) });
    }
  }

  #forget(answer: Answer): void {
    const index = this.#answers.indexOf(answer);
    if (index < 0) return; // cut off, and something else may be going on since
    this.#answers.splice(index, 1);
    this.#rest();
  }

  /** Nothing is said: what comes next is not held by a pause of what came before. */
  #rest(): void {
    if (this.#answers.length > 0 || this.#host.signal.aborted) return;
    this.resume();
    if (this.#isThinking) this.#floor.thinking({ isInterruptible: this.#isThoughtInterruptible, canPause: true });
    else this.#floor.ended();
  }

  #close(): void {
    for (const answer of this.#answers.splice(0)) {
      answer.stop();
      answer.cut([]);
    }
  }
}

const NOTHING_PLAYED: ClearedPlayback = { items: [], silentAtContextSec: 0, fadeMs: 0 };
