/** A pair of equal words, by their places in the two lists. */
type Match = readonly [said: number, heard: number];

/** How two lists of words differ: the least number of changes between them, and the words that are equal. */
export interface Comparison {
  /** Words changed, left out and put in. */
  readonly errors: number;
  readonly matches: readonly Match[];
}

/** Compares what was said with what was heard, word by word (Levenshtein). */
export function compareWords(said: readonly string[], heard: readonly string[]): Comparison {
  const width = heard.length + 1;
  const costs = new Uint32Array((said.length + 1) * width);
  for (let column = 0; column < width; column++) costs[column] = column;
  for (let row = 1; row <= said.length; row++) {
    costs[row * width] = row;
    for (let column = 1; column < width; column++) {
      const change = said[row - 1] === heard[column - 1] ? 0 : 1;
      costs[row * width + column] = Math.min(
        costs[(row - 1) * width + column - 1]! + change,
        costs[(row - 1) * width + column]! + 1,
        costs[row * width + column - 1]! + 1,
      );
    }
  }
  const matches: Match[] = [];
  let row = said.length;
  let column = heard.length;
  while (row > 0 && column > 0) {
    const here = costs[row * width + column]!;
    const isEqual = said[row - 1] === heard[column - 1];
    if (here === costs[(row - 1) * width + column - 1]! + (isEqual ? 0 : 1)) {
      row -= 1;
      column -= 1;
      if (isEqual) matches.unshift([row, column]);
    } else if (here === costs[(row - 1) * width + column]! + 1) row -= 1;
    else column -= 1;
  }
  return { errors: costs[said.length * width + heard.length]!, matches };
}

/** The words of a text. */
export function wordsIn(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** How many of the words that were said were heard, 0..1. */
export function shareHeard(said: string, heard: unknown): number {
  const words = wordsIn(said.toLowerCase().replaceAll(/[^a-z ]/g, ""));
  return compareWords(words, wordsIn(String(heard))).matches.length / words.length;
}
