import { availableParallelism, cpus } from "node:os";
import { benchResampler } from "./resampler.ts";
import { benchSilero } from "./silero.ts";

// `npm run bench`: every benchmark, each printing its tables.
console.log(`${cpus()[0]?.model ?? "unknown CPU"}, ${availableParallelism()} cores, Node ${process.version}`);
console.log("\n── Resampler\n");
await benchResampler();
console.log("\n── Silero VAD\n");
await benchSilero();
