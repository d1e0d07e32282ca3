import { availableParallelism, cpus } from "node:os";
import { quietMachine } from "./quiet-machine.ts";
import { benchEarlySpeech } from "./rooms/early.ts";
import { benchLive } from "./rooms/live.ts";
import { benchOutages } from "./rooms/outages.ts";
import { RoomsStage } from "./rooms/stage.ts";

const SECTIONS = {
  "While both are there": benchLive,
  "Before the agent is there": benchEarlySpeech,
  "After the server was away": benchOutages,
};

// `npm run bench:rooms`: a page in a LiveKit room by this library, beside one by `livekit-client` alone.
const stage = await RoomsStage.open();
if (typeof stage === "string") {
  console.error(stage);
  process.exit(1);
}
console.log(`${cpus()[0]?.model ?? "unknown CPU"}, ${availableParallelism()} cores, Node ${process.version}`);
for (const [name, bench] of Object.entries(SECTIONS)) {
  const idle = await quietMachine();
  console.log(`\n── ${name} (the machine was ${(100 * idle).toFixed(0)} % idle before)\n`);
  await bench(stage);
}
await stage[Symbol.asyncDispose]();
