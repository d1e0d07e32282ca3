import { VoiceError } from "../errors.ts";
import type { Clock } from "../net/clock.ts";
import type { RoomPort } from "./room-port.ts";

/**
 * Names of the calls (RPC) that tell the agent of turns that are taken here; `false` makes none. Frameworks know no such
 * calls by themselves: the agent's program answers them, as LiveKit's example of push-to-talk does.
 */
export interface TurnCallOptions {
  /** The person begins to speak, first in their turn. Payload `{"atMs"}`. @defaultValue "start_turn" */
  readonly startTurn?: string | false;
  /** They have finished: commit the turn and answer. Payload `{"transcript", "skipsReply"}`. @defaultValue "end_turn" */
  readonly endTurn?: string | false;
  /** What they said in this turn is to be forgotten. @defaultValue "cancel_turn" */
  readonly cancelTurn?: string | false;
  /** They interrupt: stop speaking. @defaultValue "interrupt" */
  readonly interrupt?: string | false;
  /** Each beginning and end of their speech. Payload `{"type", "atMs"}`. @defaultValue false */
  readonly speech?: string | false;
  /** Say this text, word for word; answered when it was said. Payload `{"text"}`. @defaultValue false: `say` is not supported */
  readonly say?: string | false;
}

/** The names, completed. */
export type TurnCallNames = Required<TurnCallOptions>;

/** LiveKit's code of a method that the other side does not have. */
const UNSUPPORTED_METHOD = 1_400;
/** LiveKit's longest name of a method, in bytes. */
const MAX_NAME_LENGTH = 64;
/** Programs answer calls a while after they have come into the room: so long nothing is taken for unknown, in ms. */
const SETTLING_MS = 5_000;
/** Meanwhile what is not known is tried again after this, in ms. */
const RETRY_MS = 250;
/** Calls that wait for an agent; the oldest are dropped. */
const MAX_WAITING = 32;

/**
 * Fills in the names.
 *
 * @throws RangeError naming the option, the rule and the value.
 */
export function turnCallNames(options: TurnCallOptions = {}): TurnCallNames {
  const { startTurn = "start_turn", endTurn = "end_turn", cancelTurn = "cancel_turn" } = options;
  const { interrupt = "interrupt", speech = false, say = false } = options;
  const names = { startTurn, endTurn, cancelTurn, interrupt, speech, say };
  for (const [option, name] of Object.entries(names)) {
    if (name === false || (typeof name === "string" && name !== "" && name.length <= MAX_NAME_LENGTH)) continue;
    const rule = `a name of 1 to ${MAX_NAME_LENGTH} characters, or false`;
    throw new RangeError(`room.calls.${option} must be ${rule}, got ${JSON.stringify(name)}`);
  }
  return names;
}

/** What calls need. */
export interface TurnCallsParts {
  readonly names: TurnCallNames;
  readonly clock: Clock;
  /** The room and who is called; absent while nobody is there who hears what is said. */
  readonly target: () => { readonly room: Pick<RoomPort, "call">; readonly agentIdentity: string } | undefined;
  readonly onWarning: (error: VoiceError) => void;
}

interface WaitingCall {
  readonly option: keyof TurnCallNames;
  readonly payload: string;
}

/** Tells the agent of turns that are taken here. Calls that it does not know are told of once, and made no more. */
export class TurnCalls {
  readonly #parts: TurnCallsParts;
  readonly #unsupported = new Set<string>();
  readonly #waiting: WaitingCall[] = [];
  /** Not known yet: tried again, before those that wait. */
  readonly #refused: WaitingCall[] = [];
  readonly #callsOff = new Set<() => void>();
  /** Whether what was said before is still on its way. */
  #isHeld = false;
  #settledAtMs = 0;

  constructor(parts: TurnCallsParts) {
    this.#parts = parts;
  }

