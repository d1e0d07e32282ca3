import { assetUrl, openWorker, type AssetLocation } from "../assets.ts";
import type { VoiceError } from "../errors.ts";
import type { CaptureEvent } from "../microphone/capture-messages.ts";
import type { Vad } from "../vad/silero.ts";
import type { VadWorkerCommand, VadWorkerMessage } from "./hearing-messages.ts";
import { HearingPipeline, type HearingCommand, type HearingEvent, type HearingOptions } from "./hearing-pipeline.ts";

/** Where detector and gate are at work. */
export interface Hearing {
  /** Passes a command of the app on. */
  command(command: HearingCommand): void;
  /** Stops it. No event follows. */
  close(): void;
}

/** What a hearing needs. */
export interface HearingParts {
  /** Where the capture events come from. */
  readonly frames: MessagePort;
  readonly options: HearingOptions;
  /** Receives everything that was found out, in order. */
  readonly onEvent: (event: HearingEvent) => void;
  /** The worker broke after it had begun; nothing follows. */
  readonly onFailure: (cause: unknown) => void;
}

/**
 * Decides in the VAD worker, so that neither order nor timing depends on the page. The frames wait in their port until
 * the worker's script runs, and in the worker until the model is there.
 */
export class WorkerHearing implements Hearing {
  readonly #worker: Worker;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /**
   * Starts the worker and the loading of the model; does not wait for the model.
   *
   * @throws VoiceError `asset-failed` if the worker's script does not run; the reason of `signal` when aborted.
   */
  static async prepare(vad: Vad, assets: AssetLocation | undefined, signal: AbortSignal): Promise<Worker> {
    const worker = await openWorker(assetUrl("vad.worker.js", assets), signal);
    command(worker, vad.loadCommand(assets));
    return worker;
  }

  /** Hands the frames over to a prepared worker. */
  static start(worker: Worker, { frames, options, onEvent, onFailure }: HearingParts): WorkerHearing {
    worker.addEventListener("message", ({ data }: MessageEvent<VadWorkerMessage>) => {
      if (data.type === "heard") data.events.forEach(onEvent);
    });
    worker.addEventListener("error", (event) => onFailure(new Error(event.message)), { once: true });
    command(worker, { type: "hear", port: frames, options }, [frames]);
    return new WorkerHearing(worker);
  }

  command(message: HearingCommand): void {
    command(this.#worker, message);
  }

  close(): void {
    this.#worker.terminate();
  }
}

function command(worker: Worker, message: VadWorkerCommand, transfer: Transferable[] = []): void {
  worker.postMessage(message, transfer);
}

/** Decides on the page, without a model: for `vad: false`, and where the worker could not be started. */
export class PageHearing implements Hearing {
  readonly #frames: MessagePort;
  readonly #pipeline: HearingPipeline;

  /** `failure`: why there is no model, if one was wanted; reported, and the gate lets everything pass. */
  constructor({ frames, options, onEvent }: Omit<HearingParts, "onFailure">, failure?: VoiceError) {
    this.#frames = frames;
    const judge = failure ? Promise.reject(failure) : Promise.resolve(undefined);
    this.#pipeline = new HearingPipeline(options, judge, onEvent);
    frames.onmessage = ({ data }: MessageEvent<CaptureEvent>): void => this.#pipeline.push(data);
  }

  command(message: HearingCommand): void {
    this.#pipeline.command(message);
  }

  close(): void {
    this.#frames.close();
  }
}
