import type { Durations } from "./durations.ts";

/** Puts a text in the place of a figure. */
export function showFigure(name: string, text: string): void {
  showText(`[data-figure="${name}"]`, text);
}

/** Puts the last of some durations in the place of a figure, and the median below it once there are several. */
export function showDurations(name: string, durations: Durations | undefined): void {
  showFigure(name, durations ? durationText(durations.lastMs) : "–");
  const isSeveral = durations !== undefined && durations.count > 1;
  showText(`[data-median="${name}"]`, isSeveral ? `median ${durationText(durations.medianMs)}` : "");
}

/** `812.4` is `812 ms`, and what is longer than 10 s is told in seconds. */
export function durationText(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function showText(selector: string, text: string): void {
  const place = document.querySelector(selector);
  if (place && place.textContent !== text) place.textContent = text;
}
