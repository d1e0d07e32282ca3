import { availableParallelism, cpus, loadavg } from "node:os";
import { benchLimits } from "./gateway-limits.ts";
import { benchRecognition } from "./gateway-recognition.ts";
import { benchRelay } from "./gateway-relay.ts";
import { raiseStage, strikeStage } from "./gateway-stage.ts";

// `npm run bench:gateway`: what a gateway carries on this machine, load generator and upstream included.
console.log(`${cpus()[0]?.model ?? "unknown CPU"}, ${availableParallelism()} cores, Node ${process.version}`);
console.log(`Busy with other things when it began: ${loadavg()[0]?.toFixed(1)} processes`);
const stage = await raiseStage();
console.log("\n── Relayed streams\n");
await benchRelay(stage);
console.log("\n── Beyond the limits\n");
await benchLimits(stage);
await strikeStage(stage);
console.log("\n── Recognised streams\n");
await benchRecognition();
