/*
 * The recogniser's process: one decoder, one stream, then the process ends. Native code that crashes or takes its time
 * does so here, where no other session notices.
 */
import { readFile } from "node:fs/promises";
import { SphinxDecoder } from "./pocketsphinx/decoder.ts";
import { RECORDINGS_FOLDER } from "./pocketsphinx/installation.ts";
import type { EndpointerOptions } from "./pocketsphinx/endpointer.ts";
import type { RecognizerCommand, RecognizerEvent } from "./pocketsphinx/recognizer-messages.ts";
import { UtteranceRecognizer } from "./pocketsphinx/utterance-recognizer.ts";

/** Speech that every decoder hears first: 3 s of a novel; afterwards its cepstral mean fits speech. */
const WARM_UP = `${RECORDINGS_FOLDER}/librivox/sense_and_sensibility_01_austen_64kb-0880.wav`;

function tell(event: RecognizerEvent): void {
  process.send?.(event);
}

async function warmUp(decoder: SphinxDecoder): Promise<void> {
  const recording = await readFile(WARM_UP).catch(() => undefined);
  if (recording === undefined) return; // without Debian's test recordings the first words are heard less well
  const samples = new Int16Array(Math.floor((recording.length - 44) / 2));
  for (let index = 0; index < samples.length; index++) samples[index] = recording.readInt16LE(44 + index * 2);
  decoder.start();
  decoder.feed(samples);
  decoder.end();
}

async function main(): Promise<void> {
  const begun = performance.now();
  let decoder: SphinxDecoder;
  try {
    decoder = await SphinxDecoder.create(process.argv[3]);
  } catch (cause) {
    tell({ type: "missing", message: cause instanceof Error ? cause.message : String(cause) });
    process.disconnect();
    return;
  }
  const created = performance.now();
  await warmUp(decoder);
  const options = JSON.parse(process.argv[2] ?? "{}") as EndpointerOptions;
  const recognizer = new UtteranceRecognizer(
    decoder,
    (transcript) => tell({ type: "transcript", transcript }),
    options,
  );
  process.on("message", (command: RecognizerCommand) => {
    if (command.type === "finalize") {
      recognizer.finalize();
      tell({ type: "finalized" });
    } else {
      recognizer.push(command.samples);
      tell({ type: "processed", samples: command.samples.length });
    }
  });
  tell({ type: "ready", createMs: created - begun, warmMs: performance.now() - created });
}

// Ctrl-C reaches the whole process group; when to end is the server's decision.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.exit(0));
await main();
