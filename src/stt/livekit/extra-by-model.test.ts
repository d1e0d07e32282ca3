import { expectTypeOf, test } from "vitest";
import type { ExtraOf } from "./extra-by-model.ts";
import { livekitInference } from "./livekit-inference.ts";
import type {
  AssemblyaiOptions,
  CartesiaTurnOptions,
  DeepgramFluxOptions,
  DeepgramOptions,
  SpeechmaticsOptions,
} from "./model-options.ts";

// The compiler checks this file (`tsc -p tsconfig.node.json`): an error that does not come is one, too.

const token = (): Promise<string> => Promise.resolve("");

test("the model, with or without its language, decides what extra accepts", () => {
  expectTypeOf<ExtraOf<"deepgram/nova-3">>().toEqualTypeOf<DeepgramOptions>();
  expectTypeOf<ExtraOf<"deepgram/nova-3:en-US">>().toEqualTypeOf<DeepgramOptions>();
  expectTypeOf<ExtraOf<"deepgram/flux-general-multi:multi">>().toEqualTypeOf<DeepgramFluxOptions>();
  expectTypeOf<ExtraOf<"assemblyai/universal-streaming">>().toEqualTypeOf<AssemblyaiOptions>();
  expectTypeOf<ExtraOf<"speechmatics/standard:de">>().toEqualTypeOf<SpeechmaticsOptions>();
  expectTypeOf<ExtraOf<"cartesia/ink-2">>().toEqualTypeOf<CartesiaTurnOptions>();
});

test("a model that is not known, or known only at run time, takes any extra", () => {
  type Any = Readonly<Record<string, unknown>>;
  expectTypeOf<ExtraOf<string>>().toEqualTypeOf<Any>();
  expectTypeOf<ExtraOf<"auto">>().toEqualTypeOf<Any>();
  expectTypeOf<ExtraOf<"new/model:en">>().toEqualTypeOf<Any>();
  expectTypeOf<ExtraOf<`new/model`>>().toEqualTypeOf<Any>();
  // The last colon counts, so this is a model that nobody knows.
  expectTypeOf<ExtraOf<"deepgram/nova-3:beta:en">>().toEqualTypeOf<Any>();
});

test("extras are checked where they are written", () => {
  livekitInference({ model: "deepgram/nova-3:en", token, extra: { filler_words: false, keyterm: ["Vivavoce"] } });
  livekitInference({ model: "assemblyai/u3-rt-pro", token, extra: { mode: "balanced", speaker_labels: true } });
  livekitInference({ model: "cartesia/ink-2", token, extra: { turn_end_timeout_ms: 640 } });
  livekitInference({ model: "new/model", token, extra: { anything: "goes" } });
  livekitInference({ token, extra: { anything: "goes" } });
  const chosen: string = "xai/stt-1";
  livekitInference({ model: chosen, token, extra: { anything: "goes" } });

  // @ts-expect-error AssemblyAI's key
  livekitInference({ model: "deepgram/nova-3", token, extra: { keyterms_prompt: ["Vivavoce"] } });
  // @ts-expect-error AssemblyAI's key; a language in the model changes nothing
  livekitInference({ model: "deepgram/nova-3:en", token, extra: { keyterms_prompt: ["Vivavoce"] } });
  // @ts-expect-error a text where a number is due
  livekitInference({ model: "deepgram/flux-general", token, extra: { eot_threshold: "0.7" } });
  // @ts-expect-error Nova's key, not Flux's
  livekitInference({ model: "deepgram/flux-general", token, extra: { smart_format: true } });
  // @ts-expect-error of the U3 Pro family only
  livekitInference({ model: "assemblyai/universal-streaming", token, extra: { mode: "balanced" } });
  // @ts-expect-error not one of the modes
  livekitInference({ model: "assemblyai/u3-rt-pro", token, extra: { mode: "fast" } });
  // @ts-expect-error Ink-2's key, not Ink-Whisper's
  livekitInference({ model: "cartesia/ink-whisper", token, extra: { turn_end_threshold: 0.2 } });
  // @ts-expect-error there is no other rate
  livekitInferenceNever({ token, sampleRate: 8_000 });
  // @ts-expect-error there is no other encoding
  livekitInferenceNever({ token, encoding: "opus" });
});

test("an update takes the extras of the model that it names, or else of the first one", () => {
  const stt = livekitInference({ model: "deepgram/nova-3", token });
  stt.updateOptions({ extra: { endpointing: 300 } });
  stt.updateOptions({ model: "xai/stt-1", extra: { format: true } });
  // @ts-expect-error not Deepgram's
  stt.updateOptions({ extra: { format: true } });
  // @ts-expect-error not xAI's
  stt.updateOptions({ model: "xai/stt-1", extra: { smart_format: true } });
});

/** For options that would throw. */
function livekitInferenceNever(_options: Parameters<typeof livekitInference>[0]): void {}
