/** A stretch that wants a place of its own in one of the rows. */
export interface Placeable {
  readonly from: number;
  readonly length: number;
}

/**
 * The row of each stretch: the lowest that is free, or the one that is free soonest if none is. The stretches must be
 * in order of `from`. Pure.
 */
export function placeInRows(stretches: readonly Placeable[], rowCount: number): readonly number[] {
  const ends = Array.from({ length: rowCount }, () => -Infinity);
  return stretches.map(({ from, length }) => {
    const free = ends.findIndex((end) => end <= from);
    const row = free >= 0 ? free : ends.indexOf(Math.min(...ends));
    ends[row] = Math.max(ends[row] ?? from, from) + length;
    return row;
  });
}
