import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { CHROMIUM } from "../scripts/chromium.ts";
import { staticFiles } from "../scripts/static-files.ts";
import type { VoiceEvent } from "../src/session/events.ts";
import { findOffset } from "./align.ts";
import type { HearOptions } from "./options.ts";
import { atRate, mono, type Recording } from "./recording.ts";
import { shifted } from "./summary.ts";
import { encodeWav } from "./wav.ts";

/** Rate of Chromium's fake microphone, whatever the file's. */
const FAKE_DEVICE_HZ = 44_100;
/** The fake device loses its first 10-30 ms and repeats its last 10 ms for ever: both are silence here. */
const LEAD_MS = 500;
const TRAIL_MS = 3_000;
/** After the recording: time for the detector's silence, the gate's closing and the model's last words. */
const AFTERWARDS_MS = 2_200;

const page = staticFiles(fileURLToPath(new URL("./page", import.meta.url)));
const library = staticFiles(fileURLToPath(new URL("../dist", import.meta.url)));

/** Serves the page of this wire, and the built library under `/vivavoce/`. */
export function servePage(request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? "/";
  if (!url.startsWith("/vivavoce/")) return page(request, response);
  request.url = url.slice("/vivavoce".length);
  library(request, response);
}

/**
 * Plays a recording into headless Chromium's microphone, in real time, and hears it with a session in a page. Times are
 * the recording's: the offset of the capture clock is found by correlating what was sent with the file.
 */
export async function hearInBrowser(
  recording: Recording,
  options: Pick<HearOptions, "gate" | "vad" | "model" | "rate">,
  gateway: { readonly url: string },
  onEvent: (event: VoiceEvent) => void,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "vivavoce-hear-"));
  const file = join(folder, "microphone.wav");
  const played = mono(atRate(recording, FAKE_DEVICE_HZ));
  await writeFile(file, encodeWav(padded(played, FAKE_DEVICE_HZ), FAKE_DEVICE_HZ));
  const browser = await chromium.launch({
    ...CHROMIUM,
    args: [...CHROMIUM.args, "--use-fake-device-for-media-stream", `--use-file-for-fake-audio-capture=${file}%noloop`],
  });
  const events: VoiceEvent[] = [];
  try {
    const tab = await browser.newPage();
    const durationMs = (played.length / FAKE_DEVICE_HZ) * 1000 + LEAD_MS + AFTERWARDS_MS;
    const ended = new Promise<void>((resolve, reject) => {
      tab.on("crash", () => reject(new Error("The browser's page crashed")));
      void Promise.all([
        tab.exposeFunction("hearOptions", () => ({ ...options, rate: options.rate ?? FAKE_DEVICE_HZ })),
        tab.exposeFunction("hearDone", () => new Promise((done) => setTimeout(done, durationMs))),
        tab.exposeFunction("hearEvent", (event: VoiceEvent) => {
          events.push(event.type === "audio" ? { ...event, samples: Float32Array.from(event.samples) } : event);
          if (event.type === "ended") resolve();
        }),
      ])
        .then(() => tab.goto(gateway.url))
        .catch(reject);
    });
    await ended;
  } finally {
    await browser.close();
    await rm(folder, { recursive: true });
  }
  const offsetMs = findOffset(sentAudio(events), mono(atRate(recording, 16_000)), 16_000) ?? LEAD_MS;
  for (const event of events) onEvent(shifted(event, -offsetMs));
}

function padded(samples: Float32Array, rate: number): Float32Array {
  const lead = Math.round((LEAD_MS / 1000) * rate);
  const whole = new Float32Array(lead + samples.length + Math.round((TRAIL_MS / 1000) * rate));
  whole.set(samples, lead);
  return whole;
}

function sentAudio(events: readonly VoiceEvent[]): { startMs: number; samples: Float32Array }[] {
  return events.flatMap((event) =>
    event.type === "audio" ? [{ startMs: event.startMs, samples: event.samples }] : [],
  );
}
