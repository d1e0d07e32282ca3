import { openWorker, type AssetLocation } from "../assets.ts";
import { VoiceError } from "../errors.ts";
import type { CaptureEvent } from "../microphone/capture-messages.ts";
import { PLAIN_CAPTURE, type CaptureProcessorKind } from "../microphone/capture.ts";
import { fetchModel } from "../vad/fetch-model.ts";
import type { Vad } from "../vad/silero.ts";
import type { HearingCommand, HearingEvent, HearingOptions } from "./frame-decider.ts";
import {
  HEARING_PROCESSOR,
  type HearingBatch,
  type HearingProcessorCommand,
  type VadWorkerCommand,
  type VadWorkerMessage,
} from "./hearing-messages.ts";
import { HearingPipeline } from "./hearing-pipeline.ts";

/** Detector and gate at work, wherever that is. */
export interface Hearing {
  /** Passes a command of the app on. */
  command(command: HearingCommand): void;
  /** Stops it. No event follows. */
  close(): void;
}

/** What a hearing needs. */
export interface HearingParts {
  /** Where the capture processor's messages come out. */
  readonly frames: MessagePort;
  /** Settings of detector and gate. */
  readonly options: HearingOptions;
  /** Receives everything that was found out, in order. */
  readonly onEvent: (event: HearingEvent) => void;
  /** What decides broke after it had begun; nothing follows. */
  readonly onFailure: (cause: unknown) => void;
}

/** A hearing in preparation: its files are on their way while the person decides about the microphone. */
export interface PreparedHearing {
  /** The capture processor that it needs. */
  readonly processor: CaptureProcessorKind;
  /** Begins to hear, once that processor runs. Never rejects but with the reason of the signal. */
  start(parts: HearingParts): Promise<Hearing>;
}

/**
 * Prepares to hear with `vad`: on the audio thread, in a worker, or without a model on the page. A model or worker that
 * cannot load is a `vad-failed` event: everything passes then.
 */
export function prepareHearing(
  vad: Vad | false,
  options: HearingOptions,
  assets: AssetLocation | undefined,
  signal: AbortSignal,
): PreparedHearing {
  if (!vad) {
    return {
      processor: PLAIN_CAPTURE,
      start: (parts) => Promise.resolve(hearOnPage(parts, Promise.resolve(undefined))),
    };
  }
  return vad.thread === "worklet" ? prepareWorklet(vad, options, assets, signal) : prepareWorker(vad, assets, signal);
}

/** The capture processor decides itself; the weights follow when they are there, and what comes before them waits. */
function prepareWorklet(
  vad: Vad,
  options: HearingOptions,
  assets: AssetLocation | undefined,
  signal: AbortSignal,
): PreparedHearing {
  const fetching = settle(fetchModel(vad.weightsUrl(assets), signal));
  return {
    processor: { asset: "hearing.worklet.js", name: HEARING_PROCESSOR, options: { hearing: options } },
    start({ frames, onEvent }) {
      const tell = (command: HearingProcessorCommand, transfer: Transferable[] = []): void =>
        frames.postMessage(command, transfer);
      frames.onmessage = ({ data }: MessageEvent<HearingBatch>): void => data.events.forEach(onEvent);
      void fetching.then((fetched) => {
        if (signal.aborted) return;
        if (fetched.ok) tell({ type: "weights", bytes: fetched.value }, [fetched.value.buffer]);
        else tell({ type: "no-weights", message: messageOf(fetched.error) });
      });
      return Promise.resolve({ command: tell, close: () => frames.close() });
    },
  };
}

/** The worker decides. Frames wait in their port until its script runs, and in the worker until the model is there. */
function prepareWorker(vad: Vad, assets: AssetLocation | undefined, signal: AbortSignal): PreparedHearing {
  const { scriptUrl, load } = vad.worker(assets);
  const opening = settle(openWorker(scriptUrl, signal));
  // However the run ends, and however far its start has come, the worker goes with it.
  void opening.then((opened) => opened.ok && onAbort(signal, () => opened.value.terminate()));
  return {
    processor: PLAIN_CAPTURE,
    async start(parts) {
      const opened = await opening;
      signal.throwIfAborted();
      if (!opened.ok) return hearOnPage(parts, Promise.reject(opened.error));
      const { frames, options, onEvent, onFailure } = parts;
      const worker = opened.value;
      const tell = (command: VadWorkerCommand, transfer: Transferable[] = []): void =>
        worker.postMessage(command, transfer);
      worker.addEventListener("message", ({ data }: MessageEvent<VadWorkerMessage>) => {
        if (data.type === "heard") data.events.forEach(onEvent);
      });
      worker.addEventListener(
        "error",
        (event) => onFailure(new VoiceError("vad-failed", `The VAD worker broke: ${event.message}`)),
        {
          once: true,
        },
      );
      tell(load);
      tell({ type: "hear", port: frames, options }, [frames]);
      return { command: tell, close: () => worker.terminate() };
    },
  };
}

/** Decides on the page, without a model. `judge` rejects if one was wanted. */
function hearOnPage({ frames, options, onEvent }: HearingParts, judge: Promise<undefined>): Hearing {
  const pipeline = new HearingPipeline(options, judge, onEvent);
  frames.onmessage = ({ data }: MessageEvent<CaptureEvent>): void => pipeline.push(data);
  return { command: (command) => pipeline.push(command), close: () => frames.close() };
}

type Settled<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

function settle<T>(promise: Promise<T>): Promise<Settled<T>> {
  return promise.then(
    (value) => ({ ok: true, value }),
    (error: unknown) => ({ ok: false, error }),
  );
}

function onAbort(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener("abort", act, { once: true });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
