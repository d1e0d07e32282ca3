/** Nearer to where it was scrolled last than this, in px, one reads along. */
const NEAR_PX = 60;

const lastTops = new WeakMap<Element, number>();

/**
 * Keeps the end of a scrolling box in sight, or of what is longer than the box, `mark`. Leaves it alone where somebody
 * has scrolled up to read. Call it after something was added.
 */
export function follow(box: Element | null, mark?: HTMLElement): void {
  if (!box) return;
  const { scrollHeight, scrollTop, clientHeight } = box;
  const endTop = scrollHeight - clientHeight;
  if (scrollTop < (lastTops.get(box) ?? 0) - NEAR_PX && endTop > 0) return;
  const markTop = mark ? scrollTop + mark.getBoundingClientRect().top - box.getBoundingClientRect().top : Infinity;
  box.scrollTo({ top: Math.max(0, Math.min(endTop, markTop - clientHeight / 3)) });
  lastTops.set(box, box.scrollTop);
}
