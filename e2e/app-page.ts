import { join } from "node:path";
import { chromium, type Browser, type Page } from "@playwright/test";
import { createGateway, type Gateway, type GatewayOptions } from "../gateway/index.ts";
import { atRate } from "../hear/recording.ts";
import { CHROMIUM } from "../scripts/chromium.ts";
import { staticFiles } from "../scripts/static-files.ts";
import type { VoiceEvent, VoiceEventOf, VoiceEventType } from "../src/session/events.ts";
import type { LivekitRoomAgent } from "../src/agent/livekit-room/livekit-room.ts";
import type { OpenaiRealtimeAgent } from "../src/agent/openai-realtime/openai-realtime.ts";
import type { VoiceSession } from "../src/session/voice-session.ts";
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
  /** Records what leaves the agent's speaker, from now on. */
  recordOutput(): Promise<void>;
  /** What was recorded of the first answer, from its first sound to its last: float32, in base64. */
  recorded(): string;
  /** How long there was sound after the end of an answer, counted from 0, was told, in ms. */
  soundAfterMs(answer: number, sampleRate: number): number;
  /** In a session with `speaks`: says it, mono at 16 kHz; resolves when it is said. */
  say(samples: readonly number[]): Promise<void>;
  readonly session: VoiceSession;
  /** With `agent: { kind: "realtime" }` or `{ kind: "room" }`: that agent. */
  readonly agent: OpenaiRealtimeAgent & LivekitRoomAgent;
  readonly events: VoiceEvent[];
  readonly sent: Float32Array[];
  readonly capturedMs: number;
  readonly granted: MediaStreamTrack[];
  readonly connections: RTCPeerConnection[];
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
    const served = staticFiles(join(import.meta.dirname, ".work/dist"), options?.livekit?.url);
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

  /** In a session with `speaks`: says it, and waits until it is said. */
  async say(...parts: readonly Float32Array[]): Promise<void> {
    await this.page.evaluate((samples) => window.app.say(samples), Array.from(joined(...parts)));
  }

  /** Records what leaves the agent's speaker, from now on. */
  async recordOutput(): Promise<void> {
    await this.page.evaluate(() => window.app.recordOutput());
  }

  /** What was recorded of the first answer, from its first sound to its last. */
  async recorded(): Promise<Float32Array> {
    const bytes = Buffer.from(await this.page.evaluate(() => window.app.recorded()), "base64");
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  }

  /** Waits until so many events of a type have come, and gives them. */
  async told<T extends VoiceEventType>(type: T, count = 1): Promise<VoiceEventOf<T>[]> {
    const isToldBy = ([wanted, least]: readonly [string, number]): boolean =>
      window.app.events.filter((event) => event.type === wanted).length >= least;
    await this.page.waitForFunction(isToldBy, [type, count] as const, { timeout: 20_000 });
    return ofType(await this.events(), type);
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

/** The events of one type. */
export function ofType<T extends VoiceEventType>(events: readonly VoiceEvent[], type: T): VoiceEventOf<T>[] {
  return events.filter((event): event is VoiceEventOf<T> => event.type === type);
}

/** The final texts of a run, joined. */
export function textOf(events: readonly VoiceEvent[]): string {
  return events.flatMap((event) => (event.type === "transcript" && event.isFinal ? [event.text] : [])).join(" ");
}

/** The words of a run's final texts. */
export function wordsOf(events: readonly VoiceEvent[]): { word: string; startMs: number; endMs: number }[] {
  return events.flatMap((event) => (event.type === "transcript" && event.isFinal ? [...event.words] : []));
}
