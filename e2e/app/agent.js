// The app's agents, and a recorder of what they say.
import { Room } from "livekit-client";
import { cascade } from "vivavoce/agent";
import { livekitLlm, livekitTts } from "vivavoce/agent/livekit";
import { livekitRoom } from "vivavoce/livekit";
import { openaiRealtime } from "vivavoce/realtime";

const TOOLS = [
  {
    name: "get_weather",
    description: "The weather of a place.",
    parameters: { type: "object", properties: { location: { type: "string" } }, required: ["location"] },
    execute: () => ({ degrees: 21, sky: "clear" }),
  },
  { name: "get_time", description: "The time of day.", execute: () => "ten past two" },
];

/** An agent from plain data. `secrets`: what the token function gives, one after another, before it fetches any. */
export function agentOf({ kind, model = "rules/answers", tools = true, secrets = [], ...options }, fetchToken) {
  const given = tools ? { tools: TOOLS } : {};
  if (kind === "cascade") {
    return cascade({
      respond: livekitLlm({ model, token: fetchToken }),
      speak: livekitTts({ model: "espeak-ng/en-us", token: fetchToken }),
      ...given,
      ...options,
    });
  }
  if (kind === "recording") return recordedVoice(options);
  if (kind === "room") return inRoom(options);
  const waiting = [...secrets];
  const token = async ({ signal }) => waiting.shift() ?? fetchSecret(signal);
  const session = { transcription: { model: "whisper-1" }, ...options.session };
  return openaiRealtime({ baseUrl: "/v1/realtime", model, token, ...given, ...options, session });
}

/** Says one thing, in a voice that was recorded at 16 kHz. */
function recordedVoice({ text, samples }) {
  return cascade({
    async *respond() {
      yield text;
    },
    async *speak() {
      const voice = Float32Array.from(samples);
      for (let at = 0; at < voice.length; at += 1_600) {
        yield { samples: voice.subarray(at, at + 1_600), rateHz: 16_000 };
      }
    },
  });
}

/** In a room of LiveKit's. `tries`: how often a broken connection is tried to be mended, once a second, instead of for a minute. */
function inRoom({ tries, ...options }) {
  const reconnectPolicy = { nextRetryDelayInMs: ({ retryCount }) => (retryCount < tries ? 1_000 : null) };
  const makeRoom = () => new Room({ reconnectPolicy });
  return livekitRoom({ token: "/livekit/token", ...options, ...(tries !== undefined && { makeRoom }) });
}

async function fetchSecret(signal) {
  const response = await fetch("/realtime/client_secrets", { method: "POST", body: "{}", signal });
  return (await response.json()).value;
}

const isSound = (sample) => sample !== 0;

let chunks = [];
/** How much had been recorded when an answer had ended. */
let marks = [];

/** Records what leaves the agent's speaker, from now on. */
export async function recordOutput(session) {
  chunks = [];
  marks = [];
  const { output } = session.speaker;
  await output.context.audioWorklet.addModule("/recorder.worklet.js");
  const recorder = new AudioWorkletNode(output.context, "recorder", { numberOfOutputs: 0 });
  recorder.port.onmessage = ({ data }) => (typeof data === "number" ? marks.push(data) : chunks.push(data));
  session.on("agent-speech-ended", () => recorder.port.postMessage("mark"));
  output.connect(recorder);
}

/** How long there was sound after the end of an answer, counted from 0, was told, in ms; until the next one ended. */
export function soundAfterMs(answer, sampleRate) {
  const after = joined().subarray(marks[answer], marks[answer + 1]);
  return ((after.findLastIndex(isSound) + 1) * 1_000) / sampleRate;
}

function joined() {
  const samples = new Float32Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    samples.set(chunk, at);
    at += chunk.length;
  }
  return samples;
}

/** What was recorded of the first answer, from its first sound to its last: float32, in base64. */
export function recorded() {
  const first = joined().subarray(0, marks[0]);
  const sound = first.slice(Math.max(0, first.findIndex(isSound)), first.findLastIndex(isSound) + 1);
  let bytes = "";
  for (const byte of new Uint8Array(sound.buffer)) bytes += String.fromCharCode(byte);
  return btoa(bytes);
}
