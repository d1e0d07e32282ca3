import { randomBytes } from "node:crypto";

/** What an id tells that it is of. */
export type IdKind = "call" | "conv" | "event" | "item" | "resp" | "sess";

/** Longest id that a client may give an item of its own. */
export const MAX_ID_CHARS = 32;

/** Makes up an id, unlike any other, such as `item_5f0c…`. */
export function newId(kind: IdKind): string {
  return `${kind}_${randomBytes(12).toString("hex")}`;
}
