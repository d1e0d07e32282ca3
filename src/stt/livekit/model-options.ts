/*
 * What each provider's models take in `extra`, by the provider's own names: it goes to them as it is. Facts: LiveKit Agents,
 * `inference/stt.py`. Times are in ms unless the name or the doc says seconds. What has no default here has the provider's.
 */

/** Deepgram Nova. @see https://developers.deepgram.com/docs/features-overview */
export interface DeepgramOptions {
  /** Whether "uh" and "um" are written. @defaultValue true */
  readonly filler_words?: boolean;
  /** Whether texts that may still change come. @defaultValue true */
  readonly interim_results?: boolean;
  /** Silence that ends an utterance, in ms. Shorter answers sooner but cuts pauses. @defaultValue 25 */
  readonly endpointing?: number;
  /** @defaultValue true */
  readonly punctuate?: boolean;
  /** Whether numbers, dates and the like are formatted. */
  readonly smart_format?: boolean;
  /** Words with how strongly each is to be preferred (Nova-2). */
  readonly keywords?: readonly (readonly [word: string, boost: number])[];
  /** Names and terms to expect (Nova-3). */
  readonly keyterm?: string | readonly string[];
  /** Whether profanity is left out. */
  readonly profanity_filter?: boolean;
  /** Whether numbers are written in digits. */
  readonly numerals?: boolean;
  /** Whether the audio is kept out of Deepgram's model improvement. @defaultValue false */
  readonly mip_opt_out?: boolean;
  /** Whether the onset of speech is told. @defaultValue false */
  readonly vad_events?: boolean;
  /** Whether speakers are told apart. @defaultValue false */
  readonly diarize?: boolean;
  /** Whether spoken punctuation becomes punctuation. */
  readonly dictation?: boolean;
  /** Whether the language is found out. */
  readonly detect_language?: boolean;
  /** Whether finals are not held back for better formatting. @defaultValue true */
  readonly no_delay?: boolean;
  /** Whether the end of an utterance is told by the gaps between words. */
  readonly utterance_end?: boolean;
  /** What to black out, such as `"pci"` or `"numbers"`. */
  readonly redact?: string | readonly string[];
  /** What to replace, as `"find:replacement"`. */
  readonly replace?: string | readonly string[];
  /** What to look for. */
  readonly search?: string | readonly string[];
  /** Labels of the request in Deepgram's reports. */
  readonly tag?: string | readonly string[];
  /** Channels in the audio, at least 1. This library sends 1. */
  readonly channels?: number;
  /** Version of the model. */
  readonly version?: string;
  /** URL that is sent the transcripts. */
  readonly callback?: string;
  /** HTTP method of `callback`, such as `"post"`. */
  readonly callback_method?: string;
  /** Any text, which comes back in Deepgram's metadata. */
  readonly extra?: string;
}

/** Deepgram Flux, which ends turns itself. @see https://developers.deepgram.com/docs/flux/configuration */
export interface DeepgramFluxOptions {
  /** Confidence at which a turn's end is announced early, in [0.3, 0.9]. Lower announces sooner, and takes back more. @defaultValue 0.5 */
  readonly eager_eot_threshold?: number;
  /** Confidence at which a turn has ended, in [0.5, 0.9]. Lower answers sooner but cuts pauses. */
  readonly eot_threshold?: number;
  /** Silence that ends a turn whatever the confidence, in ms. */
  readonly eot_timeout_ms?: number;
  /** Names and terms to expect. */
  readonly keyterm?: string | readonly string[];
  /** Whether the audio is kept out of Deepgram's model improvement. @defaultValue false */
  readonly mip_opt_out?: boolean;
  /** Labels of the request in Deepgram's reports. */
  readonly tag?: string | readonly string[];
  /** Whether the language is found out. */
  readonly detect_language?: boolean;
}

