/** Whether two texts say the same: case, white space and punctuation do not count. */
export function sameWords(one: string, other: string): boolean {
  return lettersOf(one) === lettersOf(other);
}

function lettersOf(text: string): string {
  // Composed, so that an accent is the same whether it is a character of its own or not.
  return text
    .normalize("NFC")
    .toLowerCase()
    .replaceAll(/[\p{P}\s]/gu, "");
}
