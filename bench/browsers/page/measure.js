// A session on the browser's microphone whose audio thread and worker are watched, driven through `harness`.
import { microphone, silero, VoiceSession } from "./vivavoce/index.js";
import { ROW_NUMBERS } from "./instrumented/rows.js";

const MOST_FRAMES = 20_000;
const MOST_QUANTA = 200_000;
const shared = {
  captured: new SharedArrayBuffer(8 * (1 + MOST_FRAMES * ROW_NUMBERS)),
  decided: new SharedArrayBuffer(8 * (1 + MOST_FRAMES * ROW_NUMBERS)),
  times: new SharedArrayBuffer(4 * MOST_QUANTA),
  stats: new SharedArrayBuffer(8 * 4),
  clock: undefined,
};

const WorkletNode = globalThis.AudioWorkletNode;
globalThis.AudioWorkletNode = class extends WorkletNode {
  constructor(context, name, options) {
    const { captured: rows, times, stats, clock } = shared;
    const instruments = { rows, times, stats, clock };
    super(context, name, { ...options, processorOptions: { ...options.processorOptions, instruments } });
  }
};
const PlainWorker = globalThis.Worker;
globalThis.Worker = class extends PlainWorker {
  constructor(url, options) {
    super(url, options);
    this.postMessage({ type: "instruments", rows: shared.decided });
  }
};

const context = new AudioContext();
const [frames, gaps, warnings] = [[], [], []];
let session;
let clockWorker;

globalThis.harness = {
  /** Starts a session with such a VAD; resolves when it has judged for a second. */
  async start(vad, isTimingProcess) {
    if (isTimingProcess) {
      shared.clock = new SharedArrayBuffer(12);
      clockWorker = new PlainWorker("clock.worker.js");
      clockWorker.postMessage(shared.clock);
    }
    session = new VoiceSession({
      source: microphone({ echoCancellation: false, noiseSuppression: false, autoGainControl: false }),
      vad: silero(vad),
      assets: "/instrumented/",
      context,
    });
    session.on("frame", ({ startMs, endMs, probability }) => frames.push([startMs, endMs, probability ?? -1]));
    session.on("gap", (gap) => gaps.push(gap));
    session.on("warning", ({ error }) => warnings.push(error.message));
    session.on("ended", ({ error }) => error && warnings.push(error.message));
    await session.start();
    for (let tries = 0; tries < 200 && !frames.some(([, , probability]) => probability >= 0); tries++) await sleep(100);
    await sleep(1_000);
  },
  /** Lets it run, blocking this thread at the times named, in ms from now; resolves with the blocked times. */
  async run({ durationMs, blockAtMs, blockMs }) {
    const from = Date.now();
    const blocks = [];
    for (const atMs of blockAtMs) {
      await sleep(from + atMs - Date.now());
      const begin = Date.now();
      while (Date.now() < begin + blockMs);
      blocks.push([begin, Date.now()]);
    }
    await sleep(from + durationMs - Date.now());
    return { from, to: Date.now(), blocks };
  },
  /** Stops the session and tells everything that was seen. */
  async stop() {
    await session.stop();
    await sleep(200);
    clockWorker?.terminate();
    return {
      sampleRate: context.sampleRate,
      clockStepUs: clockStepUs(),
      captured: rowsOf(shared.captured),
      decided: rowsOf(shared.decided),
      processTimes: Array.from(new Int32Array(shared.times).subarray(1, new Int32Array(shared.times)[0] + 1)),
      stats: Array.from(new Float64Array(shared.stats)),
      frames,
      gaps,
      warnings,
    };
  },
};

function rowsOf(memory) {
  const numbers = new Float64Array(memory);
  return Array.from({ length: numbers[0] }, (_, row) => {
    const [startSample, lengthSamples, audioMs, quantumMs, wallMs, isDecision] = numbers.subarray(
      1 + row * ROW_NUMBERS,
    );
    return { startSample, lengthSamples, audioMs, quantumMs, wallMs, isDecision: isDecision === 1 };
  });
}

/** The smallest step of this browser's clock, in µs. */
function clockStepUs() {
  let smallest = Infinity;
  for (let tries = 0, last = performance.now(); tries < 200_000; tries++) {
    const now = performance.now();
    if (now > last) smallest = Math.min(smallest, now - last);
    last = now;
  }
  return Math.round(smallest * 1000 * 100) / 100;
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
