import type { SpeechEvent } from "../speech-event.ts";
import { encodeUpdate, type CodecSession } from "./codec.ts";
import { changesBetween, type LivekitSettings } from "./settings.ts";
import type { SessionCreate } from "./wire.ts";

/**
 * Keeps the session of one stream at the newest options: by its greeting, and by updates while it runs, but not while a
 * person speaks, since the provider may have to start anew. Pure.
 */
export class LiveSession implements CodecSession {
  readonly requestId: string;
  readonly #settings: LivekitSettings;
  readonly #say: (message: string) => void;
  /** What the gateway knows; nothing before the greeting. */
  #told: SessionCreate | undefined;
  #isSpeaking = false;

  /** `say` sends a message in its place between the audio, or drops it where there is no connection. */
  constructor(settings: LivekitSettings, requestId: string, say: (message: string) => void) {
    this.#settings = settings;
    this.requestId = requestId;
    this.#say = say;
  }

  get language(): string | undefined {
    return this.#settings.create.settings.language;
  }

  greet(): SessionCreate {
    this.#told = this.#settings.create;
    return this.#told;
  }

  /** A new connection is under way: what changes before it is greeted is part of the greeting. */
  connecting(): void {
    this.#told = undefined;
  }

  /** Takes what the stream says: speech, and its end, or that it is waited for no longer. */
  hear({ type }: SpeechEvent): void {
    if (type === "start-of-speech") this.#isSpeaking = true;
    if (type !== "end-of-speech" && type !== "segment-settled") return;
    this.#isSpeaking = false;
    this.update();
  }

  /** Tells what has changed since it was last told, unless a person speaks. */
  update(): void {
    if (!this.#told || this.#isSpeaking) return;
    const changes = changesBetween(this.#told, this.#settings.create);
    this.#told = this.#settings.create;
    if (changes) this.#say(encodeUpdate(changes));
  }
}
