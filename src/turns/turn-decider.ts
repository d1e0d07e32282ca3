import type { TurnDetection } from "./turn-options.ts";

/** Who decided that a turn was over, for metrics: a detector by its name, a mode as the provider of an unknown model. */
export interface TurnDecider {
  readonly model: string;
  readonly provider: string;
}

/** Names who decides by this setting; `undefined` if it is not set. */
export function turnDecider(detection: TurnDetection | undefined): TurnDecider | undefined {
  if (detection === undefined) return undefined;
  if (typeof detection === "string") return { model: "unknown", provider: detection };
  return { model: detection.model, provider: detection.provider };
}
