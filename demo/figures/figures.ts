import type { VoiceEvent } from "vivavoce";
import { showDurations, showFigure } from "./show-figure.ts";
import { Tally } from "./tally.ts";

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
    showFigure("captured", capturedMs > 0 ? seconds(capturedMs) : "–");
    showFigure("sent", capturedMs > 0 ? seconds(sentMs) : "–");
    showFigure("saved", capturedMs > 0 ? `${Math.round(saved * 100)} %` : "–");
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
