import type {
  AssemblyaiOptions,
  AssemblyaiProOptions,
  CartesiaTurnOptions,
  CartesiaWhisperOptions,
  DeepgramFluxOptions,
  DeepgramOptions,
  ElevenlabsOptions,
  GoogleOptions,
  InworldOptions,
  SpeechmaticsOptions,
  XaiOptions,
} from "./model-options.ts";

/** Which options each model takes. */
export interface ExtraByModel {
  readonly "deepgram/nova-3": DeepgramOptions;
  readonly "deepgram/nova-3-medical": DeepgramOptions;
  readonly "deepgram/nova-2": DeepgramOptions;
  readonly "deepgram/nova-2-medical": DeepgramOptions;
  readonly "deepgram/nova-2-conversationalai": DeepgramOptions;
  readonly "deepgram/nova-2-phonecall": DeepgramOptions;
  readonly "deepgram/flux-general": DeepgramFluxOptions;
  readonly "deepgram/flux-general-en": DeepgramFluxOptions;
  readonly "deepgram/flux-general-multi": DeepgramFluxOptions;
  readonly "assemblyai/universal-streaming": AssemblyaiOptions;
  readonly "assemblyai/universal-streaming-multilingual": AssemblyaiOptions;
  readonly "assemblyai/u3-rt-pro": AssemblyaiProOptions;
  readonly "assemblyai/universal-3-5-pro": AssemblyaiProOptions;
  readonly "elevenlabs/scribe_v2_realtime": ElevenlabsOptions;
  readonly "speechmatics/enhanced": SpeechmaticsOptions;
  readonly "speechmatics/standard": SpeechmaticsOptions;
  readonly "xai/stt-1": XaiOptions;
  readonly "cartesia/ink-whisper": CartesiaWhisperOptions;
  readonly "cartesia/ink-2": CartesiaTurnOptions;
  readonly "inworld/inworld-stt-1": InworldOptions;
  readonly "google/gemini-3.5-transcribe-live": GoogleOptions;
}

/** A model string; editors offer those that are known, and any other is taken too. */
export type ModelString = keyof ExtraByModel | (string & { readonly [NOT_CLOSED]?: never });

/** Keeps the names of models from being swallowed by `string`. */
declare const NOT_CLOSED: unique symbol;

/** What `extra` accepts for a model string, with or without `:language`: anything, if the model is not known. */
export type ExtraOf<M extends string> = M extends keyof ExtraByModel
  ? ExtraByModel[M]
  : M extends `${infer Name extends keyof ExtraByModel}:${infer Language}`
    ? Language extends `${string}:${string}`
      ? Readonly<Record<string, unknown>>
      : ExtraByModel[Name]
    : Readonly<Record<string, unknown>>;
