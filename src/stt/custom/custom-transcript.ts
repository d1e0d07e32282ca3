import { CAPTURE_RATE } from "../../audio/units.ts";
import { VoiceError } from "../../errors.ts";
import type { CodecTranscript, CodecWord } from "../codec.ts";
import { normalizeLanguage } from "../language.ts";

/** A word as a provider of the app's own tells it. Times count what the provider was sent, from 0, in ms. */
export interface CustomWord {
  readonly word: string;
  readonly startMs: number;
  readonly endMs: number;
  /** In [0, 1]. @defaultValue that of the text */
  readonly confidence?: number;
  /** Who said it, where the provider tells speakers apart. */
  readonly speakerId?: string;
}

/** A text as a provider of the app's own tells it. Times count what the provider was sent, from 0, in ms. */
export interface CustomTranscript {
  readonly text: string;
  /** BCP 47 tag, or the language's English name. @defaultValue the one that was asked for */
  readonly language?: string;
  /** In [0, 1]. @defaultValue 1 */
  readonly confidence?: number;
  readonly startMs?: number;
  readonly endMs?: number;
  /** In the order in which they were said. @defaultValue none */
  readonly words?: readonly CustomWord[];
  /** Who said it, where the provider tells speakers apart. */
  readonly speakerId?: string;
  /** The provider's name for the request, for its support. */
  readonly requestId?: string;
  /** What the provider says beyond that; it comes out as it is. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

type Fields = Readonly<Record<string, unknown>>;

/** The latest time that is believed: three days, in ms. */
const LATEST_MS = 72 * 3_600_000;

/**
 * Takes what an app's hook gave. The text must be one; of the rest, what makes no sense counts as missing: a text is
 * better than none. Times never run backwards.
 *
 * @throws VoiceError `protocol-violated` if there is no text in it.
 */
export function readTranscript(given: unknown, language: string): CodecTranscript {
  const fields: Fields = typeof given === "string" ? { text: given } : asFields(given);
  const { text } = fields;
  if (typeof text !== "string")
    throw new VoiceError("protocol-violated", `A transcript must be or have a text, got ${kindOf(given)}`);
  const confidence = confidenceOf(fields["confidence"], 1);
  const sentStart = samplesOf(fields["startMs"]) ?? 0;
  const metadata = fields["metadata"];
  return {
    text: text.trim(),
    language: normalizeLanguage(nonEmpty(fields["language"]) ?? language),
    sentStart,
    sentEnd: Math.max(sentStart, samplesOf(fields["endMs"]) ?? 0),
    confidence,
    words: readWords(fields["words"], confidence),
    ...textField("requestId", fields["requestId"]),
    ...textField("speakerId", fields["speakerId"]),
    ...(isFields(metadata) ? { metadata } : {}),
  };
}

function readWords(given: unknown, otherwise: number): CodecWord[] {
  if (!Array.isArray(given)) return [];
  let heardUntil = 0;
  return given.flatMap((fields: unknown) => {
    if (!isFields(fields)) return [];
    const word = nonEmpty(fields["word"]);
    if (word === undefined) return [];
    const sentStart = Math.max(heardUntil, samplesOf(fields["startMs"]) ?? 0);
    const sentEnd = Math.max(sentStart, samplesOf(fields["endMs"]) ?? 0);
    heardUntil = sentStart;
    const confidence = confidenceOf(fields["confidence"], otherwise);
    return [{ word, sentStart, sentEnd, confidence, ...textField("speakerId", fields["speakerId"]) }];
  });
}

/** Whether a value is an object with fields, as JSON has them. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asFields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function textField<K extends string>(key: K, value: unknown): { readonly [P in K]?: string } {
  const text = nonEmpty(value);
  return text === undefined ? {} : ({ [key]: text } as { readonly [P in K]?: string });
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

function confidenceOf(value: unknown, otherwise: number): number {
  return typeof value === "number" && value >= 0 && value <= 1 ? value : otherwise;
}

function samplesOf(ms: unknown): number | undefined {
  if (typeof ms !== "number" || !(ms <= LATEST_MS)) return undefined;
  return Math.max(0, Math.round((ms * CAPTURE_RATE) / 1_000));
}

function kindOf(value: unknown): string {
  return isFields(value) ? "an object without one" : value === null ? "null" : typeof value;
}
