import { parseArgs } from "node:util";
import { FAULT_KINDS } from "./fault-plan.ts";
import { cellOf, MODES } from "./run.ts";

/** What `npm run bench:faults` was asked for. */
export interface FaultBenchOptions {
  readonly seeds: readonly number[];
  /** Whether to print what happens in each run. */
  readonly isTraced: boolean;
  /** Runs with the real recogniser. */
  readonly wordRuns: number;
}

/**
 * Reads the command line: `--runs 1000`, `--seed 0` (the first), `--only "server restart/words"`, `--trace`, `--words 10`.
 *
 * @throws RangeError naming the option, the rule and the value.
 */
export function readOptions(args: readonly string[]): FaultBenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: "string", default: "1000" },
      seed: { type: "string", default: "0" },
      only: { type: "string" },
      trace: { type: "boolean", default: false },
      words: { type: "string" },
    },
  });
  const runs = whole("--runs", values.runs);
  const first = whole("--seed", values.seed);
  const only = values.only;
  const [onlyKind, onlyMode] = only?.split("/") ?? [];
  const isKnown = (list: readonly string[], name: string | undefined): boolean => !name || list.includes(name);
  if (!isKnown(FAULT_KINDS, onlyKind) || !isKnown(MODES, onlyMode)) {
    throw new RangeError(
      `--only must be one of ${FAULT_KINDS.join(", ")}, with /${MODES.join(", /")} or without, got ${only}`,
    );
  }
  const seeds: number[] = [];
  for (let seed = first; seeds.length < runs; seed++) {
    const { kind, mode } = cellOf(seed);
    if ((!onlyKind || kind === onlyKind) && (!onlyMode || mode === onlyMode)) seeds.push(seed);
  }
  // Who looks at a few runs does not want to wait for the recogniser.
  const wordRuns = whole("--words", values.words ?? (runs === 1_000 && only === undefined ? "10" : "0"));
  return { seeds, isTraced: values.trace, wordRuns };
}

function whole(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new RangeError(`${option} must be a whole number from 0, got ${text}`);
}
