export { livekitLlm, type LivekitLlmOptions } from "./livekit-llm.ts";
export { livekitTts, type LivekitTts, type LivekitTtsOptions } from "./livekit-tts.ts";
