/**
 * The element with an id, of the class that the page's HTML gives it.
 *
 * @throws Error if the page and its script do not fit together.
 */
export function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`The page has no ${type.name} with the id ${id}`);
}
