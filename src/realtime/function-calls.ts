import { newItemId } from "./new-item-id.ts";
import type { RealtimeFunctionCall, RealtimeFunctionCallOutput } from "./realtime-item.ts";

interface Call {
  readonly call: RealtimeFunctionCall;
  readonly responseId: string;
  kind: "announced" | "asked" | "answered" | "settled";
  output: string;
  responds: boolean;
  /** Whether the session that asked is gone, so that the next one must be told of the call as well. */
  isOld: boolean;
}

/** The two items that tell a session of a call and its result; only the second, if it asked itself. */
export type CallItems = readonly (RealtimeFunctionCall | RealtimeFunctionCallOutput)[];

/**
 * Which tools the model has asked for, and what became of it: each call is passed on once, each is answered once, and
 * when the answer that called is over and all its calls are answered, the model is to go on. Pure.
 */
export class FunctionCalls {
  readonly #calls = new Map<string, Call>();
  readonly #finished = new Set<string>();

  /** Whether tools are at work. */
  get isBusy(): boolean {
    return this.#calls.size > 0;
  }

  /** A call was begun; its arguments come later. */
  announce(responseId: string, itemId: string, callId: string, name: string): void {
    if (this.#calls.has(callId) || this.#finished.has(callId)) return;
    const call: RealtimeFunctionCall = { type: "function_call", id: itemId, callId, name, arguments: "" };
    this.#calls.set(callId, { call, responseId, kind: "announced", output: "", responds: true, isOld: false });
  }

  /** Its arguments are complete. Returns the call the first time; `undefined` if it is unknown or known already. */
  ask(callId: string, json: string): (RealtimeFunctionCall & { readonly responseId: string }) | undefined {
    const call = this.#calls.get(callId);
    if (call?.kind !== "announced") return undefined;
    const asked: Call = { ...call, call: { ...call.call, arguments: json }, kind: "asked" };
    this.#calls.set(callId, asked);
    return { ...asked.call, responseId: call.responseId };
  }

  /** Whether a call of this id was ever heard of. */
  knows(callId: string): boolean {
    return this.#calls.has(callId) || this.#finished.has(callId);
  }

  /** A tool has answered. Returns what to send, once; nothing if the call is unknown, or answered. */
  answer(callId: string, output: string, responds: boolean): CallItems {
    const call = this.#calls.get(callId);
    if (call?.kind !== "asked") return [];
    call.kind = "answered";
    call.output = output;
    call.responds &&= responds;
    return itemsOf(call);
  }

  /** No more comes of an answer. What it only began to ask is void; of one that was cut off nothing follows. */
  responseDone(responseId: string, isCompleted: boolean): void {
    for (const [callId, call] of this.#calls) {
      if (call.responseId !== responseId) continue;
      if (call.kind === "announced") this.#calls.delete(callId);
      call.responds &&= isCompleted;
    }
  }

  /** Looks for answers that are over, and whose calls are all answered. Returns whether the model is to go on. */
  settle(isOver: (responseId: string) => boolean): boolean {
    let goesOn = false;
    const calls = [...this.#calls.values()];
    for (const call of calls) {
      const { responseId } = call;
      const siblings = calls.filter((other) => other.responseId === responseId);
      if (call.kind !== "answered" || !isOver(responseId) || siblings.some(({ kind }) => isOpen(kind))) continue;
      call.kind = "settled";
      if (siblings.every(({ responds }) => responds)) goesOn = true;
      else this.#finish(call);
    }
    return goesOn;
  }

  /** The model goes on: it knows the results. */
  takenUp(): void {
    for (const call of [...this.#calls.values()]) if (call.kind === "settled") this.#finish(call);
  }

  /** The session is gone, and with it all that the model was told and has not taken up. */
  lost(): void {
    for (const [callId, call] of this.#calls) {
      if (call.kind === "announced") this.#calls.delete(callId);
      if (call.kind === "settled") call.kind = "answered";
      call.isOld = true;
    }
  }

  /** What a new session must be told: calls that were answered, and that the model has not taken up. */
  replay(): CallItems {
    return [...this.#calls.values()].filter(({ kind }) => kind === "answered").flatMap(itemsOf);
  }

  /** Nobody waits for what was asked. */
  clear(): void {
    for (const callId of this.#calls.keys()) this.#finished.add(callId);
    this.#calls.clear();
  }

  #finish({ call: { callId } }: Call): void {
    this.#calls.delete(callId);
    this.#finished.add(callId);
  }
}

function isOpen(kind: Call["kind"]): boolean {
  return kind === "announced" || kind === "asked";
}

function itemsOf({ call, output, isOld }: Call): CallItems {
  const result: RealtimeFunctionCallOutput = { type: "function_call_output", callId: call.callId, output };
  return isOld ? [{ ...call, id: newItemId() }, result] : [result];
}
