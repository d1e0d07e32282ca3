// A session on the browser's microphone, started and stopped from outside through `harness`.
import { livekitInference } from "./vivavoce/stt-livekit.js";
import { microphone, silero, VoiceSession } from "./vivavoce/index.js";

const TOLD = ["speech-started", "speech-ended", "segment-settled", "transcript", "gap", "warning", "ended"];
const streams = [];
const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (constraints) => {
  const stream = await getUserMedia(constraints);
  streams.push(stream);
  return stream;
};
const Context = globalThis.AudioContext;
const contexts = [];
globalThis.AudioContext = class extends Context {
  constructor(options) {
    super(options);
    contexts.push(this);
  }
};

let events = [];
const judged = { frames: 0 };
let session;

globalThis.harness = {
  /** Resolves when capture runs; says how long that took, in ms, and at which rate. */
  async start(vad) {
    session ??= newSession(vad);
    events = [];
    judged.frames = 0;
    const before = performance.now();
    await session.start();
    return { startMs: performance.now() - before, rate: contexts.at(-1).sampleRate };
  },
  /** Resolves when a frame has been judged, or after 20 s. */
  async judged() {
    for (let tries = 0; tries < 200 && judged.frames === 0; tries++) await sleep(100);
    return judged.frames > 0;
  },
  async stop() {
    const before = performance.now();
    await session.stop();
    const stopMs = performance.now() - before;
    await sleep(300);
    const tracks = streams.splice(0).flatMap((stream) => stream.getTracks().map((track) => track.readyState));
    return { stopMs, tracks, contexts: contexts.splice(0).map(({ state }) => state), events };
  },
};

function newSession(vad) {
  const made = new VoiceSession({
    source: microphone({ echoCancellation: false, noiseSuppression: false, autoGainControl: false }),
    vad: silero(vad),
    stt: livekitInference({ url: "/v1", model: "pocketsphinx/en-us", token: fetchToken }),
  });
  for (const type of TOLD) made.on(type, (event) => events.push(plain(event)));
  made.on("frame", ({ probability }) => (judged.frames += probability === undefined ? 0 : 1));
  return made;
}

function plain({ error, ...event }) {
  return { ...event, ...(error && { error: { code: error.code, message: error.message } }) };
}

async function fetchToken({ signal }) {
  const response = await fetch("/token", { method: "POST", signal });
  return (await response.json()).token;
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
