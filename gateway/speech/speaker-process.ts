import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { GatewayError } from "../errors.ts";
import { HOW_TO_INSTALL } from "./installation.ts";
import type { SpeakCommand, SpeakerEvent } from "./speaker-messages.ts";
import { Speech } from "./speech.ts";

/** Longest that espeak-ng may take for a text, in ms; it takes 2 s for the longest. Beyond it hangs, and is ended. */
const SPEAK_LIMIT_MS = 30_000;

interface Task {
  readonly speech: Speech;
  readonly voice: string;
  readonly onDone: () => void;
  readonly timer: NodeJS.Timeout;
}

/** A child process with espeak-ng in it, seen from the server. Its death fails what it speaks and nothing else. */
export class SpeakerProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #task: Task | undefined;
  #end: GatewayError | undefined;

  /** Forks the process. */
  constructor(script: URL = speakerScript()) {
    this.#child = forkSpeaker(script);
    this.#exited = new Promise((resolve) => {
      this.#child.on("exit", () => resolve());
      // A process that could not be started never exits.
      this.#child.on("error", () => this.#child.pid === undefined && resolve());
    });
    this.#child.on("message", (event: SpeakerEvent) => this.#receive(event));
    this.#child.on("error", (cause) =>
      this.#fail(new GatewayError("synthesizer-lost", "The voice could not be started", { cause })),
    );
    this.#child.on("exit", (code, signal) =>
      this.#fail(new GatewayError("synthesizer-lost", `The voice has died (${signal ?? `exit code ${code}`})`)),
    );
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

  /** Speaks one text; `onDone` is called when the next one may come, or the process is no more. */
  speak(command: SpeakCommand, onDone: () => void): Speech {
    const speech = new Speech();
    const timer = setTimeout(() => {
      this.#fail(new GatewayError("synthesizer-lost", `espeak-ng did not end within ${SPEAK_LIMIT_MS} ms`));
      this.#child.kill("SIGKILL");
    }, SPEAK_LIMIT_MS);
    this.#task = { speech, voice: command.voice, onDone, timer };
    if (this.#end === undefined) this.#child.send(command, () => undefined); // a broken pipe is followed by "exit"
    else this.#settle((failed) => failed.fail(this.#end));
    return speech;
  }

  /** Ends the process; what it speaks fails. */
  close(): void {
    this.#fail(new GatewayError("full", "The gateway is closing"));
    this.#child.kill("SIGKILL"); // it holds nothing worth saving
  }

  #receive(event: SpeakerEvent): void {
    switch (event.type) {
      case "missing":
        return this.#fail(
          new GatewayError("synthesizer-missing", `espeak-ng cannot run here (${event.message}). ${HOW_TO_INSTALL}`),
        );
      case "speech":
        return this.#task?.speech.push(event);
      case "spoken":
        return this.#settle((speech) => speech.end());
      case "no-voice":
        return this.#settle((speech, voice) =>
          speech.fail(new GatewayError("unknown-model", `espeak-ng has no voice ${JSON.stringify(voice)}`)),
        );
      case "failed":
        return this.#settle((speech) =>
          speech.fail(new GatewayError("synthesizer-lost", `espeak-ng failed at this text (${event.code})`)),
        );
    }
  }

  #fail(error: GatewayError): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    this.#settle((speech) => speech.fail(error));
  }

  #settle(finish: (speech: Speech, voice: string) => void): void {
    const task = this.#task;
    if (task === undefined) return;
    this.#task = undefined;
    clearTimeout(task.timer);
    finish(task.speech, task.voice);
    task.onDone();
  }
}

/** From source the child is TypeScript and needs tsx; built, it lies beside this module's bundle. */
function speakerScript(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "../speaker.ts" : "./speaker.js", import.meta.url);
}

function forkSpeaker(script: URL): ChildProcess {
  return fork(script, [], {
    cwd: fileURLToPath(new URL(".", script)), // where Node looks for tsx
    execArgv: script.href.endsWith(".ts") ? ["--import", "tsx"] : [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}
