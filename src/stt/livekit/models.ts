import type { SttCapabilities } from "../contract.ts";
import { normalizeLanguage } from "../language.ts";

/** Options of a model, by the provider's own names. */
export type Extra = Readonly<Record<string, unknown>>;

/** A model string taken apart: `"deepgram/nova-3:en"` is a model and a language. */
export interface ModelName {
  readonly model: string;
  readonly provider: string;
  readonly language?: string;
}

/**
 * Splits `"provider/model[:language]"` on its last colon. Nothing is `"auto"`: LiveKit picks by language.
 *
 * @throws TypeError naming `path` if it is empty, or no string.
 */
export function parseModel(text = "auto", path = "stt.model"): ModelName {
  if (typeof text !== "string" || text.trim() === "") {
    throw new TypeError(`${path} must be "provider/model" or "provider/model:language", got ${JSON.stringify(text)}`);
  }
  const colon = text.lastIndexOf(":");
  const model = colon < 0 ? text : text.slice(0, colon);
  const language = colon < 0 ? "" : normalizeLanguage(text.slice(colon + 1));
  const provider = model === "auto" ? "livekit" : (model.split("/", 1)[0] ?? model);
  return { model, provider, ...(language === "" ? {} : { language }) };
}

/** Models that have something in common, and what is known of them. */
export interface ModelFamily {
  /** Names, and beginnings of names, which end in `*`. */
  readonly models: readonly string[];
  /** Words come with times that can be relied on. LiveKit's claim, model by model. */
  readonly alignedTranscript?: "word";
  /** It is known to answer `session.finalize` and to go on listening. */
  readonly flush?: "inline";
  /** It ends turns itself, and must therefore hear the silences. */
  readonly endsTurns?: true;
  /** Where it takes key terms: their key in `extra`. */
  readonly keyTerms?: "keyterm" | "keyterms_prompt" | "additional_vocab";
  /** It takes what the agent said last as context. */
  readonly takesAgentContext?: true;
}

const FLUX = { endsTurns: true, keyTerms: "keyterm" } as const;
const SPEECHMATICS = { flush: "inline", keyTerms: "additional_vocab" } as const;

/**
 * What is known of LiveKit Inference's models, and of the local gateway's; of those that match, the first counts. A model
 * that is not here is taken to need silence at the end of an utterance, and its times are not relied on.
 */
export const MODEL_FAMILIES: readonly ModelFamily[] = [
  {
    models: [
      "deepgram/nova-3",
      "deepgram/nova-3-medical",
      "deepgram/nova-2",
      "deepgram/nova-2-medical",
      "deepgram/nova-2-conversationalai",
      "deepgram/nova-2-phonecall",
    ],
    alignedTranscript: "word",
    keyTerms: "keyterm",
  },
  {
    models: ["deepgram/flux-general", "deepgram/flux-general-en", "deepgram/flux-general-multi"],
    alignedTranscript: "word",
    ...FLUX,
  },
  { models: ["deepgram/flux-*"], ...FLUX },
  { models: ["deepgram/*"], keyTerms: "keyterm" },
  {
    models: ["assemblyai/u3-rt-pro", "assemblyai/universal-3-5-pro"],
    alignedTranscript: "word",
    keyTerms: "keyterms_prompt",
    takesAgentContext: true,
  },
  {
    models: ["assemblyai/universal-streaming", "assemblyai/universal-streaming-multilingual"],
    alignedTranscript: "word",
    keyTerms: "keyterms_prompt",
  },
  { models: ["assemblyai/*"], keyTerms: "keyterms_prompt" },
  { models: ["speechmatics/enhanced", "speechmatics/standard"], alignedTranscript: "word", ...SPEECHMATICS },
  { models: ["speechmatics/*"], ...SPEECHMATICS },
  { models: ["cartesia/ink-2"], endsTurns: true },
  { models: ["cartesia/ink-whisper", "elevenlabs/scribe_v2_realtime", "xai/stt-1"], alignedTranscript: "word" },
  { models: ["pocketsphinx/*", "ledger/words"], alignedTranscript: "word", flush: "inline" },
  { models: ["ledger", "ledger/*", "script/*"], flush: "inline" },
];

/** What is known of a model. */
export function familyOf(model: string): ModelFamily {
  const isNamed = (name: string): boolean =>
    name.endsWith("*") ? model.startsWith(name.slice(0, -1)) : name === model;
  return MODEL_FAMILIES.find(({ models }) => models.some(isNamed)) ?? { models: [model] };
}

/**
 * What a model can do with these options. Where others may take its place, words are aligned, and a flush is taken, only
 * if all of them do so.
 */
export function capabilitiesOf(
  model: string,
  extra: Extra = {},
  fallbackModels: readonly string[] = [],
): SttCapabilities {
  const families = [model, ...fallbackModels].map(familyOf);
  return {
    streaming: true,
    interimResults: extra["interim_results"] !== false,
    diarization: ["diarize", "speaker_labels", "diarization"].some((key) => isOn(extra[key])),
    alignedTranscript: families.every(({ alignedTranscript }) => alignedTranscript) ? "word" : false,
    offlineRecognize: false,
    flush: families.every(({ flush }) => flush) ? "inline" : "none",
    endsTurns: families[0]?.endsTurns ?? false,
  };
}

/** Speechmatics says "none" for off. */
function isOn(flag: unknown): boolean {
  return Boolean(flag) && !(typeof flag === "string" && flag.toLowerCase() === "none");
}
