import { baseLanguageOf } from "../stt/language.ts";
import { TEXT_CUE_LEXICONS, type TextCueLexicon } from "./text-cues-lexicon.ts";
import type { DetectorRequest, TurnDetector } from "./turn-detector.ts";

/** How {@link textCues} reads. */
export interface TextCuesOptions {
  /**
   * By language (`"en"`), the probability below which the person is taken to go on, in [0, 1]. At 0.5 a text without any
   * cue counts as finished; at 0.7 it does not, for recognisers that end each sentence with a full stop. @defaultValue 0.5
   */
  readonly thresholds?: Readonly<Record<string, number>>;
  /** What to take a text for whose language is not known, such as `"en"`. @defaultValue none: such a text is not judged */
  readonly language?: string;
}

/**
 * The probability that a person has finished, by what the text ends with. The numbers are not measured: they put the cues
 * in order, so that a threshold between two of them chooses which are heeded.
 */
export const TEXT_CUE_PROBABILITY = {
  /** A question mark or exclamation mark. */
  exclaimed: 0.95,
  /** A full stop. */
  stated: 0.9,
  /** Nothing to go by. */
  open: 0.6,
  /** A comma, colon, dash or ellipsis; a word that seldom ends a sentence. */
  suspended: 0.3,
  /** Some digits of a telephone or card number. */
  dictating: 0.2,
  /** A conjunction, article, possessive: a word that ends no sentence. */
  unfinished: 0.1,
  /** "um", "let me see": the person asks for time. */
  hesitating: 0.05,
} as const;

const DEFAULT_THRESHOLD = 0.5;
/** No number that people dictate is longer. */
const MAX_NUMBER_DIGITS = 16;

/**
 * A detector that goes by the end of the text: punctuation, unfinished phrases, fillers, numbers told in groups. It costs
 * nothing and asks nobody. English, Dutch, French, German, Italian, Portuguese and Spanish.
 *
 * @throws RangeError naming the option, the rule and the value.
 */
export function textCues(options: TextCuesOptions = {}): TurnDetector {
  const languageOf = (tag = options.language): string => baseLanguageOf(tag ?? "");
  const thresholds = new Map(Object.keys(TEXT_CUE_LEXICONS).map((language) => [language, DEFAULT_THRESHOLD]));
  for (const [tag, threshold] of Object.entries(options.thresholds ?? {})) {
    requireKnown("thresholds", tag);
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new RangeError(`textCues.thresholds.${tag} must be in [0, 1], got ${threshold}`);
    }
    thresholds.set(baseLanguageOf(tag), threshold);
  }
  if (options.language !== undefined) requireKnown("language", options.language);
  return {
    model: "text-cues",
    provider: "vivavoce",
    input: "text",
    thresholdOf: (language) => thresholds.get(languageOf(language)),
    predict: ({ transcript, messages, language }) => {
      const lexicon = TEXT_CUE_LEXICONS[languageOf(language)];
      const question = messages.findLast(({ role }) => role === "assistant")?.text ?? "";
      return Promise.resolve(lexicon ? probabilityOfEnd(transcript, question, lexicon) : TEXT_CUE_PROBABILITY.open);
    },
  };
}

/** Judges what was said so far; `question` is what the agent said before it. */
function probabilityOfEnd(
  transcript: DetectorRequest["transcript"],
  question: string,
  lexicon: TextCueLexicon,
): number {
  const text = plain(transcript).trimEnd();
  const mark = /[^\p{L}\p{N}]*$/u.exec(text)?.[0] ?? "";
  const said = text.slice(0, text.length - mark.length);
  const word = /[^\s,.!?…]*$/.exec(said)?.[0] ?? "";
  const words = ` ${said.replaceAll(/[^\p{L}\p{N}'-]+/gu, " ")}`;
  const { exclaimed, stated, open, suspended, dictating, unfinished, hesitating } = TEXT_CUE_PROBABILITY;
  if (/[!?！？]/.test(mark)) return exclaimed;
  if (has(lexicon.fillers, word) || lexicon.delays.split("|").some((delay) => words.endsWith(` ${delay}`))) {
    return hesitating;
  }
  if (has(lexicon.never, word)) return unfinished;
  if (isDictating(said, question, lexicon)) return dictating;
  if (/…|\.\.|[,:;–—-]/.test(mark)) return suspended;
  if (/[.。]/.test(mark)) return stated;
  return has(lexicon.seldom, word) ? suspended : open;
}

/** Whether the text ends with digits that look like a number in the middle. */
function isDictating(said: string, question: string, lexicon: TextCueLexicon): boolean {
  const groups = lastDigitGroups(said, lexicon.digits);
  const count = groups.reduce((sum, length) => sum + length, 0);
  if (count === 0 || count > MAX_NUMBER_DIGITS || lexicon.wholeLengths.includes(count)) return false;
  const context = `${plain(question)} ${said}`.split(/[^\p{L}]+/u);
  if (context.some((word) => has(lexicon.shortNumbers, word))) return false;
  if (context.some((word) => has(lexicon.longNumbers, word))) return groups.length > 1 || count > 2;
  // Without a word about it: "2024" is a year, "10 30" a time; "5 5 5" and "555 12" are being dictated.
  return groups.length > 1 && (count > 4 || (groups.length > 2 && groups.length === count));
}

/** The lengths of the groups of digits at the end: `[3, 2]` for "it is 555-12", `[1, 1]` for "five five". */
function lastDigitGroups(said: string, digits: string): readonly number[] {
  const groups: number[] = [];
  for (const token of said.split(/[\s()+-]+|[,.]\s/).toReversed()) {
    if (token === "") continue;
    if (!/^\d+$/.test(token) && !has(digits, token)) break;
    groups.push(/^\d/.test(token) ? token.length : 1);
  }
  return groups;
}

/** Lower case, accents in one piece, one kind of apostrophe: as the lexicons are written. */
function plain(text: string): string {
  return text.normalize("NFC").toLowerCase().replaceAll("’", "'");
}

function has(words: string, word: string): boolean {
  return word !== "" && ` ${words} `.includes(` ${word} `);
}

function requireKnown(option: string, tag: string): void {
  if (Object.hasOwn(TEXT_CUE_LEXICONS, baseLanguageOf(tag))) return;
  const known = Object.keys(TEXT_CUE_LEXICONS).join(", ");
  throw new RangeError(`textCues.${option} must be one of ${known}, got ${JSON.stringify(tag)}`);
}
