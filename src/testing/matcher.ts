import type { JsonMessage, SentMessage } from "./scripted-message.ts";

/**
 * Which message is meant: its `type`; an object whose fields it must all have, with equal values, at any depth; or a
 * function that says so.
 */
export type Matcher = string | JsonMessage | ((message: SentMessage) => boolean);

const LONGEST_WORDS = 60;

/** Whether a message is the one that is meant. */
export function matches(matcher: Matcher, message: SentMessage): boolean {
  if (typeof matcher === "function") return matcher(message);
  return contains(message, typeof matcher === "string" ? { type: matcher } : matcher);
}

/** A matcher in words. */
export function describeMatcher(matcher: Matcher): string {
  if (typeof matcher === "string") return matcher;
  return typeof matcher === "function" ? String(matcher) : JSON.stringify(matcher);
}

/** A message in few words. */
export function describeMessage(message: SentMessage): string {
  if (message instanceof Uint8Array) return `${message.length} bytes`;
  const type = typeof message === "string" ? undefined : message["type"];
  const words = typeof type === "string" ? type : JSON.stringify(message);
  return words.length <= LONGEST_WORDS ? words : `${words.slice(0, LONGEST_WORDS)}…`;
}

/** Objects may have more fields than are asked for; arrays may not have more items. */
function contains(value: unknown, part: unknown): boolean {
  if (Object.is(value, part)) return true;
  if (typeof value !== "object" || typeof part !== "object" || value === null || part === null) return false;
  if (value instanceof Uint8Array || Array.isArray(value) !== Array.isArray(part)) return false;
  if (Array.isArray(value) && Array.isArray(part) && value.length !== part.length) return false;
  return Object.entries(part).every(([key, wanted]) => contains((value as JsonMessage)[key], wanted));
}
