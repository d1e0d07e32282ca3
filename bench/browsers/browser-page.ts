/** A page in a real browser. */
export interface BrowserPage extends AsyncDisposable {
  /** Evaluates an expression in the page, waits for it if it is a promise, and gives back its value by way of JSON; `T` is what it is known to be. */
  evaluate<T>(expression: string): Promise<T>;
}

/** Opens a page in a browser of its own, with `env` added to the environment. @throws MissingProgram */
export type OpenPage = (url: string, env: Readonly<Record<string, string>>) => Promise<BrowserPage>;

/** The expression whose value is a text of JSON, or `null`. */
export function asJson(expression: string): string {
  return `Promise.resolve(${expression}).then((value) => JSON.stringify(value) ?? null)`;
}

/** Reads what {@link asJson} made. */
export function fromJson(text: unknown): unknown {
  return typeof text === "string" ? JSON.parse(text) : undefined;
}
