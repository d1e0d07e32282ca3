/** What a request line asks for. */
export interface RequestTarget {
  /** As it came: nothing is decoded, and no `..` is resolved. */
  readonly path: string;
  /** From the `?` on, or empty. */
  readonly search: string;
}

/** Splits the target of a request line into path and query. */
export function targetOf(url = "/"): RequestTarget {
  const [plain = ""] = url.split("#", 1);
  const query = plain.indexOf("?");
  return query < 0 ? { path: plain, search: "" } : { path: plain.slice(0, query), search: plain.slice(query) };
}
