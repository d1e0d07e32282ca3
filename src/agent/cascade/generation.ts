import type { Conversation } from "../../conversation/conversation.ts";
import { VoiceError } from "../../errors.ts";
import type { AgentHost } from "../agent-host.ts";
import type { AgentVoice } from "../agent-voice.ts";
import type { Answer } from "../answer.ts";
import { AnswerStopwatch, type AnswerAnchors } from "../answer-stopwatch.ts";
import { piecesOf, providerError } from "../provider.ts";
import type { ToolRequest, ToolRunner } from "../tool-runner.ts";
import type { CascadeSettings } from "./cascade-options.ts";
import type { RespondPiece, RespondTurn } from "./respond.ts";
import { SentenceQueue } from "./sentence-queue.ts";
import { SentenceSplitter } from "./sentence-splitter.ts";

/** What an answer is made with. */
export interface GenerationParts {
  readonly settings: CascadeSettings;
  readonly host: AgentHost;
  readonly voice: AgentVoice;
  readonly tools: ToolRunner;
}

/** Where text comes from: the language model's answer to a turn, or the app. */
export type GenerationSource =
  | { readonly turn: RespondTurn; readonly conversation: Conversation }
  | { readonly text: string };

/*
 *   held ──release──▶ said ──all is made and heard──▶ done
 *     ╰────────────abort────────────╯
 */

/**
 * One reply in the making: text, cut into sentences, spoken one after another; tools in between. While it is held it
 * makes text and sound, but nobody hears them, no tool runs, and the conversation does not know.
 */
export class Generation {
  /** Resolves when nothing more is made. */
  readonly made: Promise<void>;
  readonly #parts: GenerationParts;
  readonly #source: GenerationSource;
  readonly #isInterruptible: boolean;
  readonly #abort = new AbortController();
  readonly #released: Promise<void>;
  #release!: () => void;
  #isReleased = false;
  #anchors: AnswerAnchors | undefined;
  #conversation: Conversation | undefined;
  #answer: Answer;
  #stopwatch: AnswerStopwatch;
  #usage: Readonly<Record<string, unknown>> | undefined;

  /** Begins at once. */
  constructor(parts: GenerationParts, source: GenerationSource, isInterruptible = true) {
    this.#parts = parts;
    this.#source = source;
    this.#isInterruptible = isInterruptible;
    this.#released = new Promise((release) => (this.#release = release));
    this.#stopwatch = new AnswerStopwatch(parts.host.now);
    this.#answer = parts.voice.prepare({ isInterruptible });
    if ("turn" in source) this.#conversation = source.conversation;
    this.made = this.#make();
  }

  /** The answer that is made now: the first, until a tool was asked for. */
  get answer(): Answer {
    return this.#answer;
  }

  /** It is wanted: what is made is said, in `conversation`. */
  release(conversation: Conversation, anchors?: AnswerAnchors): void {
    this.#isReleased = true;
    this.#conversation = conversation;
    this.#anchors = anchors;
    this.#say();
    this.#release();
  }

  /** It is of no use: nothing more is made of it. What is said of it is the voice's affair. */
  abort(): void {
    this.#abort.abort();
    this.#answer.stop();
  }

