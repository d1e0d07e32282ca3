import type { ConnectionOptions } from "../../src/stt/connection-options.ts";
import type { Dice } from "./dice.ts";
import type { ScriptOptions } from "./speech-script.ts";
import type { Resumption } from "./virtual-time.ts";

/** Something that goes wrong. `atMs`: since the run began; where a moment is named, the first such moment after. */
export type Fault = { readonly atMs: number } & (
  | {
      readonly type: "drop";
      /** At once, after the greeting, before its answer, after a finalize was handed over, or before a final comes. */
      readonly when: "now" | "hello" | "created" | "finalize" | "answer";
      /** How much later the page hears of it. */
      readonly noticedMs: number;
    }
  | { readonly type: "stall"; readonly lengthMs: number }
  | { readonly type: "half-open" }
  /** The next tokens are no good. */
  | { readonly type: "refuse"; readonly how: "nonsense" | "expired" | "throws"; readonly times: number }
  | { readonly type: "slow-open"; readonly delayMs: number; readonly what: "token" | "socket" }
  | { readonly type: "restart"; readonly downMs: number; readonly isGraceful: boolean }
  | { readonly type: "page-stall"; readonly lengthMs: number; readonly resumption: Resumption }
  /** The close overtakes a final, or parts it from its `session.finalized`. */
  | { readonly type: "reorder"; readonly how: "close-first" | "final-then-close" }
  | { readonly type: "idle-close" }
);

/** Rows of the table. */
export const FAULT_KINDS = [
  "none",
  "drop",
  "stall",
  "half-open",
  "refused token",
  "slow open",
  "server restart",
  "page stall",
  "close and final",
  "idle close",
  "combination",
  "long outage",
  "lasting outage",
  "stop in outage",
] as const;

/** A row of the table. */
export type FaultKind = (typeof FAULT_KINDS)[number];

/** What a run is to be: how long, what goes wrong, and how it ends. */
export interface FaultPlan {
  readonly kind: FaultKind;
  readonly faults: readonly Fault[];
  readonly script: ScriptOptions;
  readonly connection: ConnectionOptions;
  /** How long the last texts are waited for. */
  readonly finishLimitMs: number;
  /** No outage of the kind is as long as what can wait, so nothing at all may be given up. */
  readonly mustSaveAll: boolean;
  /** The gateway stays away for longer than the client tries. */
  readonly mustFail: boolean;
}

const CALM = { calmSeconds: 16, isTalkative: false };

/** Draws a run of this kind, in which a person speaks for about half a minute, or about `shareOfSpeech` of that. */
export function planFaults(kind: FaultKind, dice: Dice, shareOfSpeech = 1): FaultPlan {
  const speechSeconds = shareOfSpeech * dice.between(18, 28);
  const script = { speechSeconds, ...CALM };
  const plan = { kind, faults: [], script, connection: {}, finishLimitMs: 40_000, mustSaveAll: true, mustFail: false };
  const somewhen = (): number => dice.between(0, speechSeconds * 1_000);
  switch (kind) {
    case "none":
      return plan;
    case "combination": {
      const kinds = shuffled(SIMPLE_KINDS, dice).slice(0, dice.whole(2, 4));
      return { ...plan, faults: kinds.map((one) => drawFault(one, somewhen(), dice)), mustSaveAll: false };
    }
    case "long outage":
    case "lasting outage": {
      const isLasting = kind === "lasting outage";
      const downMs = isLasting ? 120_000 : dice.between(40_000, 60_000);
      return {
        ...plan,
        faults: [{ type: "restart", atMs: dice.between(2_000, 8_000), downMs, isGraceful: dice.chance(0.5) }],
        script: { speechSeconds: 75, calmSeconds: 12, isTalkative: true },
        connection: isLasting ? {} : { maxRetries: 100 },
        mustSaveAll: false,
        mustFail: isLasting,
      };
    }
    case "stop in outage": {
      const atMs = speechSeconds * 1_000 - dice.between(0, 12_000);
      const fault = dice.pick(["half-open", "server restart", "stall"] as const);
      const faults = [{ ...drawFault(fault, atMs, dice), atMs }];
      return { ...plan, faults, script: { ...script, calmSeconds: 0 }, finishLimitMs: 2_000, mustSaveAll: false };
    }
    default: {
      const count = kind === "half-open" || kind === "server restart" ? 1 : dice.whole(1, 2);
      const faults = Array.from({ length: count }, () => drawFault(kind, somewhen(), dice));
      return { ...plan, faults: kind === "refused token" ? faults.slice(0, 1) : faults };
    }
  }
}

type SimpleKind = Exclude<FaultKind, "none" | "combination" | "long outage" | "lasting outage" | "stop in outage">;

const SIMPLE_KINDS: readonly SimpleKind[] = [
  "drop",
  "stall",
  "half-open",
  "refused token",
  "slow open",
  "server restart",
  "page stall",
  "close and final",
  "idle close",
];

function drawFault(kind: SimpleKind, somewhenMs: number, dice: Dice): Fault {
  // The first connection has its faults, too.
  const atMs = dice.chance(0.15) ? 0 : somewhenMs;
  switch (kind) {
    case "drop": {
      const when = dice.pick(["now", "now", "hello", "created", "finalize", "answer"] as const);
      return { type: "drop", atMs, when, noticedMs: dice.between(0, 300) };
    }
    case "stall":
      return { type: "stall", atMs, lengthMs: dice.between(200, 5_000) };
    case "half-open":
      return { type: "half-open", atMs };
    case "refused token": {
      const how = dice.pick(["nonsense", "expired", "throws"] as const);
      return { type: "refuse", atMs, how, times: how === "throws" ? dice.whole(1, 3) : 1 };
    }
    case "slow open":
      return {
        type: "slow-open",
        atMs,
        delayMs: dice.between(500, 8_000),
        what: dice.pick(["token", "socket"] as const),
      };
    case "server restart":
      return { type: "restart", atMs, downMs: dice.between(1_000, 10_000), isGraceful: dice.chance(0.5) };
    case "page stall": {
      const resumption = dice.pick(["in-order", "timers-first", "timers-last"] as const);
      return { type: "page-stall", atMs, lengthMs: dice.between(300, 3_000), resumption };
    }
    case "close and final":
      return { type: "reorder", atMs, how: dice.pick(["close-first", "final-then-close"] as const) };
    default:
      return { type: "idle-close", atMs };
  }
}

function shuffled<T>(list: readonly T[], dice: Dice): T[] {
  return list
    .map((one) => ({ one, rank: dice.next() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ one }) => one);
}
