import type { JsonValue } from "../conversation/conversation-item.ts";
import { VoiceError } from "../errors.ts";
import { FunctionCalls, type CallItems } from "./function-calls.ts";
import type { RealtimeEvent } from "./realtime-event.ts";
import type { RealtimeItem } from "./realtime-item.ts";

/** Whom tool calls concern. */
export interface ToolCallsUser {
  readonly emit: (event: RealtimeEvent) => void;
  /** Whether there is a session. */
  readonly isReady: () => boolean;
  /** Puts items into the conversation. */
  readonly put: (items: CallItems) => void;
  /** Asks the model to go on. */
  readonly goOn: () => void;
  /** Whether no more comes of an answer. */
  readonly isOver: (responseId: string) => boolean;
}

/** A call whose arguments are complete. */
export interface CompleteCall {
  readonly callId: string;
  readonly name: string | undefined;
  readonly arguments: string;
  readonly responseId: string;
  readonly itemId: string;
}

/** The model's calls of tools on their way to the app, and the results on their way back. Pure. */
export class ToolCalls {
  readonly #user: ToolCallsUser;
  readonly #calls = new FunctionCalls();

  constructor(user: ToolCallsUser) {
    this.#user = user;
  }

  /** Whether tools are at work. */
  get isBusy(): boolean {
    return this.#calls.isBusy;
  }

  /** An item has begun; it is noted if it is a call. */
  announce({ id, type, callId, name }: RealtimeItem, responseId: string): void {
    if (type === "function_call" && callId && name) this.#calls.announce(responseId, id, callId, name);
  }

  /** An item is done; it is passed on if it is a call. */
  ask({ id, type, callId, name, arguments: json = "" }: RealtimeItem, responseId: string): void {
    if (type === "function_call" && callId) this.askFor({ callId, name, arguments: json, responseId, itemId: id });
  }

  /** The arguments of a call are complete: it is passed on to the app, once. */
  askFor({ callId, name, arguments: json, responseId, itemId }: CompleteCall): void {
    if (name) this.#calls.announce(responseId, itemId, callId, name);
    const call = this.#calls.ask(callId, json);
    if (!call) {
      if (!this.#calls.knows(callId)) this.#violated(`The arguments of ${callId} came, but no such call`);
      return;
    }
    let parsed: JsonValue;
    try {
      parsed = JSON.parse(json || "{}") as JsonValue;
    } catch (cause) {
      this.#violated(`The model's arguments for ${call.name} are not JSON: ${json.slice(0, 60)}`, cause);
      return this.answer(callId, JSON.stringify({ error: "The arguments are not valid JSON" }), true);
    }
    this.#user.emit({ type: "function-call", callId, name: call.name, arguments: parsed, responseId, itemId });
  }

  /** A tool has answered. What is no call is a warning; what was answered stays as it is. */
  answer(callId: string, output: string, responds: boolean): void {
    if (!this.#calls.knows(callId)) {
      const error = new VoiceError("invalid-state", `The model asked for no call ${callId}: its result is not sent`);
      return this.#user.emit({ type: "warning", error });
    }
    const items = this.#calls.answer(callId, output, responds);
    if (!this.#user.isReady()) return; // the next session is told
    this.#user.put(items);
    this.#settle();
  }

  /** No more comes of an answer. */
  responseDone(responseId: string, isCompleted: boolean): void {
    this.#calls.responseDone(responseId, isCompleted);
    this.#settle();
  }

  /** The model goes on. */
  takenUp(): void {
    this.#calls.takenUp();
  }

  /** The session is gone. */
  lost(): void {
    this.#calls.lost();
  }

  /** There is a new one, which is told of results that the last one had no use of. */
  restore(): void {
    this.#user.put(this.#calls.replay());
    this.#settle();
  }

  /** Nobody waits for what was asked. */
  clear(): void {
    this.#calls.clear();
  }

  /** The model goes on when all that an answer asked for was answered. */
  #settle(): void {
    if (this.#calls.settle(this.#user.isOver)) this.#user.goOn();
  }

  #violated(message: string, cause?: unknown): void {
    const error = new VoiceError("protocol-violated", message, cause === undefined ? {} : { cause });
    this.#user.emit({ type: "warning", error });
  }
}
