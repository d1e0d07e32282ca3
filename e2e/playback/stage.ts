import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "@playwright/test";
import { CHROMIUM } from "../../scripts/chromium.ts";
import { staticFiles } from "../../scripts/static-files.ts";
import { designKernel } from "../../src/audio/kernel.ts";
import { Resampler } from "../../src/audio/resampler.ts";
import type { ClearedPlayback, PlaybackEvent } from "../../src/playback/playback.ts";

/** An item of so much of a triangle. */
export interface PlannedItem {
  readonly itemId?: string;
  readonly rateHz: number;
  /** How many of the triangle. */
  readonly samples: number;
  readonly isEnded?: boolean;
}

/** What the recorder at the speaker's output heard: frame `k` of the context at `k`; 32-bit floats in base64. */
export interface Recording {
  readonly samples: string;
  readonly gaps: number;
}

/** What `e2e/playback/page.js` puts on the window. */
export interface Stage {
  offline(plan: {
    readonly outputRate: number;
    readonly seconds: number;
    readonly items: readonly PlannedItem[];
    readonly acts?: readonly { readonly act: "pause" | "resume" | "clear"; readonly atSec: number }[];
  }): Promise<{ samples: string; events: PlaybackEvent[]; cleared: ClearedPlayback[] }>;
  cutOff(plan: {
    readonly item: PlannedItem;
    readonly afterMs: readonly number[];
  }): Promise<Recording & { cuts: (ClearedPlayback & { calledAtSec: number; startedAtSec: number })[] }>;
  pauseAndResume(plan: {
    readonly item: PlannedItem;
    readonly playMs: number;
    readonly pauseMs: number;
  }): Promise<Recording & { events: PlaybackEvent[]; heardSamples: number }>;
  playBlocked(plan: {
    readonly item: PlannedItem;
    readonly blockMs: number;
  }): Promise<Recording & { events: PlaybackEvent[]; blocked: number }>;
  refused(plan: {
    readonly assets?: string;
    readonly options?: Readonly<Record<string, number>>;
    readonly isAborted?: boolean;
  }): Promise<{ name: string; code?: string; message: string } | undefined>;
  devices(
    ids: readonly string[],
    isByElement: boolean,
  ): Promise<{ outcomes: string[]; playing: { id: string; isPlaying: boolean }[]; left: number }>;
  breakdown(plan: {
    readonly item: PlannedItem;
  }): Promise<{ failures: { code: string; message: string }[]; cleared: number; isOver: boolean }>;
  closeInMidItem(plan: {
    readonly item: PlannedItem;
  }): Promise<Recording & { closedAtSec: number; toldAfter: number; cleared: number; isOver: boolean }>;
}

declare global {
  interface Window {
    readonly stage: Stage;
  }
}

/** A page of its own in Chromium, with a speaker to play on. */
export class StagePage implements AsyncDisposable {
  readonly page: Page;
  readonly #browser: Browser;
  readonly #server: Server;

  private constructor(page: Page, browser: Browser, server: Server) {
    this.page = page;
    this.#browser = browser;
    this.#server = server;
  }

  static async open(): Promise<StagePage> {
    const server = await serve();
    const browser = await chromium.launch(CHROMIUM);
    const opened = new StagePage(await browser.newPage(), browser, server);
    await opened.renew();
    return opened;
  }

  /** Loads the page anew. */
  async renew(): Promise<void> {
    await this.page.goto(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`);
    await this.page.waitForFunction(() => "stage" in window);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    this.#server.close();
  }
}

/** A triangle that is nowhere 0, as the page makes it. */
function triangle(samples: number): Float32Array {
  return Float32Array.from({ length: samples }, (_, index) => (200 + Math.abs(((index * 7) % 1_000) - 500)) / 1_024);
}

/** So many samples of the triangle, at the context's rate. */
export function sound(samples: number, from: number, to = 48_000): Float32Array {
  const resampler = new Resampler(designKernel(from, to, 20_000));
  const output = new Float32Array(Math.ceil((samples * to) / from) + 10_000);
  const count = resampler.push(triangle(samples), output);
  return output.subarray(0, count + resampler.flush(output.subarray(count)));
}

/** Samples as the page packs them. */
export function unpacked(text: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
}

async function serve(): Promise<Server> {
  const library = staticFiles(join(import.meta.dirname, "../../dist"));
  const stage = staticFiles(import.meta.dirname);
  const own = new Set(["/", "/page.js", "/recorder.worklet.js"]);
  const made = createServer((request, response) => (own.has(request.url ?? "") ? stage : library)(request, response));
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  return made;
}
