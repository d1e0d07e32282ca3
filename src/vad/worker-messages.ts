/** Tells the worker where the model and its runtime are. Answered by `loaded` or `load-failed`. */
export interface LoadCommand {
  readonly type: "load";
  /** Absolute URL of the weights, or of the `.onnx` file. */
  readonly modelUrl: string;
  /** Absolute URL of the runtime's `.wasm` file, for a model that needs one. */
  readonly wasmUrl?: string;
}

/** Asks the worker to judge the frames that arrive on `port`, each answered there by a {@link JudgedFrame}, in order. */
export interface JudgeCommand {
  readonly type: "judge";
  readonly port: MessagePort;
}

/** On the port of {@link JudgeCommand}: a frame of up to 512 samples (mono, 16 kHz, -1..1), transferred. */
export interface JudgeRequest {
  readonly samples: Float32Array;
}

/** The answer to a frame; `samples` comes back, `probability` is raw, in [0, 1]. */
export type JudgedFrame =
  | { readonly type: "judged"; readonly samples: Float32Array; readonly probability: number }
  | { readonly type: "judge-failed"; readonly message: string };

/** What the worker says about itself. */
export type WorkerNotice =
  /** The script runs. */
  { readonly type: "ready" } | { readonly type: "loaded" } | { readonly type: "load-failed"; readonly message: string };
