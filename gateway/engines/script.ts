import type { ServerMessage } from "../../src/stt/livekit/wire.ts";
import { GATEWAY_ERRORS, GatewayError } from "../errors.ts";
import type { GatewayErrorName } from "../errors.ts";
import { SAMPLE_RATE_HZ } from "./engine.ts";
import type { Engine, EngineStream, StreamOutput, StreamRequest } from "./engine.ts";

/** One thing that a script does. A transcript without `start` gets the span since the last finalize. */
export type ScriptAction =
  | { readonly send: ServerMessage }
  /** Waits by the wall clock, in ms; the client's messages go on meanwhile. */
  | { readonly waitMs: number }
  /** Ends the session as the gateway's own errors do. */
  | { readonly fail: GatewayErrorName }
  /** Cuts the connection without a close frame. */
  | { readonly drop: true };

/** What a script reacts to: the session's creation, every finalize, or an amount of audio since the creation or finalize. */
export type ScriptTrigger = "created" | "finalize" | { readonly heardMs: number };

/** When this, then that. */
export interface ScriptStep {
  readonly when: ScriptTrigger;
  readonly play: readonly ScriptAction[];
}

/** A recorded way for a gateway to behave. It answers a finalize only if a step says so. */
export type Script = readonly ScriptStep[];

class ScriptStream implements EngineStream {
  readonly #script: Script;
  readonly #output: StreamOutput;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #onClose: () => void;
  #heardSamples = 0;
  #startSample = 0;
  #isOpen = true;

  constructor(script: Script, output: StreamOutput, onClose: (stream: ScriptStream) => void) {
    this.#script = script;
    this.#output = output;
    this.#onClose = () => onClose(this);
  }

  created(): void {
    this.#react((when) => when === "created");
  }

  push(samples: Int16Array): void {
    const before = this.#heardSamples - this.#startSample;
    this.#heardSamples += samples.length;
    const after = this.#heardSamples - this.#startSample;
    this.#react((when) => {
      if (typeof when === "string") return false;
      const due = (when.heardMs * SAMPLE_RATE_HZ) / 1000;
      return before < due && due <= after;
    });
  }

  finalize(): Promise<"silent"> {
    this.#react((when) => when === "finalize");
    this.#startSample = this.#heardSamples;
    return Promise.resolve("silent");
  }

  close(): void {
    this.#isOpen = false;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#onClose();
  }

  #react(isDue: (when: ScriptTrigger) => boolean): void {
    const span = {
      start: this.#startSample / SAMPLE_RATE_HZ,
      duration: (this.#heardSamples - this.#startSample) / SAMPLE_RATE_HZ,
    };
    for (const { when, play } of this.#script) if (isDue(when)) this.#play(play, span);
  }

  #play([action, ...rest]: readonly ScriptAction[], span: { readonly start: number; readonly duration: number }): void {
    if (action === undefined || !this.#isOpen) return;
    if ("waitMs" in action) {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        this.#play(rest, span);
      }, action.waitMs);
      this.#timers.add(timer);
      return;
    }
    if ("send" in action) this.#output.send("transcript" in action.send ? { ...span, ...action.send } : action.send);
    else if ("fail" in action)
      this.#output.fail(new GatewayError(action.fail, `The script says ${GATEWAY_ERRORS[action.fail]}`));
    else this.#output.drop();
    this.#play(rest, span);
  }
}

/** Plays recorded gateway behaviour, so that a client meets the bad days of a real one at will. */
export class ScriptEngine implements Engine {
  readonly #scripts: ReadonlyMap<string, Script>;
  readonly #streams = new Set<ScriptStream>();

  /** Scripts by name; the model `script/<name>` plays one. */
  constructor(scripts: Readonly<Record<string, Script>>) {
    this.#scripts = new Map(Object.entries(scripts));
  }

  open({ model, output }: StreamRequest): Promise<EngineStream> {
    const script = this.#scripts.get(model);
    if (script === undefined) {
      const names = [...this.#scripts.keys()].join(", ");
      return Promise.reject(
        new GatewayError("unknown-model", `No script is called ${JSON.stringify(model)}; there are ${names}`),
      );
    }
    const stream = new ScriptStream(script, output, (closed) => this.#streams.delete(closed));
    this.#streams.add(stream);
    // After this session's `session.created`.
    setImmediate(() => stream.created());
    return Promise.resolve(stream);
  }

  close(): Promise<void> {
    for (const stream of this.#streams) stream.close();
    return Promise.resolve();
  }
}
