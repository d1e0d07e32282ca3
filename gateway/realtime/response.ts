/*
 *   created ─▶ in progress ──▶ completed
 *                  ├─ cancel, speech of the user ─▶ cancelled
 *                  ├─ max_output_tokens ─────────▶ incomplete
 *                  └─ anything that breaks ──────▶ failed
 */
import { setTimeout as pause } from "node:timers/promises";
import type { WireResponse, WireServerItem } from "../../src/realtime/wire.ts";
import type { AnswerPiece, AnswerRequest } from "../answers/answer.ts";
import type { SpeechRequest } from "../speech/synthesizer.ts";
import { messagesOf } from "./context.ts";
import type { StoredItem } from "./conversation.ts";
import { newId } from "./ids.ts";
import { writeCall } from "./call-output.ts";
import { MessageOutput } from "./message-output.ts";
import type { OutputSink } from "./message-output.ts";
import { WIRE_SAMPLES_PER_MS } from "./pcm24.ts";
import { toRealtimeError } from "./realtime-error.ts";
import type { ResponsePlan } from "./response-plan.ts";
import { Sentences } from "./sentences.ts";
import { PCM24 } from "./session-config.ts";
import { contextTokens, saidTokens, textTokens, usageOf } from "./usage.ts";
import { voiceOf, wordsPerMinuteOf } from "./voices.ts";

/** What answers are made with. */
export interface ResponseMeans {
  /** Thinks. */
  readonly answer: (request: AnswerRequest) => AsyncIterable<AnswerPiece>;
  /** Speaks, at 24 kHz. */
  readonly speak: (text: string, request: SpeechRequest) => AsyncIterable<Int16Array>;
  /** What the answerer is asked as. */
  readonly model: string;
  /** How many times faster than it plays sound is sent. */
  readonly pace: number;
}

/** Why an answer is cut off. */
export type CancelReason = "turn_detected" | "client_cancelled";

type Outcome = Pick<WireResponse, "status" | "status_details">;

/** Thrown to end an answer that has grown too long. */
class LimitReached extends Error {}

/** One answer, from `response.created` to `response.done`. */
export class RealtimeResponse {
  /** Such as `resp_…`. */
  readonly id = newId("resp");
  /** How it is to be. */
  readonly plan: ResponsePlan;
  readonly #means: ResponseMeans;
  readonly #sink: OutputSink;
  readonly #conversationId: string;
  readonly #abort = new AbortController();
  readonly #aborted = aborted(this.#abort.signal);
  readonly #output: StoredItem[] = [];
  #message: MessageOutput | undefined;
  #reason: CancelReason | undefined;
  #soundFromMs = 0;
  #sentSamples = 0;
  #textTokens = 0;

  constructor(plan: ResponsePlan, means: ResponseMeans, sink: OutputSink, conversationId: string) {
    this.plan = plan;
    this.#means = means;
    this.#sink = sink;
    this.#conversationId = conversationId;
  }

  /** Cuts it off, at once. */
  cancel(reason: CancelReason): void {
    this.#reason ??= reason;
    this.#abort.abort();
  }

