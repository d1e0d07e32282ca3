import type { Conversation } from "../conversation/conversation.ts";
import type { Playback, PlaybackCount } from "../playback/playback.ts";
import { SpokenText, type SpokenWord } from "../playback/spoken-text.ts";
import type { AgentEvent } from "./agent-event.ts";
import { AnswerSound, checkAudio } from "./answer-sound.ts";

/*
 *   held ──play──▶ played ──all of it has left, or cut off──▶ over
 *     ╰──────────────── dropped, without a trace ─────────────▲
 */

/** What an answer needs of its voice. */
export interface AnswerParts {
  readonly conversation: Conversation;
  /** Name that the item is to have. @defaultValue one that is free */
  readonly itemId?: string;
  readonly isInterruptible: boolean;
  /** The capture clock, in ms. */
  readonly nowMs: () => number;
  readonly emit: (event: AgentEvent) => void;
}

/** How an answer ended. */
export interface AnswerEnd {
  /** Absent if there was nothing to say. */
  readonly itemId: string | undefined;
  readonly heardText: string;
  readonly heardMs: number;
  readonly receivedMs: number;
  readonly isInterrupted: boolean;
  readonly underruns: number;
  /** How far each of its contents was played. */
  readonly counts: readonly PlaybackCount[];
}

/** Audio, and what is known of it. */
export interface AnswerAudio {
  /** Mono; floats in -1..1. */
  readonly samples: Float32Array | Int16Array;
  readonly rateHz: number;
  /** Words in it, dated from the beginning of the part. */
  readonly words?: readonly SpokenWord[];
  /** Which content of the item. @defaultValue the one before, or the next after another rate */
  readonly contentIndex?: number;
}

/**
 * One thing that the agent says, from its first word to its last sample: its text in the conversation, its audio in the
 * speaker, and how much of both was heard. Until {@link Answer.play} it leaves no trace, so that it can be prepared early.
 */
export class Answer {
  /** Whether the person may interrupt it. */
  readonly isInterruptible: boolean;
  /** Resolves when it is over. */
  readonly over: Promise<AnswerEnd>;
  readonly #parts: AnswerParts;
  readonly #spoken = new SpokenText();
  readonly #sound = new AnswerSound();
  #finish!: (end: AnswerEnd) => void;
  #playback: Playback | undefined;
  #text = "";
  #caption = "";
  #itemId: string | undefined;
  #isEnded = false;
  /** All of it was made before it was stopped. */
  #isWhole = false;
  #isOver = false;
  #isSounding = false;
  #isSpoken = false;
  #underruns = 0;

