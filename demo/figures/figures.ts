import type { VoiceEvent } from "vivavoce";
import { Tally, type Durations } from "./tally.ts";

const DURATIONS = ["firstByte", "flush", "final", "response", "firstText", "firstAudio", "silence"] as const;

/** The figures on the page. */
export class Figures {
  #tally = new Tally();

  /** Takes the next event of a session. */
  hear(event: VoiceEvent): void {
    if (event.type === "state" && event.state.kind === "starting") this.#tally = new Tally();
    this.#tally.hear(event);
    // Frames come 31 times a second; a quarter of that is as much as one can read.
    const isDue = event.type === "frame" ? Math.round(event.startMs / 32) % 8 === 0 : event.type !== "audio";
    if (isDue) this.#show();
  }

  #show(): void {
    const { capturedMs, sentMs, saved } = this.#tally;
    for (const name of DURATIONS) showDurations(name, this.#tally[name]);
    showText("figure", "captured", capturedMs > 0 ? seconds(capturedMs) : "–");
    showText("figure", "sent", capturedMs > 0 ? seconds(sentMs) : "–");
    showText("figure", "saved", capturedMs > 0 ? `${Math.round(saved * 100)} %` : "–");
  }
}

function showDurations(name: string, durations: Durations | undefined): void {
  showText("figure", name, durations ? `${Math.round(durations.lastMs)} ms` : "–");
  const isSeveral = durations !== undefined && durations.count > 1;
  showText("median", name, isSeveral ? `median ${Math.round(durations.medianMs)} ms` : "");
}

function showText(kind: "figure" | "median", name: string, text: string): void {
  const place = document.querySelector(`[data-${kind}="${name}"]`);
  if (place && place.textContent !== text) place.textContent = text;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
