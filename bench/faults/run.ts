import type { SttCapabilities } from "../../src/stt/contract.ts";
import { carryOut, type Trace } from "./carry-out.ts";
import { Dice } from "./dice.ts";
import { FAULT_KINDS, planFaults, type FaultKind } from "./fault-plan.ts";
import { judge, type Verdict } from "./judge.ts";
import { writeScript } from "./speech-script.ts";
import { lengthOf } from "./spans.ts";

/** What the recogniser is like: whether its words have times (`words`), and whether it takes a flush (`none`: not). */
export const MODES = ["indexed", "words", "none", "none+words"] as const;

/** One of {@link MODES}. */
export type Mode = (typeof MODES)[number];

interface Recogniser {
  readonly model: string;
  readonly abilities: Pick<SttCapabilities, "alignedTranscript" | "flush" | "interimResults">;
}

const RECOGNISERS: Readonly<Record<Mode, Recogniser>> = {
  indexed: {
    model: "ledger/indexed",
    abilities: { alignedTranscript: false, flush: "inline", interimResults: false },
  },
  words: {
    model: "ledger/words",
    abilities: { alignedTranscript: "word", flush: "inline", interimResults: true },
  },
  none: {
    model: "ledger/indexed-silence",
    abilities: { alignedTranscript: false, flush: "none", interimResults: false },
  },
  "none+words": {
    model: "ledger/words-silence",
    abilities: { alignedTranscript: "word", flush: "none", interimResults: true },
  },
};

/** What came of a run. */
export interface RunReport extends Verdict {
  readonly seed: number;
  readonly kind: FaultKind;
  readonly mode: Mode;
  readonly injected: number;
  readonly reconnects: number;
  /** Captured audio that passed the gate, and that was handed to sockets, each time it was; in samples. */
  readonly passedSamples: number;
  readonly sentSamples: number;
  /** From each fault to the next opening or final, in ms of the run. */
  readonly recoveriesMs: readonly number[];
}

/** The kind and the mode that a seed stands for. */
export function cellOf(seed: number): { readonly kind: FaultKind; readonly mode: Mode } {
  const kind = FAULT_KINDS[seed % FAULT_KINDS.length] ?? "none";
  const mode = MODES[Math.floor(seed / FAULT_KINDS.length) % MODES.length] ?? "indexed";
  return { kind, mode };
}

/** How a seed is run. */
export interface RunOptions {
  readonly trace?: Trace;
  /** How much is said, of half a minute. @defaultValue 1 */
  readonly shareOfSpeech?: number;
}

/** Carries out the run of a seed, and judges it. */
export async function runSeed(seed: number, { trace, shareOfSpeech }: RunOptions = {}): Promise<RunReport> {
  const { kind, mode } = cellOf(seed);
  const dice = new Dice(seed);
  const plan = planFaults(kind, dice, shareOfSpeech);
  const script = writeScript(dice, plan.script);
  const recogniser = RECOGNISERS[mode];
  const course = await carryOut({ plan, script, dice, ...recogniser, trace });
  const { fed, network } = course;
  const hasWords = recogniser.abilities.alignedTranscript === "word";
  const { mustSaveAll, mustFail } = plan;
  const verdict = judge({ ...course, received: network.ledgers, hasWords, mustSaveAll, mustFail });
  return {
    ...verdict,
    broken: [...course.broken, ...verdict.broken],
    seed,
    kind,
    mode,
    injected: network.injectedMs.length,
    reconnects: network.socketCount - 1,
    passedSamples: lengthOf(fed.passed),
    sentSamples: network.sentSamples,
    recoveriesMs: network.injectedMs.flatMap((atMs) => {
      const next = network.aliveMs.find((aliveMs) => aliveMs > atMs);
      return next === undefined ? [] : [next - atMs];
    }),
  };
}