  constructor(parts: AnswerParts) {
    this.#parts = parts;
    this.isInterruptible = parts.isInterruptible;
    this.over = new Promise((resolve) => (this.#finish = resolve));
  }

  /** The item of the conversation, once there is something to enter. */
  get itemId(): string | undefined {
    return this.#itemId;
  }

  /** True from its first sample on. */
  get isSounding(): boolean {
    return this.#isSounding;
  }

  /** True when nothing more comes of it. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** From now on it is said: enters the conversation and the speaker. */
  play(playback: Playback): void {
    if (this.#isOver) return;
    this.#playback = playback;
    this.#tellText();
    if (!this.#sound.isEmpty) this.#sound.play(playback, this.#enter());
    if (this.#isEnded) this.#sound.end();
    this.settle();
  }

  /** More of its text is known; `isSpoken` if it is there to be heard, and not to be read. */
  addText(text: string, isSpoken: boolean): void {
    if (this.#isOver || this.#isEnded) return;
    this.#isSpoken ||= isSpoken;
    this.#text += text;
    this.#tellText();
  }

  /** The next stretch of audio says this; unless it is given, what {@link addSpokenText} tells. */
  beginPart(text?: string): void {
    this.#spoken.beginPart(text);
  }

  /** More of what the present stretch of audio says. */
  addSpokenText(text: string): void {
    this.#spoken.addText(text);
  }

  /** More audio. @throws TypeError or RangeError for what is none; as the speaker does */
  addAudio({ samples, rateHz, words = [], contentIndex }: AnswerAudio): void {
    checkAudio(samples, rateHz);
    if (this.#isOver || this.#isEnded) return;
    if (words.length > 0) this.#spoken.addWords(words);
    this.#spoken.addAudioMs((samples.length / rateHz) * 1_000);
    if (this.#playback && this.#sound.isEmpty) this.#sound.play(this.#playback, this.#enter());
    this.#sound.write(samples, rateHz, contentIndex);
  }

  /** All audio of the present content has come, if not all of its text. */
  endAudio(): void {
    this.#sound.end();
  }

  /** The stretch of audio is whole, and so is its text. */
  endPart(): void {
    this.#spoken.endPart();
  }

  /** Nothing more is added. */
  end(): void {
    if (this.#isEnded || this.#isOver) return;
    this.#isEnded = this.#isWhole = true;
    this.#sound.end();
    this.#tellText();
    this.settle();
  }

  /** Nothing more is taken: it will be {@link cut}, as soon as it is known how far it came. */
  stop(): void {
    this.#isEnded = true;
    this.#sound.release();
  }

  /** Resolves when no more than `limitMs` of it wait to be played, or it is over. */
  whenWaitingLess(limitMs: number): Promise<void> {
    return this.#sound.whenWaitingLess(limitMs, () => this.#isOver || (this.#isEnded && !this.#isWhole));
  }

  /** The speaker has got so far with one of its contents. True for its very first sample. */
  progressed(count: PlaybackCount): boolean {
    if (this.#isOver) return false;
    this.#sound.count(count);
    const isFirst = !this.#isSounding;
    this.#isSounding = true;
    return isFirst;
  }

  /** Tells what has been heard by now. */
  caption(): void {
    if (this.#isOver || this.#itemId === undefined) return;
    const { heardMs, receivedMs } = this.#sound;
    const text = this.#spoken.heardAt(heardMs);
    if (text === this.#caption) return;
    this.#caption = text;
    this.#parts.emit({ type: "agent-caption", itemId: this.#itemId, text, heardMs, receivedMs });
  }

  /** There was nothing to play in mid-item. */
  starved(): void {
    this.#underruns += 1;
    if (this.#isOver || this.#itemId === undefined) return;
    this.#parts.emit({ type: "playback-underrun", itemId: this.#itemId, underruns: this.#underruns });
  }

  /** Over, if all of it is made and has left. */
  settle(): void {
    if (!this.#playback || !this.#isEnded || this.#isOver || !this.#sound.isPlayed) return;
    const { receivedMs } = this.#sound;
    const isRead = this.#sound.isEmpty && !this.#isSpoken;
    this.#close(isRead ? this.#text : this.#spoken.heardAt(receivedMs), receivedMs, false);
  }

  /** It was cut off: `counts` say how far it came. What was not heard leaves the conversation. */
  cut(counts: readonly PlaybackCount[]): void {
    if (this.#isOver) return;
    for (const count of counts) this.#sound.count(count);
    const { renderedMs } = this.#sound;
    if (this.#isWhole && this.#playback && this.#sound.isPlayed) return this.settle(); // the last of it had just left
    const heardText = this.#spoken.heardAt(renderedMs);
    const { conversation } = this.#parts;
    if (this.#itemId !== undefined && conversation.get(this.#itemId)) {
      if (renderedMs === 0) conversation.remove(this.#itemId);
      else conversation.truncate(this.#itemId, heardText);
    }
    this.#close(heardText, renderedMs, true);
  }

  #tellText(): void {
    if (!this.#playback || this.#text === "") return;
    const itemId = this.#enter();
    const { conversation, emit } = this.#parts;
    if (conversation.get(itemId)) conversation.update(itemId, { text: this.#text });
    emit({ type: "agent-transcript", itemId, text: this.#text, isFinal: this.#isEnded });
  }

  /** Into the conversation, as soon as there is something. */
  #enter(): string {
    const { conversation, itemId, nowMs } = this.#parts;
    const isFree = itemId !== undefined && !conversation.get(itemId);
    const item = { role: "assistant", text: this.#text, startMs: nowMs(), ...(isFree ? { id: itemId } : {}) } as const;
    this.#itemId ??= conversation.add(item).id;
    return this.#itemId;
  }

  #close(heardText: string, heardMs: number, isInterrupted: boolean): void {
    this.#isOver = true;
    this.#sound.release();
    const itemId = this.#itemId;
    const { conversation, emit, nowMs } = this.#parts;
    const endMs = nowMs();
    const entered = itemId === undefined ? undefined : conversation.get(itemId);
    if (entered) {
      // What could not be said, since the voice failed, was not heard either.
      const isWhole = isInterrupted || heardText.trim() === this.#text.trim();
      const times = { endMs: Math.max(endMs, entered.startMs ?? 0) };
      conversation.update(entered.id, isWhole ? times : { ...times, heardText });
    }
    if (itemId !== undefined) emit({ type: "agent-speech-ended", itemId, heardText, heardMs, isInterrupted, endMs });
    const { receivedMs, counts } = this.#sound;
    const underruns = this.#underruns;
    this.#finish({ itemId, heardText, heardMs, receivedMs, isInterrupted, underruns, counts });
  }
}
