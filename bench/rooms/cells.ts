import { quantile } from "../quantile.ts";
import type { VisitKind } from "./page/visit.ts";

/** How pages are in rooms, as the tables call them. */
export const WAYS = {
  plain: "livekit-client",
  "plain, microphone first": "microphone first",
  gated: "Vivavoce",
  always: 'Vivavoce, "always"',
} as const satisfies Readonly<Record<VisitKind, string>>;

/** Median and worst, of what there is. */
export function medianAndWorst(values: readonly number[]): string[] {
  const there = values.filter(Number.isFinite);
  return [0.5, 1].map((share) => whole(quantile(there, share)));
}

/** The ratio of two medians. */
export function ratio(values: readonly number[], toValues: readonly number[]): string {
  return (quantile(values, 0.5) / quantile(toValues, 0.5)).toFixed(2);
}

/** Without its fraction; a dash for what there is not. */
export function whole(value: number): string {
  return Number.isFinite(value) ? value.toFixed(0) : "–";
}
