/*
 * The voice's process: espeak-ng, one text after another. Native code that crashes or takes its time does so here,
 * where no session notices.
 */
import { Espeak } from "./speech/espeak.ts";
import { Polyphase } from "./speech/polyphase.ts";
import type { SpeakCommand, SpeakerEvent } from "./speech/speaker-messages.ts";
import { WordTimes } from "./speech/word-times.ts";

function tell(event: SpeakerEvent): void {
  process.send?.(event);
}

function speak(espeak: Espeak, { text, rateHz, ...manner }: SpeakCommand): SpeakerEvent {
  const times = new WordTimes(text, espeak.rateHz);
  const polyphase = rateHz === espeak.rateHz ? undefined : new Polyphase(espeak.rateHz, rateHz);
  const outcome = espeak.speak(text, manner, (samples, events) => {
    // Without a filter the samples must still be copied, since they are espeak-ng's.
    tell({ type: "speech", samples: polyphase?.push(samples) ?? samples.slice(), words: times.take(events) });
  });
  if (outcome === "no-voice") return { type: "no-voice" };
  if (outcome !== 0) return { type: "failed", code: outcome };
  if (polyphase !== undefined) tell({ type: "speech", samples: polyphase.flush(), words: [] });
  return { type: "spoken" };
}

async function main(): Promise<void> {
  let espeak: Espeak;
  try {
    espeak = await Espeak.create();
  } catch (cause) {
    tell({ type: "missing", message: cause instanceof Error ? cause.message : String(cause) });
    process.disconnect();
    return;
  }
  process.on("message", (command: SpeakCommand) => tell(speak(espeak, command)));
}

// Ctrl-C reaches the whole process group; when to end is the server's decision.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.exit(0));
await main();
