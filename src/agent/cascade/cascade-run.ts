import { msToSamples } from "../../audio/units.ts";
import { Conversation } from "../../conversation/conversation.ts";
import type { TurnEvent } from "../../turns/turn-event.ts";
import type { AgentRun, Said, SayOptions } from "../agent.ts";
import type { AgentHost } from "../agent-host.ts";
import type { AgentSpeaker, OpenSpeaker } from "../agent-speaker.ts";
import { AgentVoice } from "../agent-voice.ts";
import type { AnswerAnchors } from "../answer-stopwatch.ts";
import { ToolRunner } from "../tool-runner.ts";
import { TurnFloor } from "../turn-floor.ts";
import type { CascadeSettings } from "./cascade-options.ts";
import { Generation, type GenerationParts, type GenerationSource } from "./generation.ts";

type EventOf<Type extends TurnEvent["type"]> = Extract<TurnEvent, { type: Type }>;

/** A cascade at work: answers turns, prepares answers early, and gives way. */
export class CascadeRun implements AgentRun {
  readonly ready: Promise<void>;
  readonly #host: AgentHost;
  readonly #voice: AgentVoice;
  readonly #parts: GenerationParts;
  /** All that is made and wanted. */
  readonly #wanted = new Set<Generation>();
  #prepared: { readonly generationId: number; readonly generation: Generation } | undefined;

  constructor(settings: CascadeSettings, host: AgentHost, open: OpenSpeaker) {
    this.#host = host;
    this.#voice = new AgentVoice(host, new TurnFloor(host), open);
    this.ready = this.#voice.ready;
    const tools = new ToolRunner(settings.tools, host, settings.clock);
    this.#parts = { settings, host, voice: this.#voice, tools };
  }

  get speaker(): AgentSpeaker | undefined {
    return this.#voice.speaker;
  }

  /** How many replies are being made. */
  get health(): Readonly<Record<string, unknown>> {
    return { replies: this.#wanted.size };
  }

  take(event: TurnEvent): void {
    switch (event.type) {
      case "preemptive-generation":
        return this.#prepare(event);
      case "turn":
        return this.#answerTurn(event);
      case "interruption":
        return event.kind === "pause" ? this.#voice.pause() : this.interrupt();
      case "agent-resumed":
        return this.#voice.resume();
      default: // the rest is for the app
    }
  }

  hear(): void {
    // The session's recogniser hears for it.
  }

  async say(text: string, { isInterruptible = true }: SayOptions): Promise<Said> {
    const generation = this.#begin({ text }, isInterruptible);
    this.#want(generation, isInterruptible);
    const end = await generation.answer.over;
    return { heardText: end.heardText, isInterrupted: end.isInterrupted };
  }

  sendText(text: string): void {
    const { conversation, now, turns } = this.#host;
    turns()?.agent.interrupt();
    this.interrupt();
    conversation.add({ role: "user", text });
    void this.#reply({ transcript: text, isPreemptive: false }, { askedAt: now() });
  }

  interrupt(): void {
    this.#dropPrepared();
    for (const generation of this.#wanted) generation.abort();
    this.#wanted.clear();
    void this.#voice.cut();
  }

  clear(): void {
    this.#dropPrepared();
  }

  /** The person has likely finished: their answer is made, but neither told nor said. */
  #prepare({ generationId, transcript, signal }: EventOf<"preemptive-generation">): void {
    this.#dropPrepared();
    const conversation = new Conversation(this.#host.conversation);
    conversation.add({ role: "user", text: transcript });
    const turn = { transcript, isPreemptive: true };
    const generation = this.#begin({ turn, conversation });
    this.#prepared = { generationId, generation };
    const drop = (): void => void (this.#prepared?.generation === generation && this.#dropPrepared());
    signal.addEventListener("abort", drop, { once: true });
  }

  #answerTurn({ transcript, language, skipsReply, generationId, metrics }: EventOf<"turn">): void {
    const prepared = this.#prepared?.generationId === generationId ? this.#prepared : undefined;
    if (!prepared) this.#dropPrepared();
    this.#prepared = undefined;
    if (skipsReply || transcript.trim() === "") return prepared?.generation.abort();
    const { stoppedSpeakingMs } = metrics;
    const anchors: AnswerAnchors = {
      askedAt: this.#host.now(),
      ...(stoppedSpeakingMs === undefined ? {} : { speechEndAt: msToSamples(stoppedSpeakingMs) }),
    };
    if (prepared) return this.#want(prepared.generation, true, anchors);
    const turn = { transcript, isPreemptive: false, ...(language === undefined ? {} : { language }) };
    void this.#reply(turn, anchors);
  }

  /** Makes an answer to what stands last in the conversation, once that says what was heard of the answer before. */
  async #reply(turn: Extract<GenerationSource, { turn: unknown }>["turn"], anchors: AnswerAnchors): Promise<void> {
    this.#voice.thinking();
    const cut = this.#voice.settled;
    await cut;
    if (this.#voice.settled !== cut || this.#host.signal.aborted) return; // interrupted meanwhile
    const generation = this.#begin({ turn, conversation: this.#host.conversation });
    this.#want(generation, true, anchors);
  }

  #begin(source: GenerationSource, isInterruptible = true): Generation {
    return new Generation(this.#parts, source, isInterruptible);
  }

  #want(generation: Generation, isInterruptible: boolean, anchors?: AnswerAnchors): void {
    this.#wanted.add(generation);
    this.#voice.thinking(isInterruptible);
    generation.release(this.#host.conversation, anchors);
    void generation.made.then(() => {
      this.#wanted.delete(generation);
      if (this.#wanted.size === 0) this.#voice.thought();
    });
  }

  #dropPrepared(): void {
    this.#prepared?.generation.abort();
    this.#prepared = undefined;
  }
}
