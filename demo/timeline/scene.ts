import { layOutAgent, type AgentScene } from "./agent-scene.ts";
import type { HeardFrame, PlacedWord, SentSpan, TimelineRecord } from "./record.ts";
import { placeInRows } from "./rows.ts";
import type { Stretch } from "./stretch.ts";
import { layOutTurns, type TurnScene } from "./turn-scene.ts";

/** What part of time to show, and how large. Pixels are of CSS. */
export interface View {
  /** The newest moment, on the capture clock. */
  readonly nowMs: number;
  /** How much time fits into the width, in ms. */
  readonly spanMs: number;
  /** How much of it is kept free for what lies ahead, such as the end of a delay, in ms. */
  readonly aheadMs: number;
  readonly widthPx: number;
  /** Time advances by whole steps of this many ms; 0 scrolls smoothly. */
  readonly stepMs: number;
  /** Width of a text in the words' font. */
  readonly measurePx: (text: string) => number;
  /** How many rows the agent's words may take. */
  readonly heardRows: number;
}

/** A bar of loudness; `height` is 0 (−60 dBFS or less) to 1 (0 dBFS). */
export interface Bar extends Stretch {
  readonly height: number;
  readonly isSent: boolean;
}

/** A word above the place where it was said; row 0 is the lowest. */
export interface WordLabel extends Stretch {
  readonly text: string;
  /** Where the text begins: at `x`, or to the right of it where words come faster than they fit. */
  readonly textX: number;
  readonly row: number;
  readonly isFinal: boolean;
}

/** Where sound was sent: with pre-roll up to `onsetX`. The gate has closed at the end if `isClosed`. */
export interface Band extends Stretch {
  readonly onsetX: number;
  readonly isClosed: boolean;
}

/** Everything that is to be drawn, from left to right in pixels of CSS. */
export interface Scene {
  readonly bands: readonly Band[];
  readonly bars: readonly Bar[];
  /** Runs without a break; `y` is 0..1. */
  readonly probability: readonly (readonly { readonly x: number; readonly y: number }[])[];
  readonly words: readonly WordLabel[];
  readonly flushes: readonly number[];
  readonly gaps: readonly Stretch[];
  readonly ticks: readonly { readonly x: number; readonly label: string }[];
  readonly turns: TurnScene;
  readonly agent: AgentScene;
  /** Where now is. */
  readonly nowX: number;
}

/** Rows that words may take. */
export const WORD_ROWS = 4;

const FLOOR_DB = -60;
const BAR_PX = 4;
const WORD_GAP_PX = 7;
/** Frames further apart than this have a gap between them. */
const BREAK_MS = 48;

/** Says what to draw. Until the width is full, time starts at its left edge; then now stays where it is. Pure. */
export function layOut(record: TimelineRecord, view: View): Scene {
  const { nowMs, spanMs, aheadMs, widthPx, stepMs, measurePx, heardRows } = view;
  const overMs = Math.max(0, nowMs + aheadMs - spanMs);
  const startMs = stepMs > 0 ? Math.ceil(overMs / stepMs) * stepMs : overMs;
  const pxPerMs = widthPx / spanMs;
  const toX = (ms: number): number => (ms - startMs) * pxPerMs;
  const stretch = (fromMs: number, toMs: number): Stretch => ({ x: toX(fromMs), width: (toMs - fromMs) * pxPerMs });
  const isVisible = ({ x, width }: Stretch): boolean => x + width >= 0 && x <= widthPx;
  const frames = record.frames.filter(({ endMs }) => endMs >= startMs - 200);
  return {
    bands: record.spans
      .map((span) => ({
        ...stretch(span.startMs, span.endMs ?? nowMs),
        onsetX: toX(span.onsetMs ?? span.startMs),
        isClosed: span.endMs !== undefined,
      }))
      .filter(isVisible),
    bars: bars(frames, record.spans, pxPerMs).map(({ fromMs, toMs, ...bar }) => ({ ...bar, ...stretch(fromMs, toMs) })),
    probability: runs(frames).map((run) =>
      run.map(({ endMs, probability = 0 }) => ({ x: toX(endMs), y: probability })),
    ),
    words: labels(record.words, view, toX),
    flushes: record.flushesMs.map(toX).filter((x) => x >= 0 && x <= widthPx),
    gaps: record.gaps.map((gap) => stretch(gap.startMs, gap.startMs + gap.durationMs)).filter(isVisible),
    ticks: ticks(startMs, spanMs, pxPerMs).map((ms) => ({ x: toX(ms), label: `${ms / 1000} s` })),
    turns: layOutTurns(record.turns, { nowMs, widthPx, toX, measurePx }),
    agent: layOutAgent(record.agent, { nowMs, widthPx, toX, measurePx, heardRows }),
    nowX: Math.min(widthPx, toX(nowMs)),
  };
}

interface TimedBar {
  readonly fromMs: number;
  readonly toMs: number;
  readonly height: number;
  readonly isSent: boolean;
}

/** Frames too narrow to be seen share a bar; which ones do depends on their time alone, so that bars do not flicker. */
function bars(frames: readonly HeardFrame[], spans: readonly SentSpan[], pxPerMs: number): readonly TimedBar[] {
  const binMs = 32 * Math.max(1, Math.ceil(BAR_PX / (32 * pxPerMs)));
  const loudest = new Map<number, number>();
  for (const { startMs, levelDb } of frames) {
    const bin = Math.floor(startMs / binMs);
    loudest.set(bin, Math.max(loudest.get(bin) ?? FLOOR_DB, levelDb));
  }
  return Array.from(loudest, ([bin, levelDb]) => {
    const middleMs = (bin + 0.5) * binMs;
    const isSent = spans.some(({ startMs, endMs = Infinity }) => startMs <= middleMs && middleMs < endMs);
    return { fromMs: bin * binMs, toMs: (bin + 1) * binMs, height: 1 - Math.min(0, levelDb) / FLOOR_DB, isSent };
  });
}

function runs(frames: readonly HeardFrame[]): readonly (readonly HeardFrame[])[] {
  const found: HeardFrame[][] = [];
  let lastEndMs = -Infinity;
  for (const frame of frames) {
    if (frame.probability === undefined) continue;
    if (frame.startMs - lastEndMs > BREAK_MS) found.push([]);
    found.at(-1)?.push(frame);
    lastEndMs = frame.endMs;
  }
  return found;
}

function labels(words: readonly PlacedWord[], view: View, toX: (ms: number) => number): readonly WordLabel[] {
  const inOrder = words.toSorted((a, b) => a.startMs - b.startMs);
  const places = placeInRows(
    inOrder.map(({ text, startMs }) => ({ from: toX(startMs), length: view.measurePx(text) + WORD_GAP_PX })),
    WORD_ROWS,
  );
  return inOrder.map(({ text, startMs, endMs, isFinal }, index) => {
    const x = toX(startMs);
    const { row, from: textX } = places[index] ?? { row: 0, from: x };
    return { x, width: toX(endMs) - x, text, textX, row, isFinal };
  });
}

function ticks(startMs: number, spanMs: number, pxPerMs: number): readonly number[] {
  const everyMs = pxPerMs * 1000 >= 44 ? 1000 : 2000;
  const first = Math.ceil(startMs / everyMs) * everyMs;
  const count = Math.floor((startMs + spanMs - first) / everyMs) + 1;
  return Array.from({ length: count }, (_, index) => first + index * everyMs);
}
