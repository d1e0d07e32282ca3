/** A name for an item: at most 32 characters, as the server wants. */
export function newItemId(): string {
  const digits = () => Math.random().toString(16).slice(2, 14).padEnd(12, "0");
  return `item_${digits()}${digits()}`;
}
