import { playedMs, type AgentMark, type AgentRecord, type AgentSpeech, type Span } from "./agent-record.ts";
import { placeInRows } from "./rows.ts";
import type { Stretch } from "./stretch.ts";

/** A stretch of the agent's lane: sound that was played, silence that it kept, sound that waits, sound that never came. */
export interface VoiceBar extends Stretch {
  readonly kind: "thinking" | "played" | "paused" | "ahead" | "unheard";
}

/** A moment of decision. */
export interface MarkShape {
  readonly x: number;
  readonly kind: AgentMark["kind"];
}

/** What is said of a decision, to the right of its mark. */
export interface MarkLabel {
  readonly text: string;
  readonly x: number;
}

/** A word under the place where it was heard; row 0 is the highest. */
export interface HeardWord {
  readonly text: string;
  readonly x: number;
  readonly row: number;
}

/** The lane of the agent. */
export interface AgentScene {
  readonly bars: readonly VoiceBar[];
  readonly marks: readonly MarkShape[];
  readonly labels: readonly MarkLabel[];
  readonly words: readonly HeardWord[];
  /** Where its voice is now: what lies before has left for the loudspeaker. Absent while nothing is said. */
  readonly cursorX?: number;
}

/** Where things go. */
export interface AgentView {
  readonly nowMs: number;
  readonly widthPx: number;
  readonly toX: (ms: number) => number;
  /** Width of a text in the words' font. */
  readonly measurePx: (text: string) => number;
  /** How many rows its words may take; with 0 they are left out. */
  readonly heardRows: number;
}

const WORD_GAP_PX = 7;
/** From a mark to its label. */
const LABEL_PX = 8;

/** Says how to draw what the agent said, made and withheld. Pure. */
export function layOutAgent(record: AgentRecord, view: AgentView): AgentScene {
  const { nowMs, widthPx, toX } = view;
  const isVisible = ({ x, width }: Stretch): boolean => x + width >= 0 && x <= widthPx;
  const bars = [
    ...record.thoughts.map((span) => barOf(span, "thinking", view)),
    ...record.speeches.flatMap((speech, index) => barsOf(speech, record.speeches[index + 1], view)),
  ];
  const marks = record.marks
    .map(({ atMs, kind }) => ({ x: toX(atMs), kind }))
    .filter(({ x }) => x >= -10 && x <= widthPx);
  const shown = view.heardRows > 0 ? record.words : [];
  const words = placeInRows(
    shown.map(({ text, atMs }) => ({ from: toX(atMs), length: view.measurePx(text) + WORD_GAP_PX })),
    view.heardRows,
  );
  const speaks = record.speeches.at(-1)?.isInterrupted === undefined && record.speeches.length > 0;
  return {
    bars: bars.filter(isVisible),
    marks,
    labels: record.marks.flatMap((mark, index) => labelOf(mark, record.marks[index + 1], view)),
    words: words.map(({ row, from }, index) => ({ text: shown[index]?.text ?? "", x: from, row })),
    ...(speaks ? { cursorX: toX(cursorMs(record.speeches.at(-1), nowMs)) } : {}),
  };
}

/** Nothing, where the text would run into the next mark or out of the picture. */
function labelOf({ text, atMs }: AgentMark, next: AgentMark | undefined, view: AgentView): readonly MarkLabel[] {
  const x = view.toX(atMs) + LABEL_PX;
  const endX = next ? view.toX(next.atMs) - LABEL_PX : view.widthPx;
  return x + view.measurePx(text) <= endX ? [{ text, x }] : [];
}

/** The voice stands where it paused. */
function cursorMs(speech: AgentSpeech | undefined, nowMs: number): number {
  return speech?.played.at(-1)?.endMs ?? nowMs;
}

function barsOf(speech: AgentSpeech, next: AgentSpeech | undefined, view: AgentView): readonly VoiceBar[] {
  const { played, pauses, receivedMs, isInterrupted } = speech;
  const restMs = Math.max(0, receivedMs - playedMs(speech, view.nowMs));
  const endMs = Math.max(0, ...[...played, ...pauses].map((span) => span.endMs ?? view.nowMs));
  const fromMs = isInterrupted === undefined ? Math.max(view.nowMs, 0) : endMs;
  // What was never heard gives room to what is said next.
  const toMs = Math.min(fromMs + restMs, next?.played[0]?.startMs ?? Infinity);
  const rest: readonly VoiceBar[] =
    toMs > fromMs && isInterrupted !== false
      ? [barOf({ startMs: fromMs, endMs: toMs }, isInterrupted ? "unheard" : "ahead", view)]
      : [];
  return [
    ...rest,
    ...played.map((span) => barOf(span, "played", view)),
    ...pauses.map((span) => barOf(span, "paused", view)),
  ];
}

function barOf({ startMs, endMs }: Span, kind: VoiceBar["kind"], { nowMs, toX }: AgentView): VoiceBar {
  const x = toX(startMs);
  return { x, width: Math.max(0, toX(endMs ?? Math.max(nowMs, startMs)) - x), kind };
}
