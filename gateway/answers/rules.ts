/*
 *   go forward ten meters        Going forward ten meters.
 *   seven of clubs               That is the seven of clubs.
 *   what time is it              calls a tool such as get_time, then: It is fourteen thirty.
 *   weather in berlin            calls a tool such as get_weather, then: The weather in Berlin is sunny.
 *   tell me a story              eight sentences
 *   hello out there              You said hello out there.
 */
import { randomUUID } from "node:crypto";
import type { AnswerMessage, AnswerRequest, AnswerTool, AskedTool } from "./answer.ts";
import { MAX_CHARS } from "./max-chars.ts";
import { STORY } from "./story.ts";
import { reportResults } from "./tool-results.ts";

type Question = Omit<AnswerRequest, "signal">;

/** Answers what its pattern finds in what was said; `undefined` leaves it to the next rule. */
interface Rule {
  /** Lower case, no punctuation. */
  readonly pattern: RegExp;
  readonly answer: (found: RegExpExecArray, question: Question) => string | AskedTool | undefined;
}

const CARD = /\b(ace|two|three|four|five|six|seven|eight|nine|ten|jack|queen|king) of (clubs|diamonds|hearts|spades)\b/;

const RULES: readonly Rule[] = [
  { pattern: /\btime\b/, answer: (_, { tools }) => callLike(tools, /time|clock/i, {}) },
  {
    pattern: /\bweather\b(?:.*?\b(?:in|at|for) (.+))?/,
    answer: ([, place = "here"], { tools }) => callLike(tools, /weather/i, { location: capitalised(place) }),
  },
  { pattern: /(?:)/, answer: (_, question) => (isLongWanted(question) ? STORY : undefined) },
  { pattern: /\btell me (?:a|another) story\b/, answer: () => STORY },
  { pattern: /\bwhat.*\btime\b|\btime is it\b/, answer: () => "I have no clock here." },
  { pattern: /\bweather\b/, answer: () => "I can not see the weather from here." },
  { pattern: /\bgo somewhere\b|\bdo something\b/, answer: () => "Where should I go, and what should I do there?" },
  {
    pattern: /\bgo ((?:forward|forwards|back|backward|backwards|left|right|up|down|straight|home)\b.*)/,
    answer: ([, where = ""]) => `Going ${where}.`,
  },
  {
    pattern: CARD,
    answer: ({ input }) =>
      `That is the ${[...input.matchAll(new RegExp(CARD, "g"))].map(([card]) => card).join(" and the ")}.`,
  },
  { pattern: /\bthank you\b|\bthanks\b/, answer: () => "You are welcome." },
  { pattern: /^(?:hello|hi|good morning|good evening)(?: there)?$/, answer: () => "Hello. How can I help you?" },
  { pattern: /^(?:stop|wait|be quiet)$/, answer: () => "Okay." },
  { pattern: /^say (.+)/, answer: ([, text = ""]) => sentence(text) },
  { pattern: /./, answer: ({ input }) => `You said ${input}.` },
];

/** What is answered: text, or the tool call that comes first. */
export function decide(question: Question): string | AskedTool {
  const { messages } = question;
  if (messages.at(-1)?.role === "tool") return reportResults(messages);
  const said = messages.findLast(({ role }) => role === "user")?.text;
  if (said === undefined) return isLongWanted(question) ? STORY : "Hello. How can I help you?";
  const words = wordsOf(said);
  for (const { pattern, answer } of RULES) {
    const found = pattern.exec(words);
    const decision = found === null ? undefined : answer(found, question);
    if (decision !== undefined) return decision;
  }
  return "I did not hear you.";
}

/** Lower case, without punctuation: what a recogniser would have heard. */
function wordsOf(text: string): string {
  const spaced = text
    .slice(0, MAX_CHARS)
    .toLowerCase()
    .replace(/[’`]/g, "'")
    .replace(/[^\p{L}\p{N}' ]/gu, " ");
  return spaced.replace(/\s+/g, " ").trim();
}

function isLongWanted({ model, messages }: Question): boolean {
  const isAsked = ({ role, text }: AnswerMessage): boolean =>
    role === "system" && /\b(?:long|lengthy|detailed) (?:answer|response|repl)/i.test(text);
  return model === "rules/long" || messages.some(isAsked);
}

/** Calls the first tool whose name fits, if one is offered. */
function callLike(
  tools: readonly AnswerTool[] | undefined,
  name: RegExp,
  args: Readonly<Record<string, string>>,
): AskedTool | undefined {
  const tool = tools?.find((offered) => name.test(offered.name));
  if (tool === undefined) return undefined;
  return { callId: `call_${randomUUID().replaceAll("-", "")}`, name: tool.name, arguments: JSON.stringify(args) };
}

function capitalised(words: string): string {
  return words.replace(/(?<!\p{L})\p{L}/gu, (letter) => letter.toUpperCase());
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
