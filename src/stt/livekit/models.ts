import type { SttCapabilities } from "../contract.ts";

/** A model string taken apart: `"deepgram/nova-3:en"` is a model and a language. */
export interface ModelName {
  readonly model: string;
  readonly provider: string;
  readonly language?: string;
}

/**
 * Splits `"provider/model[:language]"` on its last colon.
 *
 * @throws TypeError if it is empty.
 */
export function parseModel(text: string): ModelName {
  if (typeof text !== "string" || text.trim() === "") {
    throw new TypeError(`stt.model must be "provider/model" or "provider/model:language", got ${JSON.stringify(text)}`);
  }
  const colon = text.lastIndexOf(":");
  const model = colon < 0 ? text : text.slice(0, colon);
  const language = colon < 0 ? "" : text.slice(colon + 1);
  const provider = model.split("/")[0] ?? model;
  return { model, provider, ...(language === "" ? {} : { language }) };
}

/** Families whose words come with times that can be relied on (LiveKit Agents, `_WORD_ALIGNED_MODELS`). */
const WORD_ALIGNED: readonly RegExp[] = [
  /^deepgram\/(nova-[23]|flux-)/,
  /^cartesia\/ink-whisper$/,
  /^assemblyai\/(universal-|u3-rt-pro)/,
  /^elevenlabs\/scribe_v2_realtime$/,
  /^xai\/stt-1$/,
  /^speechmatics\/(enhanced|standard)$/,
  /^pocketsphinx\//,
];

/** Models that are known to answer `session.finalize` while they go on listening. */
const FLUSHES_INLINE: readonly RegExp[] = [/^speechmatics\//, /^pocketsphinx\//, /^ledger$/, /^script\//];

/** Models that end turns themselves, and must therefore hear the silences. */
const ENDS_TURNS: readonly RegExp[] = [/^deepgram\/flux-/, /^cartesia\/ink-2$/];

/** What is known of a model. Unknown ones are taken to need silence at the end of an utterance. */
export function capabilitiesOf(model: string): SttCapabilities {
  const isAny = (families: readonly RegExp[]): boolean => families.some((family) => family.test(model));
  return {
    interimResults: true,
    alignedTranscript: isAny(WORD_ALIGNED) ? "word" : false,
    flush: isAny(FLUSHES_INLINE) ? "inline" : "none",
    endsTurns: isAny(ENDS_TURNS),
  };
}