  /** Makes a call, `afterMs` from now: sound that was said before is still on its way. One that nobody can take yet waits. */
  tell(option: Exclude<keyof TurnCallNames, "say">, payload: Readonly<Record<string, unknown>>, afterMs = 0): void {
    if (this.#parts.names[option] === false) return;
    this.#makeLater({ option, payload: JSON.stringify(payload) }, afterMs);
  }

  /**
   * Has the agent say a text; resolves when it answers.
   *
   * @throws VoiceError `not-supported` without a name for it, or if the agent does not know the call; `invalid-state`
   * if nobody is there; `provider-failed` if it fails.
   */
  async say(text: string): Promise<void> {
    const method = this.#parts.names.say;
    if (method === false) {
      throw new VoiceError("not-supported", "An agent in a room says what it will: name a call for it as calls.say");
    }
    const target = this.#parts.target();
    if (!target) throw new VoiceError("invalid-state", "The agent is not in the room yet");
    const { room, agentIdentity } = target;
    await room
      .call({ destinationIdentity: agentIdentity, method, payload: JSON.stringify({ text }) })
      .catch((cause) => {
        throw errorOfCall(method, cause);
      });
  }

  /** Somebody is there, who will hear what was said before: calls wait, but for the beginning of the turn, which comes first. */
  hold(): void {
    this.#settledAtMs = this.#parts.clock.nowMs() + SETTLING_MS;
    this.#isHeld = false;
    const isStart = ({ option }: WaitingCall): boolean => option === "startTurn";
    const start = this.#waiting.find(isStart);
    const others = this.#waiting.splice(0).filter((call) => !isStart(call));
    if (start) this.#make(start);
    this.#waiting.push(...others);
    this.#isHeld = true;
  }

  /** It will have been heard `afterMs` from now: what waited is told then, in order. */
  release(afterMs = 0): void {
    this.#isHeld = false;
    for (const call of this.#waiting.splice(0)) this.#makeLater(call, afterMs);
  }

  /** Forgets what waits. */
  forget(): void {
    for (const callOff of this.#callsOff) callOff();
    this.#callsOff.clear();
    this.#waiting.length = 0;
    this.#refused.length = 0;
  }

  #makeLater(call: WaitingCall, afterMs: number): void {
    if (afterMs <= 0) return this.#make(call);
    this.#later(afterMs, () => this.#make(call));
  }

  /** What is told meanwhile waits, so that nothing overtakes it. */
  #makeAgain(call: WaitingCall): void {
    this.#isHeld = true;
    this.#refused.push(call);
    if (this.#refused.length > 1) return;
    this.#later(RETRY_MS, () => {
      this.#waiting.unshift(...this.#refused.splice(0));
      this.release();
    });
  }

  #later(afterMs: number, callback: () => void): void {
    const callOff = this.#parts.clock.schedule(afterMs, () => {
      this.#callsOff.delete(callOff);
      callback();
    });
    this.#callsOff.add(callOff);
  }

  #make(call: WaitingCall): void {
    const method = this.#parts.names[call.option];
    if (method === false || this.#unsupported.has(method)) return;
    const target = this.#isHeld ? undefined : this.#parts.target();
    if (!target) {
      this.#waiting.push(call);
      if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
      return;
    }
    const { room, agentIdentity } = target;
    room.call({ destinationIdentity: agentIdentity, method, payload: call.payload }).catch((cause: unknown) => {
      const error = errorOfCall(method, cause);
      if (error.code === "not-supported") {
        if (this.#unsupported.has(method)) return;
        if (this.#parts.clock.nowMs() < this.#settledAtMs) return this.#makeAgain(call);
        this.#unsupported.add(method);
      }
      this.#parts.onWarning(error);
    });
  }
}

/** The error of a call that the other side did not answer. */
export function errorOfCall(method: string, cause: unknown): VoiceError {
  const { code, message = String(cause) } = (cause ?? {}) as { readonly code?: unknown; readonly message?: string };
  const options = { cause, ...(typeof code === "number" ? { gatewayCode: code } : {}) };
  const name = JSON.stringify(method);
  if (code === UNSUPPORTED_METHOD) return new VoiceError("not-supported", `The agent answers no call ${name}`, options);
  return new VoiceError("provider-failed", `The agent did not answer the call ${name}: ${message}`, options);
}
