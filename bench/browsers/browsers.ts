import { parseArgs } from "node:util";
import type { SileroOptions } from "../../src/vad/silero.ts";
import type { OpenPage } from "./browser-page.ts";
import { openChromium } from "./chromium.ts";
import { openFirefox } from "./firefox.ts";
import { MissingProgram } from "./programs.ts";
import { VARIANTS } from "./variants.ts";
import { openWebKit } from "./webkit.ts";

const BROWSERS = { Chromium: openChromium, Firefox: openFirefox, WebKitGTK: openWebKit };

/** One browser, and where the model runs in it. */
export interface Cell {
  readonly browser: string;
  readonly variant: string;
  readonly open: OpenPage;
  readonly vad: SileroOptions;
}

/**
 * Does something in each browser with each variant, or only in those that `--only` and `--variant` name. A browser that
 * is not installed is skipped with a line; what fails otherwise is said, and the rest goes on.
 */
export async function inEachBrowser(action: (cell: Cell) => Promise<void>): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: "string" }, variant: { type: "string" } } });
  for (const [browser, open] of named(BROWSERS, values.only)) {
    for (const [variant, vad] of named(VARIANTS, values.variant)) {
      try {
        console.error(`${browser}, ${variant} …`);
        await action({ browser, variant, open, vad });
      } catch (cause) {
        console.error(`${browser}, ${variant}: ${cause instanceof MissingProgram ? cause.message : String(cause)}`);
        process.exitCode = cause instanceof MissingProgram ? process.exitCode : 1;
        if (cause instanceof MissingProgram) break;
      }
    }
  }
}

/** @throws RangeError if nothing is of that name. */
function named<T>(things: Readonly<Record<string, T>>, wanted: string | undefined): [string, T][] {
  const found = Object.entries(things).filter(([name]) => name.toLowerCase() === (wanted ?? name).toLowerCase());
  if (found.length === 0) throw new RangeError(`There are ${Object.keys(things).join(", ")}, not ${wanted}`);
  return found;
}
