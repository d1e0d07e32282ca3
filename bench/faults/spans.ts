/** A stretch of the capture clock, `[start, end)` in samples at 16 kHz. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The spans in order, those joined that touch or overlap. */
export function union(spans: Iterable<Span>): Span[] {
  const joined: { start: number; end: number }[] = [];
  for (const { start, end } of [...spans].toSorted((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else if (end > start) joined.push({ start, end });
  }
  return joined;
}

/** What lies in `spans` and in none of `others`. */
export function without(spans: Iterable<Span>, others: Iterable<Span>): Span[] {
  const holes = union(others);
  return union(spans).flatMap((span) => {
    const rest: Span[] = [];
    let { start } = span;
    for (const hole of holes) {
      if (hole.end <= start || hole.start >= span.end) continue;
      if (hole.start > start) rest.push({ start, end: hole.start });
      start = Math.max(start, hole.end);
    }
    if (start < span.end) rest.push({ start, end: span.end });
    return rest;
  });
}

/** What lies in both. */
export function shared(spans: Iterable<Span>, others: Iterable<Span>): Span[] {
  const all = union(spans);
  return without(all, without(all, others));
}

/** What lies in more than one of the spans. */
export function doubled(spans: Iterable<Span>): Span[] {
  const twice: Span[] = [];
  let reach = Number.NEGATIVE_INFINITY;
  for (const { start, end } of [...spans].toSorted((a, b) => a.start - b.start)) {
    if (start < reach) twice.push({ start, end: Math.min(end, reach) });
    reach = Math.max(reach, end);
  }
  return union(twice);
}

/** Samples in the spans; what overlaps counts each time. */
export function lengthOf(spans: Iterable<Span>): number {
  let sum = 0;
  for (const { start, end } of spans) sum += end - start;
  return sum;
}

/** The spans as text: `0-16000 16800-20000`. */
export function formatSpans(spans: Iterable<Span>): string {
  return [...spans].map(({ start, end }) => `${start}-${end}`).join(" ");
}

/** Reads what {@link formatSpans} writes; `undefined` for anything else. */
export function parseSpans(text: string): Span[] | undefined {
  if (text === "") return [];
  const spans: Span[] = [];
  for (const part of text.split(" ")) {
    const [, start, end] = /^(\d+)-(\d+)$/.exec(part) ?? [];
    if (start === undefined || end === undefined || Number(end) <= Number(start)) return undefined;
    spans.push({ start: Number(start), end: Number(end) });
  }
  return spans;
}
