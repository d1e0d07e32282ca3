export { livekitInference, type LivekitInferenceOptions, type LivekitStt } from "./livekit-inference.ts";
export type { FallbackModel, LivekitModelOptions, LivekitUpdateOptions, UpstreamOptions } from "./options.ts";
export type { ExtraByModel, ExtraOf, ModelString } from "./extra-by-model.ts";
export type {
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
  SpeechmaticsVocabulary,
  XaiOptions,
} from "./model-options.ts";
export { capabilitiesOf, MODEL_FAMILIES, parseModel, type ModelFamily, type ModelName } from "./models.ts";
export type { OpenSocket, SocketLike } from "../../net/socket.ts";
export type { Token, TokenFunction, TokenReason, TokenRequest } from "../../net/token.ts";
