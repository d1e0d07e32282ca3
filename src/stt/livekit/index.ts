export {
  livekitInference,
  type LivekitInferenceOptions,
  type LivekitStt,
  type LivekitUpdateOptions,
} from "./livekit-inference.ts";
export { capabilitiesOf, parseModel, type ModelName } from "./models.ts";
export type { OpenSocket, SocketLike } from "../../net/socket.ts";
export type { Token, TokenFunction, TokenReason, TokenRequest } from "../../net/token.ts";
