import type { HearCommand, VadWorkerCommand, VadWorkerMessage } from "../src/gate/hearing-messages.ts";
import { HearingPipeline, type HearingEvent } from "../src/gate/hearing-pipeline.ts";
import type { CaptureEvent } from "../src/microphone/capture-messages.ts";
import { fetchModel } from "../src/vad/fetch-model.ts";
import { FrameJudge } from "../src/vad/frame-judge.ts";
import { OnnxEngine } from "../src/vad/onnx-engine.ts";
import type { JudgedFrame, JudgeRequest, LoadCommand } from "../src/vad/worker-messages.ts";

let judge: Promise<FrameJudge> | undefined;
let pipeline: HearingPipeline | undefined;

onmessage = ({ data }: MessageEvent<VadWorkerCommand>): void => {
  if (data.type === "load") judge = load(data);
  else if (data.type === "judge") judgeFrames(data.port);
  else if (data.type === "hear") pipeline = hear(data);
  else pipeline?.command(data);
};
post({ type: "ready" });

async function load(command: LoadCommand): Promise<FrameJudge> {
  try {
    const model = await fetchModel(command.modelUrl);
    const engine = await OnnxEngine.create(model, command.wasmUrl).catch(async (cause: unknown) => {
      await fetchModel(command.wasmUrl); // says it better, if the file is the reason
      throw cause;
    });
    const loaded = new FrameJudge(engine);
    await loaded.warmUp();
    post({ type: "loaded" });
    return loaded;
  } catch (cause) {
    post({ type: "load-failed", message: messageOf(cause) });
    throw cause;
  }
}

/** Everything the session needs: frames in on the port, decisions out to the page, one batch per frame. */
function hear({ port, options }: HearCommand): HearingPipeline {
  let batch: HearingEvent[] = [];
  const hearing = new HearingPipeline(options, judge ?? Promise.resolve(undefined), (event) => {
    batch.push(event);
    if (event.type === "audio" || event.type === "speech-started" || event.type === "speech-ended") return;
    if (event.type === "segment-opened" || event.type === "flush" || event.type === "segment-closed") return;
    const buffers = batch.flatMap((heard) => (heard.type === "audio" ? [heard.samples.buffer] : []));
    post({ type: "heard", events: batch }, buffers);
    batch = [];
  });
  port.onmessage = ({ data }: MessageEvent<CaptureEvent>): void => hearing.push(data);
  return hearing;
}

/** For the VAD alone: each frame goes back with its probability, strictly in order. */
function judgeFrames(port: MessagePort): void {
  let previous: Promise<unknown> = Promise.resolve();
  port.onmessage = ({ data }: MessageEvent<JudgeRequest>): void => {
    previous = previous.then(async () => {
      try {
        const judging = await judge;
        if (!judging) throw new Error("no model was loaded");
        if (data.type === "reset") return judging.reset();
        const probability = await judging.judge(data.samples);
        const answer: JudgedFrame = { type: "judged", samples: data.samples, probability };
        port.postMessage(answer, [data.samples.buffer]);
      } catch (cause) {
        port.postMessage({ type: "judge-failed", message: messageOf(cause) } satisfies JudgedFrame);
      }
    });
  };
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function post(message: VadWorkerMessage, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}
