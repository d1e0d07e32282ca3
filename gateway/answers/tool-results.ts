import type { AnswerMessage, AskedTool } from "./answer.ts";
import { MAX_CHARS } from "./max-chars.ts";
import { toWords } from "./to-words.ts";

/** Says what the tools that were called last have found, a sentence each. */
export function reportResults(messages: readonly AnswerMessage[]): string {
  const calls = new Map(
    messages
      .flatMap((message) => (message.role === "assistant" ? (message.calls ?? []) : []))
      .map((call) => [call.callId, call]),
  );
  const last = messages.slice(messages.findLastIndex(({ role }) => role !== "tool") + 1);
  return last
    .flatMap((result) => (result.role === "tool" ? report(result.text, calls.get(result.callId)) : []))
    .join(" ");
}

function report(text: string, call: AskedTool | undefined): string {
  const result = parsed(text.slice(0, MAX_CHARS));
  if (isObject(result) && "error" in result) return "That did not work.";
  const name = call?.name ?? "";
  const said = describe(result);
  if (said === "") return "That is done.";
  if (/time|clock/i.test(name)) return `It is ${toWords(timeIn(said) ?? said)}.`;
  const place = /weather/i.test(name) ? placeOf(call) : undefined;
  if (place !== undefined) return `The weather ${place} is ${toWords(said)}.`;
  return `The answer is ${toWords(said)}.`;
}

/** The result's own words: of an object, its values one after another. */
function describe(result: unknown): string {
  if (result === null || result === undefined) return "";
  if (typeof result === "string") return result.trim().replace(/[.!?]$/, "");
  if (typeof result !== "object") return JSON.stringify(result);
  return Object.values(result)
    .map(describe)
    .filter((text) => text !== "")
    .join(" and ");
}

/** The time of day in a date, such as `14:30` in `2026-01-31T14:30:00Z`. */
function timeIn(text: string): string | undefined {
  return /\b\d{4}-\d\d-\d\dT(\d\d:\d\d)/.exec(text)?.[1];
}

/** Such as "in Berlin". */
function placeOf(call: AskedTool | undefined): string {
  const args = parsed(call?.arguments ?? "{}");
  const place = isObject(args) ? args["location"] : undefined;
  return typeof place === "string" && !/^here$/i.test(place) ? `in ${place}` : "here";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
