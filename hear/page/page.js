// The page of `npm run hear`: a session on the browser's microphone. Driven, and read, through three bindings:
// `hearOptions()` gives what to hear with, `hearEvent(event)` takes each event, `hearDone(waitMs)` says when to stop.
import { microphone, silero, VoiceSession } from "/vivavoce/index.js";
import { livekitInference } from "/vivavoce/stt-livekit.js";

const { rate, gate, vad, model } = await globalThis.hearOptions();
const session = new VoiceSession({
  source: microphone({ echoCancellation: false, noiseSuppression: false, autoGainControl: false }),
  vad: silero({ model: vad }),
  gate: { policy: gate },
  stt: livekitInference({ url: "/v1", model, token: fetchToken }),
  context: new AudioContext({ sampleRate: rate }),
  finalLimitMs: 15_000,
});
for (const type of ["frame", "audio", "speech-started", "speech-ended", "segment-opened", "flush", "segment-closed"]) {
  session.on(type, tell);
}
for (const type of ["segment-settled", "transcript", "gap", "mute", "warning", "ended"]) session.on(type, tell);
session.start().then(
  () => globalThis.hearDone().then(() => session.stop()),
  () => undefined, // `ended` tells why
);

async function fetchToken({ signal }) {
  const response = await fetch("/token", { method: "POST", signal });
  return (await response.json()).token;
}

function tell(event) {
  const samples = event.samples && Array.from(event.samples);
  const error = event.error && { code: event.error.code, message: event.error.message };
  void globalThis.hearEvent({ ...event, ...(samples && { samples }), ...(error && { error }) });
}
