import { VoiceError } from "../errors.ts";
import { Deferred } from "./deferred.ts";
import type { ResponseSettings } from "./session-settings.ts";

/** What a sequencer sends. */
export interface SequencerOutput {
  /** Asks for an answer. Returns the message's id, which comes back in an error about it. */
  create(settings: ResponseSettings | undefined): string;
  /** Cancels one. */
  cancel(responseId: string): void;
}

interface Request {
  readonly settings: ResponseSettings | undefined;
  readonly created: Deferred<string | undefined>;
  clientEventId: string;
}

/*
 *   free ──create──▶ requested ──response.created──▶ ongoing ──response.done──▶ free
 *    ▲                  │ error                         ▲
 *    ╰──────────────────╯        the server by itself ──╯
 */
type Slot =
  | { readonly kind: "free" }
  | { readonly kind: "requested"; readonly request: Request; isCancelling: boolean }
  | {
      readonly kind: "ongoing";
      readonly responseId: string;
      readonly request: Request | undefined;
      isCancelling: boolean;
    };

const FREE: Slot = { kind: "free" };
const BUSY = "conversation_already_has_active_response";

/**
 * Sees to it that the conversation makes one answer at a time, whoever began it. Requests wait for their turn, in order;
 * those without settings that wait become one. Answers beside the conversation need not wait. Pure.
 */
export class ResponseSequencer {
  readonly #output: SequencerOutput;
  #slot: Slot = FREE;
  #waiting: Request[] = [];
  /** Asked for beside the conversation, and not created yet. */
  #beside: Request[] = [];
  /** Being made beside the conversation; the value tells whether it was cancelled. */
  readonly #besideIds = new Map<string, boolean>();
  #isOpen = false;

  constructor(output: SequencerOutput) {
    this.#output = output;
  }

  /** The answer that is being made. */
  get responseId(): string | undefined {
    return this.#slot.kind === "ongoing" ? this.#slot.responseId : undefined;
  }

  /** Whether an answer is being made or is asked for. */
  get isBusy(): boolean {
    return this.#slot.kind !== "free" || this.#waiting.length + this.#beside.length + this.#besideIds.size > 0;
  }

  /** Whether the server owes an answer's beginning, or the end of one that was cancelled. */
  get isAwaiting(): boolean {
    const slot = this.#slot;
    return slot.kind === "requested" || (slot.kind === "ongoing" && slot.isCancelling) || this.#beside.length > 0;
  }

  /** Whether an answer is one beside the conversation. */
  isBeside(responseId: string): boolean {
    return this.#besideIds.has(responseId);
  }

  /** Asks for an answer. Resolves with its id, or with `undefined` when it is called off. */
  request(settings?: ResponseSettings): Promise<string | undefined> {
    const twin = settings ? undefined : this.#waiting.find((request) => !request.settings);
    if (twin) return twin.created.promise;
    const request: Request = { settings, created: new Deferred(), clientEventId: "" };
    this.#waiting.push(request);
    this.#pump();
    return request.created.promise;
  }

  /** The session takes requests. */
  open(): void {
    this.#isOpen = true;
    this.#pump();
  }

  /** An answer is being made. */
  created(responseId: string, isBeside: boolean): void {
    const beside = isBeside ? this.#beside.shift() : undefined;
    if (beside) {
      this.#besideIds.set(responseId, false);
      beside.created.resolve(responseId);
      return;
    }
    const request = this.#slot.kind === "requested" ? this.#slot.request : undefined;
    const mustCancel = this.#slot.kind === "requested" && this.#slot.isCancelling;
    this.#slot = { kind: "ongoing", responseId, request, isCancelling: false };
    request?.created.resolve(responseId);
    if (mustCancel) this.cancel(responseId);
  }

  /** An answer is done; one that was never seen to begin frees the place that it must have taken. */
  done(responseId: string): void {
    if (this.#besideIds.delete(responseId)) return;
    if (this.#slot.kind === "ongoing" && this.#slot.responseId !== responseId) return;
    if (this.#slot.kind === "requested") this.#slot.request.created.resolve(undefined);
    this.#slot = FREE;
    this.#pump();
  }

  /** The server refused something: perhaps one of these requests. */
  refused(clientEventId: string | undefined, error: VoiceError): void {
    const beside = this.#beside.find((request) => request.clientEventId === clientEventId);
    this.#beside = this.#beside.filter((request) => request !== beside);
    beside?.created.reject(error);
    const slot = this.#slot;
    if (slot.kind === "free") return;
    const isMeant =
      clientEventId === undefined && slot.kind === "requested" && /response[._]create/.test(error.message);
    if (!isMeant && (clientEventId === undefined || slot.request?.clientEventId !== clientEventId)) return;
    const { request, isCancelling } = slot;
    // The server began an answer by itself meanwhile: this one comes after it.
    const isEarly = error.gatewayCode === BUSY && request !== undefined && !isCancelling;
    if (isEarly) this.#waiting.unshift(request);
    else request?.created.reject(error);
    if (slot.kind === "ongoing") this.#slot = { ...slot, request: undefined };
    else if (isEarly)
      this.#slot = { kind: "ongoing", responseId: idIn(error.message), request: undefined, isCancelling };
    else {
      this.#slot = FREE;
      this.#pump();
    }
  }

  /** Cancels the answer that is being made, once, and calls off what waits; or one beside the conversation, by its id. */
  cancel(responseId?: string): void {
    if (responseId !== undefined && this.#besideIds.get(responseId) === false) {
      this.#besideIds.set(responseId, true);
      return this.#output.cancel(responseId);
    }
    const slot = this.#slot;
    if (responseId !== undefined && !(slot.kind === "ongoing" && slot.responseId === responseId)) return;
    if (responseId === undefined) this.#callOff();
    if (slot.kind === "free" || slot.isCancelling) return;
    slot.isCancelling = true;
    if (slot.kind === "ongoing") this.#output.cancel(slot.responseId);
  }

  /** The connection is gone. What was not begun is asked for again. */
  lost(): void {
    this.#isOpen = false;
    const slot = this.#slot;
    this.#slot = FREE;
    this.#waiting.unshift(...this.#beside);
    this.#beside = [];
    this.#besideIds.clear();
    if (slot.kind !== "requested") return;
    if (slot.isCancelling) slot.request.created.resolve(undefined);
    else this.#waiting.unshift(slot.request);
  }

  /** Nothing is asked for any more: everybody who waits is told. */
  close(error: VoiceError): void {
    this.lost();
    for (const { created } of this.#waiting.splice(0)) created.reject(error);
  }

  #callOff(): void {
    for (const { created } of this.#waiting.splice(0)) created.resolve(undefined);
  }

  #pump(): void {
    if (!this.#isOpen) return;
    for (const request of [...this.#waiting]) {
      const isBeside = request.settings?.conversation === "none";
      if (!isBeside && this.#slot.kind !== "free") continue;
      this.#waiting = this.#waiting.filter((waiting) => waiting !== request);
      if (isBeside) this.#beside.push(request);
      else this.#slot = { kind: "requested", request, isCancelling: false };
      request.clientEventId = this.#output.create(request.settings);
    }
  }
}

/** The answer that an error names; an empty one is ended by any. */
function idIn(message: string): string {
  return /resp_\w+/.exec(message)?.[0] ?? "";
}
