import { readFile } from "node:fs/promises";
import { designKernel } from "../src/audio/kernel.ts";
import { CAPTURE_RATE } from "../src/audio/units.ts";
import { HearingPipeline } from "../src/gate/hearing-pipeline.ts";
import type { CaptureEvent } from "../src/microphone/capture-messages.ts";
import { CapturePipeline } from "../src/microphone/capture-pipeline.ts";
import { copySound } from "../src/microphone/captured-sound.ts";
import type { VoiceEvent } from "../src/session/events.ts";
import { SpeechPath } from "../src/session/speech-path.ts";
import { livekitInference } from "../src/stt/livekit/livekit-inference.ts";
import { FrameJudge } from "../src/vad/frame-judge.ts";
import { createSileroEngine } from "../src/vad/silero/create-silero-engine.ts";
import { CountingSocket } from "./counting-socket.ts";
import type { HearOptions } from "./options.ts";
import { atRate, type Recording } from "./recording.ts";

/** A gateway to speak to. */
export interface GatewayAddress {
  readonly url: string;
  issueToken(): Promise<{ readonly token: string }>;
}

const QUANTUM_SAMPLES = 128;
const FINAL_LIMIT_MS = 15_000;

/**
 * Sends a recording through the parts that a page uses (capture pipeline, model, detector, gate, stream, session
 * events), in Node and as fast as the gateway answers. Time is that of the samples, so two runs are equal to the bit.
 */
export async function hearOffline(
  recording: Recording,
  options: Pick<HearOptions, "gate" | "vad" | "model" | "rate">,
  gateway: GatewayAddress,
  onEvent: (event: VoiceEvent) => void,
  socket = new CountingSocket(),
): Promise<void> {
  const played = atRate(recording, options.rate ?? recording.sampleRate);
  const failed = new AbortController();
  let nowSample = 0;
  const path = new SpeechPath({
    stt: livekitInference({
      url: `${gateway.url}/v1`,
      model: options.model,
      token: () => gateway.issueToken(),
      webSocket: socket.open,
    }),
    now: () => nowSample,
    emit: onEvent,
    onFailure: (error) => failed.abort(error),
    signal: failed.signal,
  });
  const judge = loadJudge(options.vad);
  const hearing = new HearingPipeline({ detector: {}, gate: { policy: options.gate } }, judge, (event) => {
    const decidedAt = event.type === "frame" ? event.endSample : "atSample" in event ? event.atSample : nowSample;
    nowSample = Math.max(nowSample, decidedAt);
    path.hear(event);
  });
  const captured: CaptureEvent[] = [];
  const capture = new CapturePipeline({ kernel: designKernel(played.sampleRate, CAPTURE_RATE) }, (event) =>
    captured.push(event.type === "frame" ? copySound(event) : event),
  );
  const decide = async (): Promise<void> => {
    for (const event of captured.splice(0)) {
      hearing.push(event);
      await hearing.idle();
      await socket.quiet(); // a text comes before the samples after it, as in real time
      failed.signal.throwIfAborted();
    }
  };
  try {
    await socket.quiet();
    const length = played.channels[0]?.length ?? 0;
    for (let start = 0; start < length; start += QUANTUM_SAMPLES) {
      capture.push(
        start,
        played.channels.map((channel) => channel.subarray(start, start + QUANTUM_SAMPLES)),
      );
      await decide();
    }
    capture.finish();
    await decide();
    await path.finish(FINAL_LIMIT_MS);
    failed.signal.throwIfAborted();
  } finally {
    failed.abort();
    await (await judge).close();
  }
}

/** The built-in engine, with the weights that the package ships. */
async function loadJudge(version: "v5" | "v6"): Promise<FrameJudge> {
  const weights = new URL(`../dist/assets/silero-${version}.f24.bin`, import.meta.url);
  const judge = new FrameJudge(createSileroEngine(await readFile(weights)));
  await judge.warmUp();
  return judge;
}
