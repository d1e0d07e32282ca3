import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { chromium, expect, test } from "@playwright/test";
import { CHROMIUM } from "../scripts/chromium.ts";
import { staticFiles, STRICT_CSP } from "../scripts/static-files.ts";

const ROOT = join(import.meta.dirname, "..");

/** What the example of the guide leaves behind. */
interface Captions {
  readonly captions: readonly { readonly text: string; readonly startMs: number }[];
}

test("the example of docs/testing.md for pages runs: no microphone, no gateway, and the text of what was said", async () => {
  const server = await serve({ "/": '<script type="module" src="/example.js"></script>', "/example.js": example() });
  const browser = await chromium.launch(CHROMIUM);
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("pageerror", ({ message }) => problems.push(message));
    page.on("websocket", (socket) => problems.push(`connected to ${socket.url()}`));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction(() => "captions" in window, undefined, { timeout: 20_000 });
    const captions = await page.evaluate(() => (window as unknown as Captions).captions);
    expect(captions.map(({ text }) => text)).toEqual(["turn on", "turn on the light"]);
    // The pre-roll of 500 ms goes before it, as far back as there is sound.
    for (const { startMs } of captions) expect(startMs).toBeLessThan(200);
    expect(problems).toEqual([]);
  } finally {
    await browser.close();
    server.close();
  }
});

/** The example as a script of a page that serves `dist/`. */
function example(): string {
  const guide = readFileSync(join(ROOT, "docs/testing.md"), "utf8");
  const [, code = ""] = /```js\n([^]*?)```/.exec(guide) ?? [];
  const { exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    exports: Record<string, { default: string }>;
  };
  const script = code.replaceAll(/"vivavoce(.*?)"/g, (_, entry: string) => {
    return JSON.stringify(exports[`.${entry}`]?.default.replace("./dist", ""));
  });
  return `${script}\nwindow.captions = captions;\n`;
}

async function serve(pages: Readonly<Record<string, string>>): Promise<Server> {
  const files = staticFiles(join(ROOT, "dist"));
  const server = createServer((request, response) => {
    const text = pages[request.url ?? ""];
    if (text === undefined) return files(request, response);
    response.setHeader("Content-Security-Policy", STRICT_CSP);
    response.setHeader("Content-Type", request.url === "/" ? "text/html" : "text/javascript").end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
