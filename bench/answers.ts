import setup from "../e2e/global-setup.ts";
import { AppPage, ofType } from "../e2e/app-page.ts";
import { loadSpeech } from "../e2e/speech.ts";
import type { AgentMetrics } from "../src/agent/agent-metrics.ts";
import { quantile } from "./quantile.ts";
import { formatTable } from "./table.ts";

const TURNS = 4;
const AGENTS = {
  "cascade, prepared early": { options: { agent: { kind: "cascade" }, turns: { aecWarmupMs: 0 } } },
  "cascade, at the turn's end": {
    options: { agent: { kind: "cascade" }, turns: { aecWarmupMs: 0, preemptiveGeneration: { enabled: false } } },
  },
  "realtime, local turns": { options: { agent: { kind: "realtime" }, turns: { aecWarmupMs: 0 }, model: null } },
  "realtime, server turns": {
    options: {
      agent: { kind: "realtime", session: { turnDetection: { type: "server_vad", silenceDurationMs: 500 } } },
      model: null,
    },
  },
} as const;

/**
 * How soon a spoken turn is answered, and how soon an answer falls silent, in Chromium with the local gateway: its
 * recogniser, rules and espeak-ng take most of the time, and are the same for all agents.
 */
export async function benchAnswers(): Promise<void> {
  setup();
  const question = (await loadSpeech("goforward.raw")).slice(0, 2_300 * 16);
  const interruption = await loadSpeech("something.raw");
  const rows = [["medians in ms", "text", "audio", "sound", "from speech", "silence", "underruns"]];
  await using app = await AppPage.open();
  for (const [name, { options }] of Object.entries(AGENTS)) {
    await app.session({ speaks: true, ...options });
    await app.start();
    await app.hear(300);
    const metrics: AgentMetrics[] = [];
    for (let turn = 0; turn <= TURNS; turn++) {
      await app.say(question);
      const told = await app.told("agent-metrics", turn + 1);
      if (turn > 0) metrics.push(told.at(-1)!.metrics); // the first one starts recogniser and voice
    }
    const silenceMs: number[] = [];
    for (let cut = 0; cut < TURNS; cut++) {
      await app.page.evaluate(() => window.app.session.sendText("tell me a story"));
      await app.told("agent-speech-started", TURNS + 2 + 2 * cut);
      await app.page.waitForTimeout(300);
      await app.say(interruption);
      const ended = await app.told("agent-metrics", TURNS + 3 + 2 * cut);
      silenceMs.push(
        ...ended.slice(-2).flatMap(({ metrics: { interruptionToSilenceMs } }) => interruptionToSilenceMs ?? []),
      );
    }
    const underruns = ofType(await app.events(), "playback-underrun").length;
    await app.stop();
    const median = (key: "firstTextMs" | "firstAudioMs" | "firstSoundMs" | "responseMs"): string =>
      ms(metrics.flatMap((one) => one[key] ?? []));
    const times = [median("firstTextMs"), median("firstAudioMs"), median("firstSoundMs"), median("responseMs")];
    rows.push([name, ...times, ms(silenceMs), String(underruns)]);
  }
  console.log(formatTable(rows));
  console.log(
    "\ntext, audio, sound: from the committed turn to the answer's first of each; from speech: from the end of speech to\n" +
      "the first sound; silence: from the decision to interrupt to silence at the worklet's output.",
  );
}

function ms(values: readonly number[]): string {
  return values.length === 0 ? "–" : quantile(values, 0.5).toFixed(0);
}
