import { chromium } from "@playwright/test";
import { CHROMIUM } from "../../scripts/chromium.ts";
import { asJson, fromJson, type OpenPage } from "./browser-page.ts";
import { findProgram } from "./programs.ts";

/** Opens a page in headless Chromium. */
export const openChromium: OpenPage = async (url, env) => {
  const executablePath = findProgram([CHROMIUM.executablePath], "chromium");
  const browser = await chromium.launch({
    ...CHROMIUM,
    executablePath,
    env: { ...definedOnly(process.env), ...env },
    ignoreDefaultArgs: ["--mute-audio"], // a muted output is not clocked by the sound server
  });
  const page = await browser.newPage();
  await page.goto(url);
  return {
    evaluate: async <T>(expression: string) => fromJson(await page.evaluate(asJson(expression))) as T,
    [Symbol.asyncDispose]: () => browser.close(),
  };
};

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
