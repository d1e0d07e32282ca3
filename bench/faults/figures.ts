import { CAPTURE_RATE } from "../../src/audio/units.ts";
import { formatTable } from "../table.ts";
import { quantile } from "../quantile.ts";
import { FAULT_KINDS } from "./fault-plan.ts";
import { MODES, type RunReport } from "./run.ts";
import type { WordReport } from "./spoken-words.ts";

const HEAD = [
  "fault",
  "recogniser",
  ...[
    "runs",
    "faults",
    "reopened",
    "speech s",
    "lost",
    "doubled",
    "withdrawn",
    "gaps s",
    "repeated",
    "recovery",
    "broken",
  ],
];

/** The table: a row for each kind of fault and each kind of recogniser, and one for all. */
export function formatReports(reports: readonly RunReport[]): string {
  const rows = FAULT_KINDS.flatMap((kind) =>
    MODES.flatMap((mode) => {
      const some = reports.filter((report) => report.kind === kind && report.mode === mode);
      return some.length === 0 ? [] : [rowOf(kind, mode, some)];
    }),
  );
  return formatTable([HEAD, ...rows, rowOf("all", "", reports)]);
}

/** The table of the real recogniser: a row for each run, and one for all with faults. */
export function formatWords(reports: readonly WordReport[]): string {
  const share = (errors: number, words: number): string => `${((100 * errors) / Math.max(1, words)).toFixed(1)} %`;
  const [undisturbed, ...others] = reports;
  const sum = (of: (report: WordReport) => number): number => others.reduce((total, report) => total + of(report), 0);
  const due = undisturbed?.words ?? 0;
  return formatTable([
    ["fault", "seed", "faults", "reopened", "words", "changed", "of speech"],
    ...reports.map(({ kind, seed, faults, reconnects, words, errors, errorsOfAll }) =>
      [kind, seed, faults, reconnects, words, share(errors, due), share(errorsOfAll, due)].map(String),
    ),
    [
      "all with faults",
      "",
      String(sum(({ faults }) => faults)),
      String(sum(({ reconnects }) => reconnects)),
      String(sum(({ words }) => words)),
      share(
        sum(({ errors }) => errors),
        due * others.length,
      ),
      share(
        sum(({ errorsOfAll }) => errorsOfAll),
        due * others.length,
      ),
    ],
  ]);
}

function rowOf(kind: string, mode: string, reports: readonly RunReport[]): string[] {
  const sum = (of: (report: RunReport) => number): number => reports.reduce((total, report) => total + of(report), 0);
  const seconds = (samples: number): string => (samples / CAPTURE_RATE).toFixed(1);
  const passed = sum(({ passedSamples }) => passedSamples);
  const again = sum(({ sentSamples, firstSentSamples }) => sentSamples - firstSentSamples);
  const recoveries = reports.flatMap(({ recoveriesMs }) => recoveriesMs);
  return [
    kind,
    mode,
    String(reports.length),
    String(sum(({ injected }) => injected)),
    String(sum(({ reconnects }) => reconnects)),
    (sum(({ speechSamples }) => speechSamples) / CAPTURE_RATE).toFixed(0),
    String(sum(({ lostSamples }) => lostSamples)),
    String(sum(({ doubledSamples }) => doubledSamples)),
    String(sum(({ supersededFinals }) => supersededFinals)),
    seconds(sum(({ reportedSamples }) => reportedSamples)),
    `${((100 * again) / Math.max(1, passed)).toFixed(1)} %`,
    recoveries.length === 0 ? "–" : `${quantile(recoveries, 0.5).toFixed(0)} ms`,
    String(reports.filter(({ broken }) => broken.length > 0).length),
  ];
}
