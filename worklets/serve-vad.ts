import { HearingBatcher } from "../src/gate/hearing-batcher.ts";
import type { HearCommand, VadWorkerCommand, VadWorkerMessage } from "../src/gate/hearing-messages.ts";
import { HearingPipeline } from "../src/gate/hearing-pipeline.ts";
import type { CaptureEvent } from "../src/microphone/capture-messages.ts";
import { FrameJudge } from "../src/vad/frame-judge.ts";
import type { VadEngine } from "../src/vad/vad-engine.ts";
import type { JudgedFrame, JudgeRequest, LoadCommand } from "../src/vad/worker-messages.ts";

/** Makes this worker a VAD: loads an engine when told to, and judges or hears what comes on the ports it is given. */
export function serveVad(loadEngine: (command: LoadCommand) => Promise<VadEngine>): void {
  let judge: Promise<FrameJudge> | undefined;
  let pipeline: HearingPipeline | undefined;
  onmessage = ({ data }: MessageEvent<VadWorkerCommand>): void => {
    if (data.type === "load") judge = load(loadEngine(data));
    else if (data.type === "judge") judgeFrames(data.port, judge);
    else if (data.type === "hear") pipeline = hear(data, judge);
    else pipeline?.push(data);
  };
  post({ type: "ready" });
}

async function load(loading: Promise<VadEngine>): Promise<FrameJudge> {
  try {
    const judge = new FrameJudge(await loading);
    await judge.warmUp();
    post({ type: "loaded" });
    return judge;
  } catch (cause) {
    post({ type: "load-failed", message: messageOf(cause) });
    throw cause;
  }
}

/** Everything the session needs: frames in on the port, decisions out to the page, one batch per frame. */
function hear({ port, options }: HearCommand, judge: Promise<FrameJudge | undefined> | undefined): HearingPipeline {
  const batcher = new HearingBatcher(post);
  const pipeline = new HearingPipeline(options, judge ?? Promise.resolve(undefined), (event) => batcher.push(event));
  port.onmessage = ({ data }: MessageEvent<CaptureEvent>): void => pipeline.push(data);
  return pipeline;
}

/** For the VAD alone: each frame goes back with its probability, strictly in order. */
function judgeFrames(port: MessagePort, judge: Promise<FrameJudge> | undefined): void {
  let previous: Promise<unknown> = Promise.resolve();
  port.onmessage = ({ data }: MessageEvent<JudgeRequest>): void => {
    previous = previous.then(async () => {
      try {
        const judging = await judge;
        if (!judging) throw new Error("no model was loaded");
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
