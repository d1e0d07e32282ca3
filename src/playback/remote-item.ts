import { fromPcm16 } from "../audio/pcm16.ts";
import { VoiceError } from "../errors.ts";
import { HeardCursor } from "./heard-cursor.ts";
import type { PlaybackCommand } from "./playback-messages.ts";
import type { PlaybackCount, PlaybackItem, PlaybackItemName } from "./playback.ts";

/** What an item needs of the playback that it belongs to. */
export interface ItemHome {
  /** Sends a command to the audio thread. */
  post(command: PlaybackCommand, transfer?: readonly ArrayBuffer[]): void;
  /** Whether so much more may wait to be played, in seconds. */
  hasRoomFor(seconds: number): boolean;
  /** The time on the context's clock of what is being heard. */
  heardSec(): number;
}

/** The page's side of an item: takes what is written, and knows what was told. */
export class RemoteItem implements PlaybackItem {
  /** The item of the conversation, or the server's. */
  readonly itemId: string;
  /** Which content of the item. */
  readonly contentIndex: number;
  readonly rateHz: number;
  readonly #number: number;
  readonly #home: ItemHome;
  readonly #cursor: HeardCursor;
  #renderedSamples = 0;
  #receivedSamples = 0;
  #heardSamples = 0;
  #isEnded = false;
  #isOver = false;

  /** `number` is its name on the audio thread. */
  constructor({ itemId, contentIndex }: PlaybackItemName, rateHz: number, number: number, home: ItemHome) {
    this.itemId = itemId;
    this.contentIndex = contentIndex;
    this.rateHz = rateHz;
    this.#number = number;
    this.#home = home;
    this.#cursor = new HeardCursor(rateHz);
  }

  get renderedSamples(): number {
    return this.#renderedSamples;
  }

  get receivedSamples(): number {
    return this.#receivedSamples;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** What waits to be played, in seconds. */
  get waitingSec(): number {
    return (this.#receivedSamples - this.#renderedSamples) / this.rateHz;
  }

  write(samples: Float32Array | Int16Array): void {
    if (this.#isOver || this.#isEnded || samples.length === 0) return;
    if (!this.#home.hasRoomFor(samples.length / this.rateHz)) {
      throw new VoiceError("protocol-violated", "More than 10 minutes of sound wait to be played");
    }
    const copy = samples instanceof Int16Array ? fromPcm16(samples) : samples.slice();
    this.#receivedSamples += copy.length;
    this.#home.post({ type: "write", item: this.#number, samples: copy }, [copy.buffer]);
  }

  end(): void {
    if (this.#isOver || this.#isEnded) return;
    this.#isEnded = true;
    this.#home.post({ type: "end", item: this.#number });
  }

  heardSamples(): number {
    const samples = Math.min(this.#cursor.samplesAt(this.#home.heardSec()), this.#receivedSamples);
    // The browser's word on what is being heard may step back a little; the ear does not.
    this.#heardSamples = Math.max(this.#heardSamples, samples);
    return this.#heardSamples;
  }

  /** Takes what the audio thread told. */
  mark(renderedSamples: number, atSec: number, isSounding: boolean): void {
    this.#renderedSamples = renderedSamples;
    this.#cursor.mark(atSec, renderedSamples, isSounding);
  }

  /** Nothing that is written from now on is played. */
  giveUp(): void {
    this.#isOver = true;
  }

  /** How far it has come, as a value. */
  count(): PlaybackCount {
    const { itemId, contentIndex, rateHz, renderedSamples, receivedSamples } = this;
    return { itemId, contentIndex, rateHz, renderedSamples, receivedSamples };
  }
}
