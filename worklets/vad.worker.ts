import { fetchModel } from "../src/vad/fetch-model.ts";
import { createSileroEngine } from "../src/vad/silero/create-silero-engine.ts";
import { serveVad } from "./serve-vad.ts";

serveVad(async ({ modelUrl }) => createSileroEngine(await fetchModel(modelUrl)));