/** AssemblyAI Universal-Streaming. @see https://www.assemblyai.com/docs/streaming */
export interface AssemblyaiOptions {
  /** Whether finals are punctuated and cased. @defaultValue false */
  readonly format_turns?: boolean;
  /** Confidence at which a turn has ended, in [0, 1]. @defaultValue 0.01 */
  readonly end_of_turn_confidence_threshold?: number;
  /** Silence that a confident end needs, in ms, at least 0. @defaultValue 0 */
  readonly min_end_of_turn_silence_when_confident?: number;
  /** Silence that ends a turn whatever the confidence, in ms. */
  readonly max_turn_silence?: number;
  /** Names and terms to expect. */
  readonly keyterms_prompt?: readonly string[];
  /** Whether the language is found out. */
  readonly language_detection?: boolean;
  /** Time without speech after which the session ends, in seconds. */
  readonly inactivity_timeout?: number;
  /** Whether speakers are told apart. @defaultValue false */
  readonly speaker_labels?: boolean;
}

/** AssemblyAI's U3 Pro family. @see https://www.assemblyai.com/docs/streaming */
export interface AssemblyaiProOptions extends AssemblyaiOptions {
  /** What to expect, in words; not together with `keyterms_prompt`. */
  readonly prompt?: string;
  /** What was said to the person last, at most 1750 characters; `updateOptions({ agentContext })` keeps it so. */
  readonly agent_context?: string;
  /** Earlier turns that serve as context; 0 is none. */
  readonly previous_context_n_turns?: number;
  /** Whether the voice that counts is near the microphone or far from it; others are held down. */
  readonly voice_focus?: "near-field" | "far-field";
  /** How strongly the background is held down. */
  readonly voice_focus_threshold?: number;
  /** What matters more. */
  readonly mode?: "min_latency" | "balanced" | "max_accuracy";
}

/** ElevenLabs Scribe. @see https://elevenlabs.io/docs/api-reference/speech-to-text/v-1-speech-to-text-realtime */
export interface ElevenlabsOptions {
  /** Who ends utterances: the client, or their VAD. */
  readonly commit_strategy?: "manual" | "vad";
  /** Whether words come with times. */
  readonly include_timestamps?: boolean;
  /** Silence that ends an utterance, in seconds. */
  readonly vad_silence_threshold_secs?: number;
  /** Probability from which on their VAD hears speech, in [0, 1]. */
  readonly vad_threshold?: number;
  /** Shorter speech is none, in ms. */
  readonly min_speech_duration_ms?: number;
  /** Shorter silence is none, in ms. */
  readonly min_silence_duration_ms?: number;
  /** Language, by ISO 639. */
  readonly language_code?: string;
}

/** A word that Speechmatics is to expect. */
export interface SpeechmaticsVocabulary {
  /** As it is to be written. */
  readonly content: string;
  /** As it may sound. */
  readonly sounds_like?: readonly string[];
}

/** Speechmatics. @see https://docs.speechmatics.com/rt-api-ref */
export interface SpeechmaticsOptions {
  /** A specialised language pack, such as `"finance"`. */
  readonly domain?: string;
  /** Spelling of the output, as a BCP 47 tag, such as `"en-GB"`. */
  readonly output_locale?: string;
  /** How long a final may take, in seconds, in [0.7, 4]. Longer is more accurate. @defaultValue 1 */
  readonly max_delay?: number;
  /** Whether `max_delay` may be passed so that numbers and dates stay whole. */
  readonly max_delay_mode?: "flexible" | "fixed";
  /** By what speakers are told apart; `"none"`: not at all. */
  readonly diarization?: "none" | "speaker" | "channel" | "channel_and_speaker_change" | "speaker_change";
  /** How readily a new speaker is heard, in [0, 1]. Higher hears more of them. */
  readonly speaker_sensitivity?: number;
  /** Most speakers to tell apart. */
  readonly max_speakers?: number;
  /** Whether a short change of speaker is ignored. */
  readonly prefer_current_speaker?: boolean;
  /** Whether texts that may still change come; the gateway has the last word. @defaultValue true */
  readonly enable_partials?: boolean;
  /** Whether numbers, dates and the like are told as such. */
  readonly enable_entities?: boolean;
  /** Which punctuation, and how much. */
  readonly punctuation_overrides?: Readonly<Record<string, unknown>>;
  /** Names and terms to expect. */
  readonly additional_vocab?: readonly SpeechmaticsVocabulary[];
  /** Silence that ends an utterance, in seconds. */
  readonly end_of_utterance_silence_trigger?: number;
  /** What audio is too quiet to be heard. */
  readonly audio_filtering_config?: Readonly<Record<string, unknown>>;
  /** What to leave out of the text, such as disfluencies. */
  readonly transcript_filtering_config?: Readonly<Record<string, unknown>>;
}

