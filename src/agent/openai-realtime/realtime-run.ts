import { msToSamples, samplesToMs } from "../../audio/units.ts";
import type { HearingEvent } from "../../gate/frame-decider.ts";
import type { Clock } from "../../net/clock.ts";
import type { RealtimeClient } from "../../realtime/realtime-client.ts";
import type { RealtimeEvent } from "../../realtime/realtime-event.ts";
import { textMessage } from "../../realtime/realtime-item.ts";
import type { RealtimeClientOptions } from "../../realtime/realtime-options.ts";
import type { TurnEvent } from "../../turns/turn-event.ts";
import type { AgentRun, Said } from "../agent.ts";
import type { AgentHost } from "../agent-host.ts";
import type { AgentSpeaker, OpenSpeaker } from "../agent-speaker.ts";
import { AgentVoice } from "../agent-voice.ts";
import type { AnswerAnchors } from "../answer-stopwatch.ts";
import { LoneFloor } from "../lone-floor.ts";
import type { Tool } from "../tool.ts";
import { ToolRunner } from "../tool-runner.ts";
import { TurnFloor } from "../turn-floor.ts";
import { contextOf, instructionsOf } from "./conversation-context.ts";
import { HeardSpeech } from "./heard-speech.ts";
import { RealtimeAnswers } from "./realtime-answers.ts";

/** What a run is made with. */
export interface RealtimeRunParts {
  readonly options: Omit<RealtimeClientOptions, "onEvent" | "context" | "tools">;
  readonly tools: readonly Tool[];
  /** Whether the session ends turns, and not the server. */
  readonly isLocal: boolean;
  readonly makeClient: (options: RealtimeClientOptions) => RealtimeClient;
  readonly clock: Clock;
}

/** OpenAI Realtime at work in a session: hears what passes the gate, answers through the loudspeaker. */
export class RealtimeRun implements AgentRun {
  readonly ready: Promise<void>;
  readonly #host: AgentHost;
  readonly #isLocal: boolean;
  /** Whether the server cancels its answer when it hears speech. */
  readonly #isCancelledByServer: boolean;
  readonly #client: RealtimeClient;
  readonly #voice: AgentVoice;
  readonly #answers: RealtimeAnswers;
  readonly #heard: HeardSpeech;
  readonly #tools: ToolRunner;
  #toolAbort = new AbortController();
  /** Tools that are at work. */
  #calls = 0;
  #anchors: AnswerAnchors | undefined;
  /** Where the detector last found the end of speech. */
  #speechEndAt: number | undefined;

