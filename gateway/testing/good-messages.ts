/** One of each message of the protocol, well formed. */
export const GOOD_MESSAGES: readonly string[] = [
  {
    type: "session.create",
    settings: { sample_rate: "16000", encoding: "pcm_s16le", language: "en", extra: { diarize: true } },
    fallback: { models: [{ model: "acme/one", extra: null }] },
    connection: { timeout: 10, retries: 3 },
  },
  { type: "input_audio", audio: Buffer.from([1, 0, 255, 255, 0, 128]).toString("base64") },
  { type: "session.update", settings: { language: "de", extra: {} } },
  { type: "session.finalize" },
  { type: "session.close" },
].map((message) => JSON.stringify(message));
