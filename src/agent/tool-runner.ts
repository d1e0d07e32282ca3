import { samplesToMs } from "../audio/units.ts";
import type { JsonValue } from "../conversation/conversation-item.ts";
import { VoiceError } from "../errors.ts";
import type { Clock } from "../net/clock.ts";
import type { AgentHost } from "./agent-host.ts";
import { providerError, within } from "./provider.ts";
import type { Tool } from "./tool.ts";

const DEFAULT_TIMEOUT_MS = 30_000;

/** What the model asks for. */
export interface ToolRequest {
  readonly callId: string;
  readonly name: string;
  /** An object, or its JSON. */
  readonly arguments: unknown;
}

/**
 * Checks tools.
 *
 * @throws RangeError or TypeError naming the option, the rule and the value.
 */
export function checkedTools(tools: readonly Tool[] = [], path = "tools"): readonly Tool[] {
  if (!Array.isArray(tools)) throw new TypeError(`${path} must be a list, got ${JSON.stringify(tools)}`);
  const names = new Set<string>();
  for (const [index, { name, execute, timeoutMs = DEFAULT_TIMEOUT_MS }] of tools.entries()) {
    const at = `${path}[${index}]`;
    if (typeof name !== "string" || !/^[\w-]{1,64}$/.test(name)) {
      throw new RangeError(`${at}.name must be 1 to 64 letters, digits, _ or -, got ${JSON.stringify(name)}`);
    }
    if (names.has(name)) throw new RangeError(`${at}.name ${JSON.stringify(name)} is taken by another tool`);
    names.add(name);
    if (typeof execute !== "function") throw new TypeError(`${at}.execute must be a function`);
    if (!(timeoutMs >= 1 && timeoutMs <= 600_000)) {
      throw new RangeError(`${at}.timeoutMs must be in [1, 600000] ms, got ${timeoutMs}`);
    }
  }
  return tools;
}

/** Runs tools for an agent, each no longer than it may take. The model hears of every outcome, the app too. */
export class ToolRunner {
  readonly #tools: ReadonlyMap<string, Tool>;
  readonly #host: Pick<AgentHost, "emit" | "now" | "onWarning">;
  readonly #clock: Clock;
  #callsNamed = 0;

  constructor(tools: readonly Tool[], host: Pick<AgentHost, "emit" | "now" | "onWarning">, clock: Clock) {
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
    this.#host = host;
    this.#clock = clock;
  }

  /** A name for a call that was given none. */
  freeCallId(): string {
    return `call-${++this.#callsNamed}`;
  }

  /** Runs one; resolves with what the model is told. Rejects only with the reason of `signal`. */
  async run({ callId, name, arguments: given }: ToolRequest, signal: AbortSignal): Promise<string> {
    const { emit, now, onWarning } = this.#host;
    const began = now();
    let output: string;
    let error: VoiceError | undefined;
    try {
      const args = argumentsOf(name, given);
      emit({ type: "tool-call", callId, name, arguments: args });
      output = textOf(await this.#execute(name, args, callId, signal));
    } catch (cause) {
      signal.throwIfAborted();
      error = providerError(`The tool ${name}`, cause);
      output = JSON.stringify({ error: error.message });
      onWarning(error);
    }
    const durationMs = samplesToMs(now() - began);
    emit({ type: "tool-result", callId, name, output, durationMs, ...(error ? { error } : {}) });
    return output;
  }

  async #execute(name: string, args: JsonValue, callId: string, signal: AbortSignal): Promise<unknown> {
    const tool = this.#tools.get(name);
    if (!tool) throw new VoiceError("protocol-violated", `The model asks for a tool that there is not: ${name}`);
    const { timeoutMs: limitMs = DEFAULT_TIMEOUT_MS } = tool;
    const timeUp = new AbortController();
    try {
      const context = { callId, signal: AbortSignal.any([signal, timeUp.signal]) };
      // Through a promise, so that what it throws at once is caught too.
      const running = Promise.resolve().then(() => tool.execute(args as never, context));
      const limit = { limitMs, clock: this.#clock, signal };
      return await within(running, limit, `The tool ${name} did not answer within ${limitMs} ms`);
    } catch (cause) {
      timeUp.abort(cause);
      throw cause;
    }
  }
}

function argumentsOf(name: string, given: unknown): JsonValue {
  let value = given;
  if (typeof given === "string") {
    try {
      value = given.trim() === "" ? {} : JSON.parse(given);
    } catch (cause) {
      throw new VoiceError("protocol-violated", `The model's arguments for ${name} are not JSON`, { cause });
    }
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new VoiceError("protocol-violated", `The model's arguments for ${name} are not an object`);
  }
  return value as JsonValue;
}

function textOf(result: unknown): string {
  return typeof result === "string" ? result : (JSON.stringify(result ?? null) ?? "null");
}
