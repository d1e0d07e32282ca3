/** A stretch that wants a place in one of the rows. */
export interface Placeable {
  readonly from: number;
  readonly length: number;
}

/** Where a stretch begins, and in which row. */
export interface Place {
  readonly row: number;
  readonly from: number;
}

/**
 * Places stretches so that none covers another: each in the lowest row that is free where it wants to begin, or, if
 * none is, where one becomes free soonest. They must come in the order of `from`. Pure.
 */
export function placeInRows(stretches: readonly Placeable[], rowCount: number): readonly Place[] {
  const ends = Array.from({ length: rowCount }, () => -Infinity);
  return stretches.map(({ from, length }) => {
    const free = ends.findIndex((end) => end <= from);
    const row = free >= 0 ? free : ends.indexOf(Math.min(...ends));
    const placedFrom = Math.max(ends[row] ?? from, from);
    ends[row] = placedFrom + length;
    return { row, from: placedFrom };
  });
}
