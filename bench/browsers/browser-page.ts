import { setTimeout as sleep } from "node:timers/promises";

/** A page in a real browser. */
export interface BrowserPage extends AsyncDisposable {
  /** Evaluates an expression in the page, waits for it if it is a promise, and gives back its value by way of JSON; `T` is what it is known to be. */
  evaluate<T>(expression: string): Promise<T>;
}

/** Opens a page in a browser of its own, with `env` added to the environment. @throws MissingProgram */
export type OpenPage = (url: string, env: Readonly<Record<string, string>>) => Promise<BrowserPage>;

/** Opens a page of `page/`, and waits until its script has run. @throws MissingProgram, or Error after 10 s */
export async function openHarness(
  open: OpenPage,
  url: string,
  env: Readonly<Record<string, string>>,
): Promise<BrowserPage> {
  const page = await open(url, env);
  // WebKitGTK's driver says "loaded" before a module script has run, if the machine is busy.
  for (let tries = 0; tries < 100; tries++) {
    if (await page.evaluate<boolean>("typeof harness === 'object'")) return page;
    await sleep(100);
  }
  await page[Symbol.asyncDispose]();
  throw new Error(`The script of ${url} did not run`);
}

/** The expression whose value is a text of JSON, or `null`. */
export function asJson(expression: string): string {
  return `Promise.resolve(${expression}).then((value) => JSON.stringify(value) ?? null)`;
}

/** Reads what {@link asJson} made. */
export function fromJson(text: unknown): unknown {
  return typeof text === "string" ? JSON.parse(text) : undefined;
}
