import type { SpeechData } from "../stt/speech-event.ts";

/** A final that stands. */
export interface Final {
  /** 0 for an interim that was taken for final. */
  readonly transcriptId: number;
  readonly text: string;
  readonly confidence: number;
}

/** Texts shorter than this do not change what language is spoken: recognisers guess then. LiveKit Agents' rule. */
const MIN_LANGUAGE_LENGTH = 5;
/** What recognisers call a language that they do not know yet. */
const UNKNOWN_LANGUAGES: ReadonlySet<string> = new Set(["", "auto", "multi"]);

/** What the person has said in this turn: finals that stand, and what may still change. Pure. */
export class Transcript {
  #finals: Final[] = [];
  #interim = "";
  #preflight = "";
  #language: string | undefined;

  /** The finals, joined. */
  get text(): string {
    return this.#finals.map(({ text }) => text).join(" ");
  }

  /** The finals and what may still change, joined. */
  get current(): string {
    return joined(this.text, this.#interim);
  }

  /** What may still change; empty if there is nothing. */
  get interim(): string {
    return this.#interim;
  }

  /** The text that the recogniser was sure enough of to prepare an answer for. */
  get preflight(): string {
    return this.#preflight;
  }

  /** Mean of the finals' confidences, in [0, 1]; 0 without any. */
  get confidence(): number {
    return this.confidenceWith([]);
  }

  /** What is spoken; stays from turn to turn. */
  get language(): string | undefined {
    return this.#language;
  }

  /** The mean with further ones. */
  confidenceWith(further: readonly number[]): number {
    const all = [...this.#finals.map(({ confidence }) => confidence), ...further];
    return all.length === 0 ? 0 : all.reduce((sum, one) => sum + one, 0) / all.length;
  }

  /** A final came. Returns whether it says more than the preflight did. */
  addFinal(transcriptId: number, { text, confidence, language }: SpeechData): boolean {
    this.#heed(language, text);
    this.#finals.push({ transcriptId, text, confidence });
    const isNews = this.text !== this.#preflight;
    this.#interim = this.#preflight = "";
    return isNews;
  }

  /** Finals were taken back. */
  withdraw(transcriptIds: readonly number[]): void {
    this.#finals = this.#finals.filter(({ transcriptId }) => !transcriptIds.includes(transcriptId));
  }

  /** A text came that may still change. */
  setInterim(text: string): void {
    this.#interim = text;
  }

  /** A text came that is likely to stay. */
  setPreflight({ text, language }: SpeechData): void {
    this.#heed(language, text);
    this.#interim = text;
    this.#preflight = joined(this.text, text);
  }

  /** What may still change is taken for final. Returns it. */
  settleInterim(): string {
    const text = this.#interim;
    if (text !== "") this.#finals.push({ transcriptId: 0, text, confidence: 0 });
    this.#interim = this.#preflight = "";
    return text;
  }

  /** Forgets everything but the language; returns the finals that it was made of. */
  clear(): readonly Final[] {
    this.#interim = this.#preflight = "";
    return this.#finals.splice(0);
  }

  #heed(language: string, text: string): void {
    if (UNKNOWN_LANGUAGES.has(language.split("-", 1)[0] ?? "")) return;
    if (this.#language === undefined || text.length > MIN_LANGUAGE_LENGTH) this.#language = language;
  }
}

function joined(first: string, second: string): string {
  return first === "" || second === "" ? first + second : `${first} ${second}`;
}
