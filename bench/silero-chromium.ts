import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "@playwright/test";
import { build } from "rolldown";
import { CHROMIUM } from "../scripts/chromium.ts";
import { staticFiles } from "../scripts/static-files.ts";
import type { bench, EngineName } from "./chromium/page.ts";
import { quantile } from "./quantile.ts";
import { formatTable } from "./table.ts";

declare global {
  interface Window {
    readonly bench: typeof bench;
  }
}

const MODELS = ["v6", "v5"] as const;
const BLOCKS = 40;
const STARTS = 7;

/** Measures the engines in Chromium (frame, cold start, navigation to first decision) and prints a table for each. */
export async function benchSileroInChromium(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "vivavoce-bench-"));
  const here = fileURLToPath(new URL("./chromium", import.meta.url));
  await copyFile(join(here, "index.html"), join(folder, "index.html"));
  await build({
    input: { page: join(here, "page.ts") },
    platform: "browser",
    logLevel: "warn",
    output: { dir: folder, codeSplitting: false, minify: true },
  });
  const server = await serve(folder);
  const browser = await chromium.launch(CHROMIUM);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  try {
    console.log(formatTable(await frameTable(browser, url)));
    console.log(
      `\nµs per frame of 32 ms, engines in turns by blocks of 50; ratio: onnxruntime's median to the engine's.\n`,
    );
    console.log(formatTable(await startTable(browser, url)));
    console.log(`\nms, medians of ${STARTS} fresh pages each, in turns.`);
  } finally {
    await browser.close();
    server.close();
    await rm(folder, { recursive: true });
  }
}

async function frameTable(browser: Browser, url: string): Promise<string[][]> {
  const rows: string[][] = [["Chromium, per frame", "SIMD", "ratio", "TypeScript", "ratio", "onnxrt"]];
  for (const model of MODELS) {
    const costs = await inPage(browser, url, (page) =>
      page.evaluate(([version, blocks]) => window.bench.frameCosts(version, blocks), [model, BLOCKS] as const),
    );
    const [simd, plain, onnx] = [costs.simd, costs.typescript, costs.onnxruntime].map(median) as [
      number,
      number,
      number,
    ];
    const ratio = (us: number): string => (onnx / us).toFixed(1);
    rows.push([`Silero ${model}`, simd.toFixed(1), ratio(simd), plain.toFixed(1), ratio(plain), onnx.toFixed(1)]);
  }
  return rows;
}

async function startTable(browser: Browser, url: string): Promise<string[][]> {
  const cold: Record<EngineName, number[]> = { simd: [], typescript: [], onnxruntime: [] };
  const first: Record<"builtin" | "onnxruntime", number[]> = { builtin: [], onnxruntime: [] };
  for (let count = 0; count < STARTS; count++) {
    for (const engine of ["simd", "onnxruntime"] as const) {
      cold[engine].push(
        await inPage(browser, url, (page) => page.evaluate((name) => window.bench.coldStart(name, "v6"), engine)),
      );
    }
    for (const engine of ["builtin", "onnxruntime"] as const) {
      first[engine].push(
        await inPage(browser, url, (page) => page.evaluate((name) => window.bench.firstDecision(name), engine)),
      );
    }
  }
  const row = (what: string, ours: number, theirs: number): string[] => [
    what,
    ours.toFixed(1),
    theirs.toFixed(1),
    (theirs / ours).toFixed(1),
  ];
  return [
    ["Chromium, Silero v6", "built-in", "onnxrt", "ratio"],
    row("bytes to probability", median(cold.simd), median(cold.onnxruntime)),
    row("navigation to decision", median(first.builtin), median(first.onnxruntime)),
  ];
}

/** A page of its own in a context of its own, so that nothing is warm that would not be. */
async function inPage<T>(browser: Browser, url: string, job: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(url);
    await page.waitForFunction(() => "bench" in window);
    return await job(page);
  } finally {
    await context.close();
  }
}

async function serve(folder: string): Promise<Server> {
  const page = staticFiles(folder);
  const library = staticFiles(fileURLToPath(new URL("../dist", import.meta.url)));
  const server = createServer((request, response) => {
    const url = request.url ?? "/";
    if (!url.startsWith("/vivavoce/")) return page(request, response);
    request.url = url.slice("/vivavoce".length);
    library(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await benchSileroInChromium();
