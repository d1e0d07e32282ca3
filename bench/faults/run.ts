import type { SttCapabilities } from "../../src/stt/contract.ts";
import { carryOut, type Trace } from "./carry-out.ts";
import { Dice } from "./dice.ts";
import { FAULT_KINDS, planFaults, type FaultKind } from "./fault-plan.ts";
import { judge, type Verdict } from "./judge.ts";
import { writeScript } from "./speech-script.ts";
import { lengthOf } from "./spans.ts";

/**
 * What the recogniser is like: its words have times (`words`) or its texts have (`indexed`, `none`, `turns`: untrusted);
 * it takes a flush (`indexed`, `words`), silence ends its utterances (`none`), or it ends turns itself (`turns`).
 */
export const MODES = ["indexed", "words", "none", "none+words", "untimed", "turns", "turns+words"] as const;

/** One of {@link MODES}. */
export type Mode = (typeof MODES)[number];

interface Recogniser {
  readonly model: string;
  readonly abilities: Pick<SttCapabilities, "alignedTranscript" | "endsTurns" | "flush" | "interimResults">;
}

const WORDS = { alignedTranscript: "word", interimResults: true } as const;
const TEXTS = { alignedTranscript: false, interimResults: false } as const;
const FLUSHES = { flush: "inline", endsTurns: false } as const;
const NEEDS_SILENCE = { flush: "none", endsTurns: false } as const;
const ENDS_TURNS = { flush: "none", endsTurns: true } as const;

const RECOGNISERS: Readonly<Record<Mode, Recogniser>> = {
  indexed: { model: "ledger/indexed", abilities: { ...TEXTS, ...FLUSHES } },
  words: { model: "ledger/words", abilities: { ...WORDS, ...FLUSHES } },
  none: { model: "ledger/indexed-silence", abilities: { ...TEXTS, ...NEEDS_SILENCE } },
  "none+words": { model: "ledger/words-silence", abilities: { ...WORDS, ...NEEDS_SILENCE } },
  untimed: { model: "ledger/indexed-silence-untimed", abilities: { ...TEXTS, ...NEEDS_SILENCE } },
  turns: { model: "ledger/indexed-silence-billed", abilities: { ...TEXTS, ...ENDS_TURNS } },
  "turns+words": { model: "ledger/words-silence", abilities: { ...WORDS, ...ENDS_TURNS } },
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
  const isGated = !recogniser.abilities.endsTurns;
  const { mustSaveAll, mustFail } = plan;
  const verdict = judge({ ...course, received: network.ledgers, hasWords, isGated, mustSaveAll, mustFail });
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
