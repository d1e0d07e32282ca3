/** Resolves when all promises that can settle by themselves have done so, in Node and in pages. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
