import { expect, test } from "vitest";
import { placeInRows } from "./rows.ts";

test("a stretch with room stays in the lowest row, where it wants to be", () => {
  expect(
    placeInRows(
      [
        { from: 0, length: 5 },
        { from: 5, length: 5 },
        { from: 20, length: 5 },
      ],
      3,
    ),
  ).toEqual([
    { row: 0, from: 0 },
    { row: 0, from: 5 },
    { row: 0, from: 20 },
  ]);
});

test.each([1, 2, 4])("in %i rows no stretch covers another, and none moves to the left", (rowCount) => {
  const stretches = Array.from({ length: 60 }, (_, index) => ({ from: index * 7, length: 3 + ((index * 37) % 41) }));
  const placed = placeInRows(stretches, rowCount).map((place, index) => ({
    ...stretches[index]!,
    wanted: index * 7,
    ...place,
  }));
  for (let row = 0; row < rowCount; row++) {
    const inRow = placed.filter((place) => place.row === row);
    inRow.slice(1).forEach(({ from }, index) => {
      const before = inRow[index]!;
      expect(from).toBeGreaterThanOrEqual(before.from + before.length);
    });
  }
  for (const { from, wanted } of placed) expect(from).toBeGreaterThanOrEqual(wanted);
});