  /** Connects at once. */
  constructor({ options, tools, isLocal, makeClient, clock }: RealtimeRunParts, host: AgentHost, open: OpenSpeaker) {
    this.#host = host;
    this.#isLocal = isLocal;
    const { session = {} } = options;
    this.#isCancelledByServer = !isLocal && session.turnDetection?.interruptResponse !== false;
    const floor = host.surroundings.turns ? new TurnFloor(host) : new LoneFloor(host);
    this.#voice = new AgentVoice(host, floor, open);
    this.ready = this.#voice.ready;
    const { conversation, signal } = host;
    const instructions = options.instructions ?? instructionsOf(conversation);
    this.#client = makeClient({
      ...options,
      session: isLocal ? { ...session, turnDetection: null } : session,
      ...(instructions === undefined ? {} : { instructions }),
      ...(tools.length === 0 ? {} : { tools: tools.map(specOf) }),
      context: () => contextOf(conversation),
      mayRenew: () => !this.#voice.isBusy && (options.mayRenew?.() ?? true),
      onEvent: (event) => this.#take(event),
    });
    this.#answers = new RealtimeAnswers({
      client: this.#client,
      voice: this.#voice,
      host,
      isCalling: () => this.#calls > 0,
      anchors: () => this.#anchors,
    });
    this.#heard = new HeardSpeech(host, this.#client, isLocal);
    this.#tools = new ToolRunner(tools, host, clock);
    signal.addEventListener("abort", () => this.#client.close(), { once: true });
    this.#client.connect().catch(ignore); // `closed` tells it
  }

  get speaker(): AgentSpeaker | undefined {
    return this.#voice.speaker;
  }

  /** The connection to the server. */
  get health(): Readonly<Record<string, unknown>> {
    return { ...this.#client.health };
  }

  take(event: TurnEvent): void {
    switch (event.type) {
      case "turn":
        return this.#isLocal ? this.#answerTurn(event) : undefined;
      case "interruption":
        return event.kind === "pause" ? this.#voice.pause() : this.interrupt();
      case "agent-resumed":
        return this.#voice.resume();
      case "false-interruption": // what was heard was no speech to answer
        return this.#isLocal ? this.#heard.clear() : undefined;
      default: // the rest is for the app
    }
  }

  hear(event: HearingEvent): void {
    if (event.type === "speech-ended") this.#speechEndAt = event.endSample;
    this.#heard.hear(event);
  }

  async say(text: string): Promise<Said> {
    this.#anchors = undefined;
    const instructions = `Say exactly this, word for word, and nothing else: ${text}`;
    const responseId = await this.#client.createResponse({ instructions, toolChoice: "none" });
    if (responseId === undefined) return { heardText: "", isInterrupted: true };
    return this.#answers.saidOf(responseId);
  }

  sendText(text: string): void {
    const { conversation, now, turns } = this.#host;
    turns()?.agent.interrupt();
    this.interrupt();
    const { id } = conversation.add({ role: "user", text });
    this.#anchors = { askedAt: now() };
    this.#client.createItem(textMessage("user", text, id)).catch(ignore);
    this.#client.createResponse().catch(ignore);
  }

  interrupt(): void {
    this.#toolAbort.abort();
    this.#toolAbort = new AbortController();
    this.#answers.cut();
  }

  clear(): void {
    this.#heard.clear();
  }

  #answerTurn({ skipsReply, metrics, itemId }: Extract<TurnEvent, { type: "turn" }>): void {
    if (!this.#heard.commit(itemId)) return; // nothing was heard that could be answered
    const { stoppedSpeakingMs } = metrics; // absent where no recogniser tells of words
    const speechEndAt = stoppedSpeakingMs === undefined ? this.#speechEndAt : msToSamples(stoppedSpeakingMs);
    this.#anchors = { askedAt: this.#host.now(), ...(speechEndAt === undefined ? {} : { speechEndAt }) };
    if (!skipsReply) this.#client.createResponse().catch(ignore);
  }

  #take(event: RealtimeEvent): void {
    const { emit, onWarning, onFailure, now } = this.#host;
    switch (event.type) {
      case "session-ready":
        return event.isReconnect ? emit({ type: "agent-reconnected" }) : undefined;
      case "reconnecting":
        return event.error && emit({ type: "agent-reconnecting", error: event.error, retryInMs: event.retryInMs });
      case "warning":
        return onWarning(event.error);
      case "closed":
        return event.error && onFailure(event.error);
      case "audio-lost": {
        const durationMs = samplesToMs(event.endSample - event.startSample);
        return emit({ type: "gap", startMs: samplesToMs(event.startSample), durationMs, cause: "unsent" });
      }
      case "speech-started":
        if (this.#isCancelledByServer) this.interrupt();
        return this.#heard.take(event);
      case "speech-stopped":
        if (!this.#isLocal) {
          const speechEndAt = event.endSample;
          this.#anchors = { askedAt: now(), ...(speechEndAt === undefined ? {} : { speechEndAt }) };
        }
        return this.#heard.take(event);
      case "audio-committed":
      case "input-transcript":
        return this.#heard.take(event);
      case "input-transcript-failed":
        return onWarning(event.error);
      case "function-call":
        return void this.#call(event);
      case "response-requested":
      case "response-created":
      case "output-item-added":
      case "output-text":
      case "output-audio":
      case "output-audio-done":
      case "output-item-done":
      case "response-done":
        if (event.type === "response-done" && event.error) onWarning(event.error);
        return this.#answers.take(event);
      default: // the rest is for `onServerEvent`
    }
  }

  async #call({ callId, name, arguments: args }: Extract<RealtimeEvent, { type: "function-call" }>): Promise<void> {
    const { signal } = this.#toolAbort;
    const isOver = AbortSignal.any([signal, this.#host.signal]);
    this.#calls += 1;
    try {
      const output = await this.#tools.run({ callId, name, arguments: args }, isOver);
      const metadata = { callId, name, arguments: JSON.stringify(args) };
      this.#host.conversation.add({ role: "tool", text: output, metadata });
      this.#client.sendToolResult(callId, output);
    } catch {
      // The answer that asked was cut off: the model is told, and not asked to go on.
      const output = JSON.stringify({ error: "The person interrupted before the tool had answered" });
      if (signal.aborted) this.#client.sendToolResult(callId, output, { responds: false });
    } finally {
      this.#calls -= 1;
      this.#answers.rest();
    }
  }
}

function specOf({ name, description, parameters }: Tool): Pick<Tool, "name" | "description" | "parameters"> {
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
  };
}

function ignore(): void {
  // told as a warning, or by `closed`
}
