import { samplesToMs } from "../audio/units.ts";
import type { AgentMetrics } from "./agent-metrics.ts";
import type { VoicedEnd } from "./agent-voice.ts";

/** What an answer is measured from, in samples of the capture clock. */
export interface AnswerAnchors {
  /** When the turn was committed, or the text sent. */
  readonly askedAt: number;
  /** When the person ceased to speak. */
  readonly speechEndAt?: number;
}

/** Stamps the moments of an answer's making. */
export class AnswerStopwatch {
  readonly #now: () => number;
  #textAt: number | undefined;
  #audioAt: number | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** There is text. */
  text(): void {
    this.#textAt ??= this.#now();
  }

  /** There is audio. */
  audio(): void {
    this.#audioAt ??= this.#now();
  }

  /** What it came to; nothing for an answer that said nothing, or that nobody asked for. */
  metrics(end: VoicedEnd, anchors: AnswerAnchors | undefined, usage?: AgentMetrics["usage"]): AgentMetrics | undefined {
    const { itemId, heardMs, receivedMs, isInterrupted, underruns, startedAt, interruptionToSilenceMs } = end;
    if (itemId === undefined) return undefined;
    return {
      itemId,
      ...since("firstTextMs", anchors?.askedAt, this.#textAt),
      ...since("firstAudioMs", anchors?.askedAt, this.#audioAt),
      ...since("firstSoundMs", anchors?.askedAt, startedAt),
      ...since("responseMs", anchors?.speechEndAt, startedAt),
      heardMs,
      receivedMs,
      isInterrupted,
      ...(interruptionToSilenceMs === undefined ? {} : { interruptionToSilenceMs }),
      underruns,
      ...(usage === undefined ? {} : { usage }),
    };
  }
}

function since<Name extends string>(
  name: Name,
  from: number | undefined,
  to: number | undefined,
): { [N in Name]?: number } {
  if (from === undefined || to === undefined) return {};
  return { [name]: Math.max(0, samplesToMs(to - from)) } as { [N in Name]?: number };
}
