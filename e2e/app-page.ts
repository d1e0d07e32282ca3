import { join } from "node:path";
import { chromium, type Browser, type Page } from "@playwright/test";
import { createGateway, type Gateway, type GatewayOptions } from "../gateway/index.ts";
import { atRate } from "../hear/recording.ts";
import { CHROMIUM } from "../scripts/chromium.ts";
import { staticFiles } from "../scripts/static-files.ts";
import type { VoiceEvent } from "../src/session/events.ts";
import { joined, silence, temporaryWav } from "./speech.ts";

/** What the app tells of an error. */
export interface PlainError {
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

/** A stretch of speech that the app found. */
export interface FoundSpeech {
  readonly startMs: number;
  readonly endMs: number;
  readonly samples: number;
}

/** What `e2e/app/main.js` puts on the window. */
export interface App {
  open(options?: Readonly<Record<string, unknown>>): void;
  start(): Promise<PlainError | undefined>;
  segments(url: string, sampleRate: number): Promise<Readonly<Record<"recording" | "stream", FoundSpeech[]>>>;
  canaries(): Promise<Readonly<Record<string, boolean>>>;
  readonly session: AsyncDisposable & {
    start(): Promise<void>;
    stop(): Promise<void>;
    mute(): void;
    unmute(): void;
    readonly state: unknown;
  };
  readonly events: VoiceEvent[];
  readonly sent: Float32Array[];
  readonly capturedMs: number;
  readonly granted: MediaStreamTrack[];
}

declare global {
  interface Window {
    readonly app: App;
  }
}

/** Rate of Chromium's fake microphone. */
const FAKE_DEVICE_HZ = 44_100;

/** What a test page is made with. */
export interface AppPageOptions {
  /** What the microphone hears: mono, 16 kHz; silence if absent. Half a second of silence goes before it. */
  readonly speech?: Float32Array;
  /** Whether the person allows the microphone. @defaultValue true */
  readonly isAllowed?: boolean;
  readonly gateway?: GatewayOptions;
}

/** The built app in a real browser with a microphone, served by a real gateway under the strict policy. */
export class AppPage implements AsyncDisposable {
  readonly page: Page;
  #gateway: Gateway;
  readonly #gatewayOptions: GatewayOptions;
  readonly #browser: Browser;
  readonly #removeWav: () => void;

  private constructor(
    page: Page,
    gateway: Gateway,
    gatewayOptions: GatewayOptions,
    browser: Browser,
    removeWav: () => void,
  ) {
    this.page = page;
    this.#gateway = gateway;
    this.#gatewayOptions = gatewayOptions;
    this.#browser = browser;
    this.#removeWav = removeWav;
  }

  static async open({
    speech = silence(1),
    isAllowed = true,
    gateway: options,
  }: AppPageOptions = {}): Promise<AppPage> {
    const served = staticFiles(join(import.meta.dirname, ".work/dist"));
    const fallback: GatewayOptions["fallback"] = (request, response) => {
      // As servers of single-page apps do: a page in place of what they do not know.
      if (request.url?.startsWith("/spa/")) request.url = "/index.html";
      served(request, response);
    };
    const gatewayOptions: GatewayOptions = { defaultEngine: "pocketsphinx", fallback, ...options };
    const gateway = await createGateway(gatewayOptions);
    const { channels } = atRate(
      { channels: [joined(silence(0.5), speech, silence(8))], sampleRate: 16_000 },
      FAKE_DEVICE_HZ,
    );
    const wav = temporaryWav(channels[0]!, FAKE_DEVICE_HZ);
    const args = CHROMIUM.args.filter((arg) => arg !== "--use-fake-ui-for-media-stream");
    const browser = await chromium.launch({
      ...CHROMIUM,
      args: [
        ...args,
        `--use-fake-ui-for-media-stream${isAllowed ? "" : "=deny"}`,
        "--use-fake-device-for-media-stream",
        `--use-file-for-fake-audio-capture=${wav.path}%noloop`,
      ],
    });
    const page = await browser.newPage();
    await page.goto(gateway.url);
    await page.waitForFunction(() => "app" in window);
    return new AppPage(page, gateway, gatewayOptions, browser, () => wav.remove());
  }

  /** What serves page, tokens and recognition. */
  get gateway(): Gateway {
    return this.#gateway;
  }

  /** Takes the gateway away for so long; then another one is at its place. */
  async restartGateway(downMs: number): Promise<void> {
    const { port } = this.#gateway;
    await this.#gateway.close();
    await this.page.waitForTimeout(downMs);
    this.#gateway = await createGateway({ ...this.#gatewayOptions, port });
  }

  /** Makes a session in the app. */
  async session(options: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.page.evaluate((given) => window.app.open(given), options);
  }

  /** Starts it; gives what `start()` rejected with, if it did. */
  start(): Promise<PlainError | undefined> {
    return this.page.evaluate(() => window.app.start());
  }

  /** Stops it and waits. */
  async stop(): Promise<void> {
    await this.page.evaluate(() => window.app.session.stop());
  }

  /** Waits until so much has been captured. */
  async hear(untilMs: number): Promise<void> {
    await this.page.waitForFunction((ms) => window.app.capturedMs >= ms, untilMs, { timeout: 40_000 });
  }

  /** Waits for the run's last event, and gives all of them. */
  async ended(): Promise<VoiceEvent[]> {
    await this.page.waitForFunction(() => window.app.events.some(({ type }) => type === "ended"), undefined, {
      timeout: 40_000,
    });
    return this.events();
  }

  /** Everything the session has said, frames and audio left out. */
  events(): Promise<VoiceEvent[]> {
    return this.page.evaluate(() => window.app.events);
  }

  /** `readyState` of every microphone track that the page was ever given. */
  tracks(): Promise<string[]> {
    return this.page.evaluate(() => window.app.granted.map(({ readyState }) => readyState));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await this.#gateway.close();
    this.#removeWav();
  }
}

/** The final texts of a run, joined. */
export function textOf(events: readonly VoiceEvent[]): string {
  return events.flatMap((event) => (event.type === "transcript" && event.isFinal ? [event.text] : [])).join(" ");
}

/** The words of a run's final texts. */
export function wordsOf(events: readonly VoiceEvent[]): { word: string; startMs: number; endMs: number }[] {
  return events.flatMap((event) => (event.type === "transcript" && event.isFinal ? [...event.words] : []));
}
