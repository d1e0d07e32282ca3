// LiveKit's own speech-to-text client, in a process of its own. Takes a job as JSON in its only argument, and writes what
// the client says as JSON lines: an object for each event, then one for the end of the stream. Without a job it only
// proves that the packages load.
import { EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import { inference, initializeLogger, stt } from "@livekit/agents";
import { AudioFrame, dispose } from "@livekit/rtc-node";
import { mendWritableStreams } from "./node-20.js";

const SAMPLE_RATE = 16_000;
/** 100 ms: what a frame holds is the client's own affair, which cuts 50 ms out of it. */
const FRAME_SAMPLES = 1_600;

mendWritableStreams();
if (process.argv[2]) await recognise(JSON.parse(process.argv[2]));
await dispose();
process.exit();

/**
 * Speaks `pcmFiles` (headless, 16-bit mono, 16 kHz) one after another. With `silenceMs` that much silence follows each,
 * and the end of speech is waited for; without, nothing but the end of the input tells that the last is over.
 */
async function recognise({ pcmFiles, silenceMs, ...options }) {
  initializeLogger({ pretty: false, level: "error" });
  const recogniser = new inference.STT(options);
  recogniser.on("error", ({ error }) => say({ type: "ERROR", message: error.message }));
  const stream = recogniser.stream();
  const ends = new EventEmitter();
  const listening = listen(stream, ends);
  for (const file of pcmFiles) {
    push(stream, readPcm(file));
    if (!silenceMs) continue;
    const ended = once(ends, "end");
    push(stream, new Int16Array((silenceMs * SAMPLE_RATE) / 1_000));
    await ended;
  }
  stream.flush(); // without it the client keeps the last message, which is not full, to itself
  stream.endInput();
  await listening;
}

async function listen(stream, ends) {
  for await (const { type, alternatives, recognitionUsage } of stream) {
    const [alternative] = alternatives ?? [];
    say({
      type: stt.SpeechEventType[type],
      text: alternative?.text,
      language: alternative?.language,
      words: alternative?.words?.map(({ text, startTime }) => ({ text, startTime })),
      audioSeconds: recognitionUsage?.audioDuration,
    });
    if (type === stt.SpeechEventType.END_OF_SPEECH) ends.emit("end");
  }
  say({ type: "CLOSED" });
  ends.emit("end"); // whoever still waits for one gets none
}

function push(stream, pcm) {
  for (let start = 0; start < pcm.length; start += FRAME_SAMPLES) {
    const samples = pcm.slice(start, start + FRAME_SAMPLES);
    stream.pushFrame(new AudioFrame(samples, SAMPLE_RATE, 1, samples.length));
  }
}

function readPcm(file) {
  const bytes = readFileSync(file);
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + 2 * Math.floor(bytes.length / 2)));
}

function say(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
