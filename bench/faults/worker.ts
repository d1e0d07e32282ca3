import { LANES, type LaneMessage } from "./lanes.ts";
import { runSeed } from "./run.ts";

// One process of `runAll()`: each number that comes is the seed of a run.
const tell = (message: LaneMessage): void => void process.send?.(message);
process.on("message", (seed: number) => {
  runSeed(seed).then(
    (report) => tell({ report }),
    (cause: unknown) => {
      console.error(`seed ${seed}:`, cause);
      process.exit(1);
    },
  );
});
for (let lane = 0; lane < LANES; lane++) tell({});
