import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { EngineStream, StreamOutput } from "../engines/engine.ts";
import { GatewayError } from "../errors.ts";
import type { EndpointerOptions } from "./endpointer.ts";
import { HOW_TO_INSTALL, MODEL_FOLDER } from "./installation.ts";
import type { RecognizerCommand, RecognizerEvent } from "./recognizer-messages.ts";

/** Audio that may be under way to the process, in samples: 2 s. More waits in the session's queue. */
const MAX_UNDER_WAY_SAMPLES = 32_000;

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: GatewayError) => void;
}

/** A child process with one decoder in it, seen from the server. Its death fails its own stream and nothing else. */
export class RecognizerProcess implements EngineStream {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #output: StreamOutput | undefined;
  #ready: Waiting | undefined;
  #room: Waiting | undefined;
  #finalized: Waiting | undefined;
  #underWaySamples = 0;
  #end: GatewayError | undefined;

  /** Resolves when the decoder has been created and warmed; rejects with the reason why it never will be. */
  readonly ready: Promise<void>;

  /** Forks the process; `modelFolder` holds `en-us`, `en-us.lm.bin` and `cmudict-en-us.dict`. */
  constructor(options: EndpointerOptions, modelFolder: string = MODEL_FOLDER) {
    this.ready = new Promise((resolve, reject) => (this.#ready = { resolve, reject }));
    this.ready.catch(() => undefined); // a decoder warmed in advance has nobody waiting yet; who takes it hears of it
    this.#child = forkRecognizer(options, modelFolder);
    this.#exited = new Promise((resolve) => {
      this.#child.on("exit", () => resolve());
      // A process that could not be started never exits.
      this.#child.on("error", () => this.#child.pid === undefined && resolve());
    });
    this.#child.on("message", (event: RecognizerEvent) => this.#receive(event));
    this.#child.on("error", (cause) =>
      this.#fail(new GatewayError("recognizer-lost", "The recogniser could not be started", { cause })),
    );
    this.#child.on("exit", (code, signal) => {
      this.#fail(
        new GatewayError(
          "recognizer-lost",
          `The recogniser of this session has died (${signal ?? `exit code ${code}`})`,
        ),
      );
    });
  }

  /** The process's id, for whoever watches it. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** False once the process has ended, failed, or was closed. */
  get isAlive(): boolean {
    return this.#end === undefined;
  }

  /** Resolves when the operating system has let go of the process. */
  exited(): Promise<void> {
    return this.#exited;
  }

  /** Directs the results to a session. */
  attach(output: StreamOutput): void {
    this.#output = output;
  }

  async push(samples: Int16Array): Promise<void> {
    this.#throwIfEnded();
    this.#underWaySamples += samples.length;
    this.#tell({ type: "audio", samples });
    if (this.#underWaySamples <= MAX_UNDER_WAY_SAMPLES) return;
    await new Promise<void>((resolve, reject) => (this.#room = { resolve, reject }));
  }

  async finalize(): Promise<"answered"> {
    this.#throwIfEnded();
    this.#tell({ type: "finalize" });
    await new Promise<void>((resolve, reject) => (this.#finalized = { resolve, reject }));
    return "answered";
  }

  close(): void {
    this.#output = undefined;
    this.#fail(new GatewayError("recognizer-lost", "The stream was closed"));
    this.#child.kill("SIGKILL"); // it holds nothing worth saving
  }

  #receive(event: RecognizerEvent): void {
    switch (event.type) {
      case "ready":
        return this.#ready?.resolve();
      case "missing":
        return this.#fail(
          new GatewayError("recognizer-missing", `PocketSphinx cannot run here (${event.message}). ${HOW_TO_INSTALL}`),
        );
      case "transcript":
        return this.#output?.send(event.transcript);
      case "processed":
        this.#underWaySamples -= event.samples;
        if (this.#underWaySamples > MAX_UNDER_WAY_SAMPLES) return;
        this.#room?.resolve();
        this.#room = undefined;
        return;
      case "finalized":
        return this.#finalized?.resolve();
    }
  }

  #fail(error: GatewayError): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    for (const waiting of [this.#ready, this.#room, this.#finalized]) waiting?.reject(error);
    this.#output?.fail(error);
  }

  #throwIfEnded(): void {
    if (this.#end !== undefined) throw this.#end;
  }

  #tell(command: RecognizerCommand): void {
    // A broken pipe is followed by "exit", which says why.
    this.#child.send(command, () => undefined);
  }
}

/** From source the child is TypeScript and needs tsx; built, it lies beside this module's bundle. */
function forkRecognizer(options: EndpointerOptions, modelFolder: string): ChildProcess {
  const isSource = import.meta.url.endsWith(".ts");
  const script = new URL(isSource ? "../recognizer.ts" : "./recognizer.js", import.meta.url);
  return fork(script, [JSON.stringify(options), modelFolder], {
    cwd: fileURLToPath(new URL(".", script)), // where Node looks for tsx
    execArgv: isSource ? ["--import", "tsx"] : [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}
