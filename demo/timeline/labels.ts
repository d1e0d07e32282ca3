/** A short text at a place of its own. */
export interface Label {
  readonly text: string;
  readonly x: number;
}

const GAP_PX = 8;

/** Leaves out labels that would cover others: later ones win, and none leaves the picture on the right. Pure. */
export function withoutOverlaps<T extends Label>(
  labels: readonly T[],
  { widthPx, measurePx }: { readonly widthPx: number; readonly measurePx: (text: string) => number },
): readonly T[] {
  const placed: T[] = [];
  let freeUntil = Infinity;
  for (const label of labels.toSorted((a, b) => b.x - a.x)) {
    const x = Math.min(label.x, widthPx - measurePx(label.text));
    if (label.x > widthPx || label.x < -200 || x + measurePx(label.text) + GAP_PX > freeUntil) continue;
    placed.unshift({ ...label, x });
    freeUntil = x;
  }
  return placed;
}
