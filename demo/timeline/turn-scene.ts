import type { Stretch } from "./stretch.ts";
import type { TurnRecord, TurnSilence } from "./turn-record.ts";

/** A silence, as long as it has lasted. */
export interface SilenceShape extends Stretch {
  /** `waiting` while it lasts and its length was decided. */
  readonly kind: "open" | "waiting" | NonNullable<TurnSilence["outcome"]>;
  /** How far it has to reach for the turn to be over; absent until that is decided, and once the person went on. */
  readonly goalX?: number;
}

/** A line where a turn was over. */
export interface TurnLine {
  readonly x: number;
}

/** What is said of a silence or of the end of a turn. */
export interface TurnLabel {
  readonly text: string;
  readonly x: number;
  readonly isEnd: boolean;
}

/** The lane of turns. */
export interface TurnScene {
  readonly silences: readonly SilenceShape[];
  readonly ends: readonly TurnLine[];
  readonly labels: readonly TurnLabel[];
}

/** Where things go. */
export interface TurnView {
  readonly nowMs: number;
  readonly widthPx: number;
  readonly toX: (ms: number) => number;
  readonly measurePx: (text: string) => number;
}

const LABEL_GAP_PX = 8;

/** Says how to draw the silences, the decisions and the ends of turns. Pure. */
export function layOutTurns({ silences, marks }: TurnRecord, view: TurnView): TurnScene {
  const { nowMs, widthPx, toX } = view;
  const shapes = silences.map(({ startMs, endMs = Math.max(nowMs, startMs), outcome, delayMs }): SilenceShape => {
    const x = toX(startMs);
    const isOff = delayMs === undefined || outcome === "resumed" || outcome === "nothing";
    const kind = outcome ?? (delayMs === undefined ? "open" : "waiting");
    return { x, width: toX(endMs) - x, kind, ...(isOff ? {} : { goalX: toX(startMs + delayMs) }) };
  });
  const labels = [
    ...silences.flatMap((silence) => labelOf(silence, view)),
    ...marks.flatMap(({ atMs, delayMs }) =>
      delayMs === undefined ? [] : [{ text: secondsOf(delayMs), x: toX(atMs) + 6, isEnd: true }],
    ),
  ];
  return {
    silences: shapes.filter(({ x, width, goalX = 0 }) => Math.max(x + width, goalX) >= 0 && x <= widthPx),
    ends: marks.map(({ atMs }) => ({ x: toX(atMs) })).filter(({ x }) => x >= 0 && x <= widthPx),
    labels: withoutOverlaps(labels, view),
  };
}

function labelOf(
  { startMs, outcome, delayMs, probability }: TurnSilence,
  { nowMs, toX }: TurnView,
): readonly TurnLabel[] {
  if (outcome === "turn" || outcome === "nothing") return [];
  const soFar = (Math.max(0, nowMs - startMs) / 1000).toFixed(1);
  const wait = delayMs === undefined ? `${soFar} s` : `${soFar} of ${secondsOf(delayMs)}`;
  const waiting = probability === undefined ? wait : `${wait}, ${Math.round(probability * 100)} % sure`;
  return [{ text: outcome === "resumed" ? "went on" : waiting, x: toX(startMs), isEnd: false }];
}

/** Later labels win; none leaves the picture on the right. */
function withoutOverlaps(labels: readonly TurnLabel[], { widthPx, measurePx }: TurnView): readonly TurnLabel[] {
  const placed: TurnLabel[] = [];
  let freeUntil = Infinity;
  for (const label of labels.toSorted((a, b) => b.x - a.x)) {
    const x = Math.min(label.x, widthPx - measurePx(label.text));
    if (label.x > widthPx || label.x < -200 || x + measurePx(label.text) + LABEL_GAP_PX > freeUntil) continue;
    placed.unshift({ ...label, x });
    freeUntil = x;
  }
  return placed;
}

/** `1234` is `1.23 s`. */
function secondsOf(ms: number): string {
  return `${Number((ms / 1000).toFixed(2))} s`;
}