  /** Answers; `items` are what is read. Resolves once `response.done` has been sent, and never rejects. */
  async run(items: readonly StoredItem[]): Promise<void> {
    void this.#sink.emit({ type: "response.created", response: this.#wire({ status: "in_progress" }, null) });
    const input = contextTokens(this.plan.instructions, items);
    this.#tellLimits(input.text + input.audio);
    const outcome = await this.#answer(items).then(
      (): Outcome => ({ status: "completed", status_details: null }),
      (error: unknown) => this.#outcomeOf(error),
    );
    this.#message?.finish(outcome.status === "completed" ? "completed" : "incomplete");
    const usage = usageOf(input, { text: this.#textTokens, audio: saidTokens(this.#sentSamples) });
    void this.#sink.emit({ type: "response.done", response: this.#wire(outcome, usage) });
  }

  async #answer(items: readonly StoredItem[]): Promise<void> {
    const { instructions, tools, toolChoice } = this.plan;
    const { signal } = this.#abort;
    const messages = await Promise.race([messagesOf(instructions, items), this.#aborted]);
    signal.throwIfAborted();
    const isOffered = (name: string): boolean =>
      typeof toolChoice === "string" ? toolChoice !== "none" : toolChoice.name === name;
    const offered = tools.flatMap((tool) => (tool.type === "function" && isOffered(tool.name) ? [tool] : []));
    const sentences = new Sentences();
    for await (const piece of this.#means.answer({ model: this.#means.model, messages, tools: offered, signal })) {
      signal.throwIfAborted();
      if (piece.type === "tool-call") {
        await this.#say(sentences.end());
        this.#message?.finish("completed");
        this.#message = undefined;
        this.#textTokens += textTokens(piece.arguments);
        this.#output.push(writeCall(this.#sink, this.id, this.#output.length, piece));
      } else if (this.plan.modality === "text") this.#write(piece.text);
      else for (const sentence of sentences.push(piece.text)) await this.#say(sentence);
    }
    await this.#say(sentences.end());
  }

  async #say(sentence: string): Promise<void> {
    if (sentence === "") return;
    const { signal } = this.#abort;
    let written = 0;
    const onWord = ({ text }: { readonly text: string }): void => {
      const end = sentence.indexOf(text, written) + text.length;
      if (end < written + text.length) return;
      this.#write(sentence.slice(written, end));
      written = end;
    };
    const { voice, speed } = this.plan;
    const how = { voice: voiceOf(voice), wordsPerMinute: wordsPerMinuteOf(speed), signal, onWord };
    for await (const samples of this.#means.speak(sentence, how)) await this.#sound(samples);
    this.#write(sentence.slice(written));
  }

  #write(text: string): void {
    if (text === "") return;
    this.#spoken().write(text);
    this.#textTokens += textTokens(text);
    this.#checkLimit();
  }

  async #sound(samples: Int16Array): Promise<void> {
    const { signal } = this.#abort;
    signal.throwIfAborted();
    if (this.#sentSamples === 0) this.#soundFromMs = performance.now();
    const dueMs = this.#soundFromMs + this.#sentSamples / WIRE_SAMPLES_PER_MS / this.#means.pace - performance.now();
    if (dueMs > 0) await pause(dueMs, undefined, { signal });
    await Promise.race([this.#spoken().sound(samples), this.#aborted]);
    this.#sentSamples += samples.length;
    this.#checkLimit();
  }

  #spoken(): MessageOutput {
    if (this.#message !== undefined) return this.#message;
    this.#message = new MessageOutput(this.#sink, this.id, this.#output.length, this.plan.modality);
    this.#output.push(this.#message.item);
    return this.#message;
  }

  #checkLimit(): void {
    const tokens = this.#textTokens + saidTokens(this.#sentSamples);
    if (this.plan.maxTokens !== "inf" && tokens >= this.plan.maxTokens) throw new LimitReached();
  }

  #outcomeOf(error: unknown): Outcome {
    if (this.#reason !== undefined)
      return { status: "cancelled", status_details: { type: "cancelled", reason: this.#reason } };
    if (error instanceof LimitReached)
      return { status: "incomplete", status_details: { type: "incomplete", reason: "max_output_tokens" } };
    const { type, code, message } = toRealtimeError(error);
    return { status: "failed", status_details: { type: "failed", error: { type, code, message } } };
  }

  #tellLimits(tokens: number): void {
    const limit = 40_000;
    const rest = { reset_seconds: 0.06 };
    void this.#sink.emit({
      type: "rate_limits.updated",
      rate_limits: [{ name: "tokens", limit, remaining: Math.max(0, limit - tokens), ...rest }],
    });
  }

  #wire(outcome: Outcome, usage: (WireResponse["usage"] & {}) | null): WireResponse {
    const { isOutOfBand, modality, maxTokens, voice, metadata } = this.plan;
    return {
      object: "realtime.response",
      id: this.id,
      status: outcome.status,
      status_details: outcome.status_details ?? null,
      output: this.#output.map(({ wire }): WireServerItem => wire),
      conversation_id: isOutOfBand ? null : this.#conversationId,
      output_modalities: [modality],
      max_output_tokens: maxTokens,
      audio: { output: { format: PCM24, voice } },
      usage,
      metadata: metadata ?? null,
    };
  }
}

/** Never resolves; rejects when the signal is aborted. */
function aborted(signal: AbortSignal): Promise<never> {
  const promise = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
  promise.catch(() => undefined); // not every answer waits for something
  return promise;
}
