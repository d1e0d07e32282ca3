import decodeWebm from "@audio/decode-webm";
import { AudioFrame, AudioResampler } from "@livekit/rtc-node";

const NOTHING = new Int16Array();
/** `AudioTrackFeature.TF_PRECONNECT_BUFFER` of LiveKit's protocol: what was said before is on its way. */
const HAS_EARLY_SPEECH = 6;
/** How long LiveKit's agents wait for it, in ms. */
const WAIT_MS = 3_000;

/** What people said before the agent was there, by the track that it belongs to. */
export class EarlySpeech {
  /** Topic of its byte stream. */
  topic = "lk.agent.pre-connect-audio-buffer";
  #byTrack = new Map();

  /** How long to wait for it on a track with these features, in ms. */
  static waitMs(features) {
    return features.includes(HAS_EARLY_SPEECH) ? WAIT_MS : 0;
  }

  /** Resolves with what was said before, or with nothing when it takes too long. */
  of(trackId, limitMs) {
    const late = new Promise((resolve) => setTimeout(resolve, limitMs, NOTHING));
    return Promise.race([this.#promised(trackId).promise, late]);
  }

  /** Reads a stream, resampled: plain 16-bit PCM, or Opus as browsers record it. */
  async read(reader, sampleRate) {
    const { attributes = {}, mimeType } = reader.info;
    const { trackId, sampleRate: rate, channels } = attributes;
    if (!trackId || !rate || !channels) throw new Error("trackId, sampleRate or channels is missing");
    const bytes = Buffer.concat(await reader.readAll());
    const sound = /opus/.test(mimeType)
      ? await decodeOpus(bytes)
      : { pcm: mix(toPcm(bytes), Number(channels)), rate: Number(rate) };
    const samples = resample(sound.pcm, sound.rate, sampleRate);
    this.#promised(trackId).resolve(samples);
    return samples;
  }

  #promised(trackId) {
    const known = this.#byTrack.get(trackId);
    if (known) return known;
    const promised = {};
    promised.promise = new Promise((resolve) => (promised.resolve = resolve));
    this.#byTrack.set(trackId, promised);
    return promised;
  }
}

function toPcm(bytes) {
  return new Int16Array(Uint8Array.from(bytes.subarray(0, bytes.length & ~1)).buffer);
}

async function decodeOpus(bytes) {
  const { channelData, sampleRate } = await decodeWebm(bytes);
  return { pcm: Int16Array.from(channelData[0] ?? [], (sample) => 32_767 * sample), rate: sampleRate };
}

function mix(pcm, channels) {
  if (channels === 1) return pcm;
  const mono = new Int16Array(Math.floor(pcm.length / channels));
  for (let index = 0; index < mono.length; index++) mono[index] = pcm[index * channels];
  return mono;
}

function resample(pcm, from, to) {
  if (from === to || pcm.length === 0) return pcm;
  const resampler = new AudioResampler(from, to);
  const frames = [...resampler.push(new AudioFrame(pcm, from, 1, pcm.length)), ...resampler.flush()];
  return Int16Array.from(frames.flatMap(({ data }) => [...data]));
}
