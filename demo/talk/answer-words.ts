import type { AgentMetrics } from "vivavoce/agent";

/** An answer's text, parted at the ear: what was heard, and what was not, or not yet. */
export interface PartedText {
  readonly heard: string;
  readonly unheard: string;
}

/** Parts a text where `heardText`, its beginning, ends; white space does not count. Pure. */
export function partText(text: string, heardText: string): PartedText {
  let left = heardText.replaceAll(/\s/g, "").length;
  let cut = 0;
  while (left > 0 && cut < text.length) {
    if (!/\s/.test(text[cut] ?? "")) left -= 1;
    cut += 1;
  }
  return { heard: text.slice(0, cut), unheard: text.slice(cut) };
}

/** How quick an answer was, in a line; empty if there is nothing to tell. Pure. */
export function figuresOf(metrics: AgentMetrics): string {
  const { responseMs, firstTextMs, firstAudioMs, heardMs, receivedMs, isInterrupted, interruptionToSilenceMs } =
    metrics;
  const parts: string[] = [];
  if (responseMs !== undefined) parts.push(`answered ${milliseconds(responseMs)} after your last word`);
  if (firstTextMs !== undefined) parts.push(`text after ${milliseconds(firstTextMs)}`);
  if (firstAudioMs !== undefined) parts.push(`sound after ${milliseconds(firstAudioMs)}`);
  if (isInterrupted) parts.push(`${seconds(heardMs)} of ${seconds(receivedMs)} s heard`);
  if (interruptionToSilenceMs !== undefined) parts.push(`silent in ${milliseconds(interruptionToSilenceMs)}`);
  const line = parts.join(" · ");
  return line.charAt(0).toUpperCase() + line.slice(1);
}

/** A call as one would write it: `get_weather({"location":"Paris"})` is `get_weather(location: "Paris")`. Pure. */
export function callText(name: string, given: unknown): string {
  const entries = typeof given === "object" && given !== null ? Object.entries(given) : [];
  return `${name}(${entries.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(", ")})`;
}

function milliseconds(ms: number): string {
  return `${Math.round(ms)} ms`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
