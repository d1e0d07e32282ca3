// An app as a user would write it, built by Vite as it comes. The tests drive it through `window.app`.
import { fromAudio, microphone, silero, VoiceSession } from "vivavoce";
import { livekitInference } from "vivavoce/stt/livekit";
import { agentOf, recordOutput, recorded, soundAfterMs } from "./agent.js";
import { turnTaking } from "vivavoce/turns";
import { textCues } from "vivavoce/turns/text-cues";
import { speechSegments } from "vivavoce/vad";

const granted = []; // every track the page was ever given
const connections = []; // every connection of WebRTC that it ever made
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...options) {
    super(...options);
    connections.push(this);
  }
};
const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (constraints) => {
  const stream = await getUserMedia(constraints);
  granted.push(...stream.getTracks());
  return stream;
};

const LATER = [
  "segment-settled",
  "transcript",
  "transcripts-superseded",
  "gap",
  "mute",
  "warning",
  "reconnecting",
  "reconnected",
  "turn",
  "turn-pending",
  "turn-resumed",
  "interruption",
  "false-interruption",
  "agent-resumed",
  "user-state",
  "agent-state",
  "agent-transcript",
  "agent-caption",
  "agent-speech-started",
  "agent-speech-ended",
  "agent-metrics",
  "tool-call",
  "tool-result",
  "playback-underrun",
  "user-transcript",
  "agent-reconnecting",
  "agent-reconnected",
];

async function fetchToken({ signal }) {
  const response = await fetch("/token", { method: "POST", signal });
  return (await response.json()).token;
}

/** Makes a session from plain data, and records what it says. */
function open({
  rate,
  assets,
  gate,
  vad = {},
  url = "/v1",
  model = "pocketsphinx/en-us",
  token,
  connection,
  recording,
  speaks,
  turns,
  finalLimitMs,
  agent,
} = {}) {
  const given = agent && agentOf(agent, fetchToken);
  const session = new VoiceSession({
    source: sourceOf({ recording, speaks }),
    vad: vad ? silero(vad) : false,
    ...(model && {
      stt: livekitInference({
        url,
        model,
        token: token === undefined ? fetchToken : async () => token,
        ...(connection && { connection }),
      }),
    }),
    ...(finalLimitMs && { finalLimitMs }),
    ...(turns && { turns: takingTurns(turns) }),
    ...(given && { agent: given }),
    ...(gate && { gate }),
    ...(assets && { assets }),
    ...(rate && { context: new AudioContext({ sampleRate: rate }) }),
  });
  const events = [];
  const types = ["state", "speech-started", "speech-ended", "segment-opened", "flush", "segment-closed", "ended"];
  for (const type of [...types, ...LATER]) {
    session.on(type, (event) => events.push({ ...event, ...(event.error && { error: plain(event.error) }) }));
  }
  session.on("frame", ({ endMs }) => (app.capturedMs = endMs));
  session.on("audio", ({ samples }) => app.sent.push(samples));
  Object.assign(app, { session, agent: given, events, sent: [], capturedMs: 0 });
}

/** Turn taking from plain data; `"text-cues"` stands for that detector. */
function takingTurns({ detection, ...options }) {
  if (detection !== "text-cues") return turnTaking({ ...options, ...(detection && { detection }) });
  return turnTaking({ ...options, detection: textCues({ language: "en" }) });
}

/** A person who is silent but for what the page lets them say: `app.say(samples)`, mono at 16 kHz. */
function person() {
  return {
    async open(context) {
      const node = new GainNode(context);
      app.say = (samples) =>
        new Promise((resolve) => {
          const buffer = new AudioBuffer({ length: samples.length, sampleRate: 16_000 });
          buffer.copyToChannel(Float32Array.from(samples), 0);
          const player = new AudioBufferSourceNode(context, { buffer });
          player.connect(node);
          player.onended = () => resolve();
          player.start();
        });
      return { node, begin: () => undefined, onEnd: () => undefined, release: () => node.disconnect() };
    },
  };
}

/** Where to hear from. */
function sourceOf({ recording, speaks }) {
  if (speaks) return person();
  if (!recording) return microphone({ echoCancellation: false, noiseSuppression: false, autoGainControl: false });
  return fromAudio({ samples: Float32Array.from(recording.samples), sampleRate: recording.sampleRate });
}

function plain(error) {
  const { name, code, message, gatewayCode } = error;
  return { name, code, message, gatewayCode };
}

/** Starts; gives what `start()` rejects with, if it does. */
async function start() {
  try {
    await app.session.start();
    return undefined;
  } catch (error) {
    return plain(error);
  }
}

/** Speech found in a recording that the page fetches, without a session. */
async function segments(url, sampleRate) {
  const context = new OfflineAudioContext(1, 1, sampleRate);
  const recording = await context.decodeAudioData(await (await fetch(url)).arrayBuffer());
  const samples = recording.getChannelData(0);
  async function* chunks() {
    for (let at = 0; at < samples.length; at += 441) yield samples.subarray(at, at + 441);
  }
  const search = async (input) => {
    const found = [];
    for await (const { startMs, endMs, audio } of speechSegments(input, { vad: silero() })) {
      found.push({ startMs, endMs, samples: audio.length });
    }
    return found;
  };
  return { recording: await search(recording), stream: await search({ chunks: chunks(), sampleRate }) };
}

/** What the policy forbids must fail here, or the tests prove nothing. */
async function canaries() {
  const blob = URL.createObjectURL(new Blob(["export default 1"], { type: "text/javascript" }));
  const fails = async (job) => {
    try {
      await job();
      return false;
    } catch {
      return true;
    }
  };
  const worker = await new Promise((resolve, reject) => {
    const canary = new Worker("/canary.worker.js", { type: "module" });
    canary.onmessage = ({ data }) => resolve(data);
    canary.onerror = () => reject(new Error("the canary worker did not load"));
  });
  return {
    pageEval: await fails(() => new Function("return 1")()),
    pageBlob: await fails(() => import(/* @vite-ignore */ blob)),
    workletBlob: await fails(() => new OfflineAudioContext(1, 1, 16_000).audioWorklet.addModule(blob)),
    ...worker,
  };
}

const app = {
  open,
  start,
  segments,
  canaries,
  recordOutput: () => recordOutput(app.session),
  recorded,
  soundAfterMs,
  granted,
  connections,
  sent: [],
  events: [],
  capturedMs: 0,
};
window.app = app;
document.querySelector("#state").textContent = "loaded";
