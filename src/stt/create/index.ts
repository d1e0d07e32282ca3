export { createStt, type SttConfig, type SttProviders } from "./create-stt.ts";
