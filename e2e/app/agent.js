// The app's agents, and a recorder of what they say.
import { cascade } from "vivavoce/agent";
import { livekitLlm, livekitTts } from "vivavoce/agent/livekit";
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

async function fetchSecret(signal) {
  const response = await fetch("/realtime/client_secrets", { method: "POST", body: "{}", signal });
  return (await response.json()).value;
}

let chunks = [];

/** Records what leaves the agent's speaker, from now on. */
export async function recordOutput(session) {
  chunks = [];
  const { output } = session.speaker;
  await output.context.audioWorklet.addModule("/recorder.worklet.js");
  const recorder = new AudioWorkletNode(output.context, "recorder", { numberOfOutputs: 0 });
  recorder.port.onmessage = ({ data }) => chunks.push(data);
  output.connect(recorder);
}

/** What was recorded, in base64 of float32, from the first sample that is none of silence; and the context's rate. */
export function recorded() {
  const samples = new Float32Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    samples.set(chunk, at);
    at += chunk.length;
  }
  const from = Math.max(
    0,
    samples.findIndex((sample) => sample !== 0),
  );
  const sound = samples.subarray(from, samples.findLastIndex((sample) => sample !== 0) + 1);
  let bytes = "";
  for (const byte of new Uint8Array(sound.slice().buffer)) bytes += String.fromCharCode(byte);
  return btoa(bytes);
}