  async #make(): Promise<void> {
    const { settings, host } = this.#parts;
    const signal = AbortSignal.any([this.#abort.signal, host.signal]);
    try {
      for (let step = 0; ; step++) {
        if (step > 0) this.#nextAnswer();
        const requests = await this.#step(signal);
        if (requests.length === 0 || signal.aborted) return;
        if (step === settings.maxToolSteps) {
          throw new VoiceError("provider-failed", `respond asked for tools more than ${step} times in a row`);
        }
        await this.#released; // nothing is done for a turn that may not be over
        await this.#runTools(requests, signal);
      }
    } catch (cause) {
      if (!signal.aborted) host.onWarning(providerError("The answer", cause));
    }
  }

  /** Text until the model has no more, spoken at the same time; returns the tools that it asks for. */
  async #step(signal: AbortSignal): Promise<ToolRequest[]> {
    const answer = this.#answer;
    const requests: ToolRequest[] = [];
    const sentences = new SentenceQueue();
    const isOver = new AbortController();
    const both = AbortSignal.any([signal, isOver.signal]);
    const writing = this.#write(answer, sentences, requests, both).finally(() => sentences.end());
    try {
      const speaking = this.#speakAll(answer, sentences, both);
      // Whichever fails first ends the other.
      await Promise.all([writing, speaking]);
      return requests;
    } catch (cause) {
      isOver.abort(cause);
      await writing.catch(() => undefined);
      throw cause;
    } finally {
      answer.end();
    }
  }

  /** What follows the results of tools stands after them in the conversation. */
  #nextAnswer(): void {
    this.#answer = this.#parts.voice.prepare({ isInterruptible: this.#isInterruptible });
    this.#stopwatch = new AnswerStopwatch(this.#parts.host.now);
    this.#say();
  }

  async #write(answer: Answer, sentences: SentenceQueue, requests: ToolRequest[], signal: AbortSignal): Promise<void> {
    const splitter = new SentenceSplitter();
    const take = (text: string): void => {
      this.#stopwatch.text();
      answer.addText(text, true);
      sentences.push(...splitter.push(text));
    };
    if ("text" in this.#source) take(this.#source.text);
    else {
      for await (const piece of this.#pieces(this.#source.turn, signal)) {
        if (typeof piece === "string") take(piece);
        else if (piece.type === "usage") this.#usage = piece.usage;
        else requests.push({ ...piece, callId: piece.callId ?? this.#parts.tools.freeCallId() });
      }
    }
    sentences.push(...splitter.flush());
  }

  #pieces(turn: RespondTurn, signal: AbortSignal): AsyncIterable<RespondPiece> {
    const { respond, respondTimeoutMs: limitMs, clock, tools } = this.#parts.settings;
    const conversation = this.#conversation ?? this.#parts.host.conversation;
    const now = { ...turn, isPreemptive: !this.#isReleased };
    return piecesOf("respond", () => respond(now, { conversation, tools, signal }), { limitMs, clock, signal });
  }

  async #speakAll(answer: Answer, sentences: SentenceQueue, signal: AbortSignal): Promise<void> {
    const { speak, speakTimeoutMs: limitMs, maxAheadMs, clock } = this.#parts.settings;
    for await (const sentence of sentences) {
      await answer.whenWaitingLess(maxAheadMs);
      signal.throwIfAborted();
      answer.beginPart(sentence);
      for await (const audio of piecesOf("speak", () => speak(sentence.trim(), { signal }), {
        limitMs,
        clock,
        signal,
      })) {
        answer.addAudio(audio);
        if (audio.samples.length > 0) this.#stopwatch.audio();
      }
      answer.endPart();
    }
  }

  async #runTools(requests: readonly ToolRequest[], signal: AbortSignal): Promise<void> {
    const conversation = this.#conversation ?? this.#parts.host.conversation;
    const running = requests.map((request) => this.#parts.tools.run(request, signal));
    const outputs = await Promise.all(running);
    for (const [index, { callId, name, arguments: args }] of requests.entries()) {
      const given = typeof args === "string" ? args : JSON.stringify(args);
      conversation.add({
        role: "tool",
        text: outputs[index] ?? "",
        metadata: { callId, name, arguments: given },
      });
    }
  }

  #say(): void {
    const { voice, host } = this.#parts;
    const stopwatch = this.#stopwatch;
    void voice.say(this.#answer).then((end) => {
      const metrics = stopwatch.metrics(end, this.#anchors, this.#usage);
      if (metrics) host.emit({ type: "agent-metrics", metrics });
    });
  }
}
