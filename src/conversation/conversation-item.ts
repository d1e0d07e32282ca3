/** Who an item is from. */
export type ConversationRole = "user" | "assistant" | "system" | "tool";

/** What survives JSON unchanged. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** One thing that was said. */
export interface ConversationItem {
  readonly id: string;
  readonly role: ConversationRole;
  /** As it was said or generated, all of it. */
  readonly text: string;
  /** What the person heard of it, where that is less: of an answer, the part that was really played. */
  readonly heardText?: string;
  /** When it began to be said, on the capture clock. */
  readonly startMs?: number;
  /** When it ceased to be said, on the capture clock; at least `startMs`. */
  readonly endMs?: number;
  /** Whether it was cut off. */
  readonly isInterrupted?: boolean;
  /** Whatever the app wants to keep with it. */
  readonly metadata?: { readonly [name: string]: JsonValue };
}

const ROLES: readonly unknown[] = ["user", "assistant", "system", "tool"];

/**
 * Checks an item and freezes a copy of it; fields that it does not know are left out.
 *
 * @throws TypeError or RangeError naming the field under `path`, the rule and the value.
 */
export function conversationItem(value: unknown, path: string): ConversationItem {
  requireThat(isRecord(value), path, "an object", value);
  const { id, role, text, heardText, startMs, endMs, isInterrupted, metadata } = value;
  requireThat(typeof id === "string" && id !== "", `${path}.id`, "a string that is not empty", id);
  requireThat(ROLES.includes(role), `${path}.role`, `one of ${ROLES.join(", ")}`, role);
  requireThat(typeof text === "string", `${path}.text`, "a string", text);
  requireThat(heardText === undefined || typeof heardText === "string", `${path}.heardText`, "a string", heardText);
  requireThat(isTime(startMs), `${path}.startMs`, "a number of ms", startMs);
  requireThat(isTime(endMs), `${path}.endMs`, "a number of ms", endMs);
  requireThat(isFlag(isInterrupted), `${path}.isInterrupted`, "true or false", isInterrupted);
  requireThat(metadata === undefined || isRecord(metadata), `${path}.metadata`, "an object", metadata);
  if (startMs !== undefined && endMs !== undefined && endMs < startMs) {
    throw new RangeError(`${path}.endMs must be at least startMs, ${startMs}, got ${endMs}`);
  }
  const fields = { id, role, text, heardText, startMs, endMs, isInterrupted, metadata };
  const given = Object.entries(fields).filter(([, field]) => field !== undefined);
  return Object.freeze(Object.fromEntries(given)) as unknown as ConversationItem;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTime(value: unknown): value is number | undefined {
  return value === undefined || Number.isFinite(value);
}

function isFlag(value: unknown): boolean {
  return value === undefined || typeof value === "boolean";
}

function requireThat(isRight: boolean, path: string, rule: string, value: unknown): asserts isRight {
  if (!isRight) throw new TypeError(`${path} must be ${rule}, got ${JSON.stringify(value) ?? String(value)}`);
}
