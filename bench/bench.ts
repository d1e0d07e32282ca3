import { availableParallelism, cpus } from "node:os";
import { benchAnswers } from "./answers.ts";
import { benchPlayback } from "./playback.ts";
import { benchResampler } from "./resampler.ts";
import { benchSileroInChromium } from "./silero-chromium.ts";
import { benchSilero } from "./silero.ts";
import { benchVadAccuracy } from "./vad-accuracy.ts";

// `npm run bench`: every benchmark, each printing its tables.
console.log(`${cpus()[0]?.model ?? "unknown CPU"}, ${availableParallelism()} cores, Node ${process.version}`);
console.log("\n── Resampler\n");
await benchResampler();
console.log("\n── Playback\n");
await benchPlayback();
console.log("\n── Answers\n");
await benchAnswers();
console.log("\n── Silero VAD\n");
await benchSilero();
console.log("\n── Silero VAD in Chromium\n");
await benchSileroInChromium();
console.log("\n── Silero VAD on labelled sound\n");
await benchVadAccuracy();
