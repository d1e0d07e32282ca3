// `npm run hear -- recording.wav`: what a session hears in a recording, as JSON lines.
import { createGateway } from "../gateway/index.ts";
import type { VoiceEvent } from "../src/session/events.ts";
import { hearInBrowser, servePage } from "./browser-wire.ts";
import { hearOffline } from "./offline-wire.ts";
import { hearOptions } from "./options.ts";
import { readRecording } from "./recording.ts";
import { Gatherer } from "./summary.ts";

const gatherer = new Gatherer();
let hasFailed = false;

function print(event: VoiceEvent): void {
  gatherer.push(event);
  if (event.type === "frame" || event.type === "audio" || event.type === "state") return;
  if (event.type === "ended" && event.error) hasFailed = true;
  line(event.type === "segment-closed" ? { ...event, sentMs: event.endMs - event.startMs } : event);
}

function line(value: unknown): void {
  process.stdout.write(
    `${JSON.stringify(value, (_key, field: unknown) => (typeof field === "number" ? round(field) : plain(field)))}\n`,
  );
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function plain(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return { ...("code" in value ? { code: value.code } : {}), message: value.message };
}

try {
  const options = hearOptions(process.argv.slice(2));
  const recording = await readRecording(options.file);
  const gateway = await createGateway({ defaultEngine: "pocketsphinx", maxStreams: 1, fallback: servePage });
  try {
    await (options.wire === "offline" ? hearOffline : hearInBrowser)(recording, options, gateway, print);
  } finally {
    await gateway.close();
  }
  line(gatherer.summary());
} catch (error) {
  hasFailed = true;
  line({ type: "error", error });
}
process.exit(hasFailed ? 1 : 0);
