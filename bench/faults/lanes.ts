import { fork, type ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { RunReport } from "./run.ts";

/** Runs at a time in a process: while one waits for its sockets, the others compute. */
export const LANES = 8;

/** From a worker: a lane is free, and what came of what it did before. */
export interface LaneMessage {
  readonly report?: RunReport;
}

/** Carries out the runs of all seeds, on all cores. `onReport` hears of each as it ends. */
export async function runAll(seeds: readonly number[], onReport: (report: RunReport) => void): Promise<RunReport[]> {
  const waiting = [...seeds];
  const reports: RunReport[] = [];
  const workers = Math.min(availableParallelism(), Math.ceil(seeds.length / LANES));
  const serve = (child: ChildProcess): Promise<void> =>
    new Promise((resolve, reject) => {
      let lanes = LANES;
      child.on("message", ({ report }: LaneMessage) => {
        if (report) {
          reports.push(report);
          onReport(report);
        }
        const seed = waiting.shift();
        if (seed !== undefined) child.send(seed);
        else if ((lanes -= 1) === 0) child.disconnect();
      });
      child.on("error", reject);
      child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`A worker ended with ${code}`))));
    });
  await Promise.all(Array.from({ length: workers }, () => serve(forkWorker())));
  return reports.toSorted((a, b) => a.seed - b.seed);
}

function forkWorker(): ChildProcess {
  const script = new URL("./worker.ts", import.meta.url);
  return fork(script, [], {
    cwd: fileURLToPath(new URL(".", script)), // where Node looks for tsx
    execArgv: ["--import", "tsx"],
    serialization: "advanced",
  });
}
