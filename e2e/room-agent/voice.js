import { AudioFrame, AudioSource, LocalAudioTrack, TrackPublishOptions, TrackSource } from "@livekit/rtc-node";

const SAMPLE_RATE = 24_000;
/** 20 ms. */
const FRAME_SAMPLES = 480;
/** What is in here is heard even if somebody interrupts before: short, but longer than a pause of the process. */
const QUEUE_MS = 200;
const POLL_MS = 10;

/** Says one text at a time on a track of its own, with the gateway's voice. */
export class Voice {
  #job;
  #source = new AudioSource(SAMPLE_RATE, 1, QUEUE_MS);
  #saying;

  constructor(job) {
    this.#job = job;
  }

  /** As LiveKit's agents do. */
  async publish(room) {
    const track = LocalAudioTrack.createAudioTrack("roomio_audio", this.#source);
    const options = new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE });
    await room.localParticipant.publishTrack(track, options);
  }

  /** Stops at once what is being said. */
  interrupt() {
    if (this.#saying === undefined) return;
    this.#saying.abort();
    this.#saying = undefined;
    this.#source.clearQueue();
  }

  /** Resolves with the words that were heard, when all are or somebody interrupted. */
  async say(text, { onBegin, onWord }) {
    const saying = new AbortController();
    this.#saying = saying;
    const { signal } = saying;
    const words = text.split(/\s+/).filter(Boolean);
    const heard = [];
    let pushed = 0;
    const starts = [];
    const playedSeconds = () => pushed / SAMPLE_RATE - this.#source.queuedDuration / 1_000;
    const tellWords = (atSeconds) => {
      // The voice tells no time for the last word before it has ended.
      while (heard.length < words.length && (starts[heard.length] ?? Infinity) <= atSeconds) {
        onWord({ text: words[heard.length], startSeconds: starts[heard.length] });
        heard.push(words[heard.length]);
      }
    };
    for await (const { samples, alignment } of this.#synthesize(text, signal)) {
      for (const { start } of alignment) starts.push(start);
      for (let at = 0; at < samples.length && !signal.aborted; at += FRAME_SAMPLES) {
        const frame = samples.slice(at, at + FRAME_SAMPLES);
        await this.#source.captureFrame(new AudioFrame(frame, SAMPLE_RATE, 1, frame.length));
        if (pushed === 0) onBegin();
        pushed += frame.length;
        if (!signal.aborted) tellWords(playedSeconds());
      }
    }
    while (!signal.aborted && this.#source.queuedDuration > 0) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      if (!signal.aborted) tellWords(playedSeconds());
    }
    if (!signal.aborted) tellWords(Infinity);
    if (this.#saying === saying) this.#saying = undefined;
    return { text: heard.join(" "), isInterrupted: signal.aborted, seconds: pushed / SAMPLE_RATE };
  }

  /** The sound of a text, in pieces, each with the words that begin in it or later. */
  async *#synthesize(text, signal) {
    const { gatewaySocketUrl, gatewayToken, voice = "espeak-ng/en-us" } = this.#job;
    const socket = new WebSocket(`${gatewaySocketUrl}/tts?model=${voice}`, ["vivavoce", `bearer.${gatewayToken}`]);
    const send = (message) => socket.send(JSON.stringify(message));
    const messages = [];
    let wake = () => {};
    const arrive = (message) => {
      messages.push(message);
      wake();
    };
    socket.addEventListener("open", () => {
      send({
        type: "session.create",
        sample_rate: String(SAMPLE_RATE),
        encoding: "pcm_s16le",
        model: voice,
        extra: {},
      });
      send({ type: "input_transcript", transcript: text, generation_config: {}, extra: {} });
      send({ type: "session.flush" });
    });
    socket.addEventListener("message", ({ data }) => arrive(JSON.parse(data)));
    socket.addEventListener("error", () => arrive({ type: "error", message: "its socket broke" }));
    socket.addEventListener("close", () => arrive({ type: "done" }));
    signal.addEventListener("abort", () => arrive({ type: "done" }));
    let alignment = [];
    try {
      for (;;) {
        if (messages.length === 0) await new Promise((resolve) => (wake = resolve));
        const { type, audio, words, message } = messages.shift();
        if (type === "done" || signal.aborted) return;
        if (type === "error") throw new Error(`The voice failed: ${message}`);
        if (type === "output_alignment") alignment.push(...(words ?? []));
        if (type !== "output_audio") continue;
        const bytes = Uint8Array.from(Buffer.from(audio, "base64"));
        yield { samples: new Int16Array(bytes.buffer), alignment };
        alignment = [];
      }
    } finally {
      socket.close();
    }
  }
}
