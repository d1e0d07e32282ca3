/** Lays rows out in columns: the first to the left, the others to the right. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  return rows
    .map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(24) : cell.padStart(10))).join(""))
    .join("\n");
}
