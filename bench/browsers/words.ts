import { joined, loadSpeech, silence } from "../../e2e/speech.ts";
import type { SegmentMetrics, VoiceEvent } from "../../src/session/events.ts";
import type { SileroOptions } from "../../src/vad/silero.ts";
import { formatTable } from "../table.ts";
import { openHarness, type BrowserPage } from "./browser-page.ts";
import { inEachBrowser } from "./browsers.ts";
import { runOrSayWhatIsMissing } from "./programs.ts";
import { Pulse } from "./pulse.ts";
import { openSite } from "./site.ts";

const WORDS = "go forward ten meters";
/** The same session is started and stopped this often. */
const ROUNDS = 2;

/** What one round of a session in a browser came to. */
interface Round {
  readonly startMs: number;
  readonly rate: number;
  readonly stopMs: number;
  readonly tracks: readonly string[];
  readonly contexts: readonly string[];
  readonly events: readonly VoiceEvent[];
}

async function oneRound(page: BrowserPage, vad: SileroOptions, play: () => Promise<void>): Promise<Round> {
  const started = await page.evaluate<{ startMs: number; rate: number }>(`harness.start(${JSON.stringify(vad)})`);
  if (!(await page.evaluate<boolean>("harness.judged()"))) throw new Error("no frame was judged within 20 s");
  await play();
  return {
    ...started,
    ...(await page.evaluate<Pick<Round, "stopMs" | "tracks" | "contexts" | "events">>("harness.stop()")),
  };
}

function row(name: string, { startMs, rate, stopMs, tracks, contexts, events }: Round): string[] {
  const text = events.flatMap((event) => (event.type === "transcript" && event.isFinal ? [event.text] : [])).join(" ");
  const metrics = events.find((event) => event.type === "segment-settled")?.metrics;
  const said = (key: keyof SegmentMetrics): string => metrics?.[key]?.toFixed(0) ?? "–";
  return [
    name,
    text === WORDS ? "all" : JSON.stringify(text),
    String(rate),
    startMs.toFixed(0),
    said("firstAudioAfterOnsetMs"),
    said("flushAfterSpeechEndMs"),
    said("finalAfterSpeechEndMs"),
    stopMs.toFixed(0),
    String(events.filter(({ type }) => type === "gap").length),
    tracks.join(),
    contexts.join(),
  ];
}

/** Speaks into the microphone of each browser, and prints what a session hears. */
async function hearWords(): Promise<void> {
  await using pulse = await Pulse.start();
  await using site = await openSite(false);
  const speech = joined(silence(0.5), await loadSpeech("goforward.raw"), silence(2.5));
  const head = ["ms", "words", "rate, Hz", "start", "1st audio", "flush", "final", "stop", "gaps", "tracks", "context"];
  const rows: string[][] = [head];
  await inEachBrowser(async ({ browser, variant, open, vad }) => {
    await using page = await openHarness(open, `${site.gateway.url}/words.html`, pulse.env);
    for (let round = 1; round <= ROUNDS; round++) {
      const result = await oneRound(page, vad, () => pulse.play(speech, 16_000));
      for (const event of result.events) {
        if (event.type === "warning" || (event.type === "ended" && event.error)) console.error(browser, event.error);
      }
      rows.push(row(`${browser}, ${variant}, ${round}`, result));
    }
  });
  console.log(`Played into the microphone: "${WORDS}". Latencies after onset of speech, end of speech, and stop().\n`);
  console.log(formatTable(rows));
}

await runOrSayWhatIsMissing(hearWords);