/** xAI. */
export interface XaiOptions {
  /** Whether speakers are told apart. @defaultValue false */
  readonly diarize?: boolean;
  /** Silence that ends an utterance, in ms, in [0, 5000]. */
  readonly endpointing?: number;
  /** Whether "one hundred dollars" becomes "$100"; needs a language. */
  readonly format?: boolean;
  /** Whether texts that may still change come. @defaultValue true */
  readonly interim_results?: boolean;
}

/** Cartesia Ink-Whisper. @see https://docs.cartesia.ai/api-reference/stt/stt */
export interface CartesiaWhisperOptions {
  /** Loudness under which nothing is speech, in [0, 1]. */
  readonly min_volume?: number;
  /** Silence that ends an utterance, in seconds. */
  readonly max_silence_duration_secs?: number;
}

/** Cartesia Ink-2, which ends turns itself. */
export interface CartesiaTurnOptions {
  /** Confidence at which a turn begins, in [0.5, 0.9]. @defaultValue 0.8 */
  readonly turn_start_threshold?: number;
  /** Confidence at which a turn's end is announced early, in [0.3, 0.6]. @defaultValue 0.4 */
  readonly turn_eager_end_threshold?: number;
  /** Confidence at which a turn has ended, in [0.05, 0.5]. @defaultValue 0.2 */
  readonly turn_end_threshold?: number;
  /** Silence that ends a turn whatever the confidence, in ms, in [640, 11200]. @defaultValue 5600 */
  readonly turn_end_timeout_ms?: number;
  /** Names and terms to expect: at most 100, of 1200 characters together. */
  readonly keyterm?: string | readonly string[];
}

/** Inworld. */
export interface InworldOptions {
  /** Whether the speaker's voice is described. @defaultValue true */
  readonly enable_voice_profile?: boolean;
  /** Descriptions to give, in [1, 20]. @defaultValue 10 */
  readonly voice_profile_top_n?: number;
  /** Whether words come with times. @defaultValue true */
  readonly include_word_timestamps?: boolean;
  /** @defaultValue "LINEAR16" */
  readonly audio_encoding?: "LINEAR16" | "AUTO_DETECT";
  /** Time without speech after which the session ends, in seconds; 0: never. */
  readonly inactivity_timeout_seconds?: number;
  /** Confidence at which a turn has ended, in [0, 1]. @defaultValue 0.5 */
  readonly end_of_turn_confidence_threshold?: number;
  /** Silence that a confident end needs, in ms, at least 0. */
  readonly min_end_of_turn_silence_when_confident?: number;
  /** What to expect, in words. */
  readonly prompts?: readonly string[];
  /** Probability from which on their VAD hears speech, in [0, 1]. @defaultValue 0.5 */
  readonly vad_threshold?: number;
}

/** Google Gemini, live transcription. @see https://ai.google.dev/gemini-api/docs/live-api */
export interface GoogleOptions {
  /** Languages to expect, as BCP 47 tags; none: it finds out. */
  readonly language_codes?: readonly string[];
  /** Names and terms to expect, at most 1000. */
  readonly custom_vocabulary?: readonly string[];
}
