export { silero, type SileroEngine, type SileroModel, type SileroOptions, type Vad, type VadWorker } from "./silero.ts";
export { SpeechDetector, type SpeechChange, type SpeechDetectorOptions } from "./speech-detector.ts";
export { speechSegments, type SegmentInput, type SpeechSegmentsOptions } from "./speech-segments.ts";
export type { SegmentOptions, SpeechSegment } from "./segment-cutter.ts";
export type { VadEngine } from "./vad-engine.ts";
export type { LoadCommand } from "./worker-messages.ts";
