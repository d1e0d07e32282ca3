/** Nearer to the end than this, one reads along, in px. */
const NEAR_PX = 140;

/** Keeps the end of a scrolling box in sight, unless somebody has scrolled up to read. Call it after something was added. */
export function followEnd(box: Element | null): void {
  if (!box) return;
  const { scrollHeight, scrollTop, clientHeight } = box;
  if (scrollHeight - scrollTop - clientHeight < NEAR_PX) box.scrollTo({ top: scrollHeight });
}
