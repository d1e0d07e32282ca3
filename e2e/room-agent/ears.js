const SAMPLE_RATE = 16_000;
/** 50 ms, as LiveKit's own clients send. */
const MESSAGE_SAMPLES = 800;

/** A recognition by the gateway that goes on for as long as somebody listens. */
export class Ears {
  /** Of the sound that `push` takes, in Hz. */
  sampleRate = SAMPLE_RATE;
  #socket;
  #pending = [];
  /** Who waits for the answer to which `session.finalize`, oldest first. */
  #finalizing = [];

  /** Resolves when it hears. `onText` is told every text, whether it is final, until the next one begins. */
  static open({ gatewaySocketUrl, gatewayToken }, onText) {
    const url = `${gatewaySocketUrl}/stt?model=pocketsphinx/en-us`;
    const socket = new WebSocket(url, ["vivavoce", `bearer.${gatewayToken}`]);
    const ears = new Ears(socket, onText);
    return new Promise((resolve, reject) => {
      socket.addEventListener("open", () => {
        const settings = { sample_rate: String(SAMPLE_RATE), encoding: "pcm_s16le", extra: {} };
        ears.#send({ type: "session.create", settings });
        resolve(ears);
      });
      socket.addEventListener("error", () => reject(new Error("The recogniser cannot be reached")));
    });
  }

  constructor(socket, onText) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const { type, transcript } = JSON.parse(data);
      if (type === "interim_transcript" && transcript) onText(transcript, false);
      if (type === "final_transcript" && transcript) onText(transcript, true);
      if (type === "session.finalized") this.#finalizing.shift()?.();
    });
  }

  /** Mono, 16 bits. */
  push(samples) {
    for (const sample of samples) this.#pending.push(sample); // there may be more of them than arguments
    while (this.#pending.length >= MESSAGE_SAMPLES) this.#sendAudio(this.#pending.splice(0, MESSAGE_SAMPLES));
  }

  /** Resolves when all that was pushed has its final text. */
  finalize() {
    if (this.#pending.length > 0) this.#sendAudio(this.#pending.splice(0));
    return new Promise((resolve) => {
      this.#finalizing.push(resolve);
      this.#send({ type: "session.finalize" });
    });
  }

  close() {
    this.#socket.close();
  }

  #sendAudio(samples) {
    const bytes = Buffer.from(Int16Array.from(samples).buffer);
    this.#send({ type: "input_audio", audio: bytes.toString("base64") });
  }

  #send(message) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}
