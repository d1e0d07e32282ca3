import type { RealtimeClient } from "../../realtime/realtime-client.ts";
import type { OutputEvent } from "../../realtime/realtime-event.ts";
import type { Said } from "../agent.ts";
import type { AgentHost } from "../agent-host.ts";
import type { AgentVoice, VoicedEnd } from "../agent-voice.ts";
import type { Answer } from "../answer.ts";
import { AnswerStopwatch, type AnswerAnchors } from "../answer-stopwatch.ts";
import { providerError } from "../provider.ts";

/** Rate of the audio that is received, in Hz. */
const RATE_HZ = 24_000;

type EventOf<Type extends OutputEvent["type"]> = Extract<OutputEvent, { type: Type }>;

/** What answers need. */
export interface RealtimeAnswersParts {
  readonly client: RealtimeClient;
  readonly voice: AgentVoice;
  readonly host: AgentHost;
  /** Whether a tool is at work, after which the model goes on. */
  readonly isCalling: () => boolean;
  /** What the newest answer is measured from. */
  readonly anchors: () => AnswerAnchors | undefined;
}

/** One response of the model: its items, each of which is said. */
interface Response {
  readonly isOutOfBand: boolean;
  readonly items: Map<string, { readonly answer: Answer; readonly stopwatch: AnswerStopwatch }>;
  readonly said: Promise<VoicedEnd>[];
  /** Cut off: what still comes of it is nobody's. */
  isDropped: boolean;
  usage?: Readonly<Record<string, unknown>>;
  readonly done: Promise<void>;
  readonly finish: () => void;
}

/**
 * The model's answers on their way to the ear. What was cut off is told to the server as it was heard: truncated at the
 * count of the fade's end, deleted if nothing of it was rendered; and nothing more of its response is ever played.
 */
export class RealtimeAnswers {
  readonly #parts: RealtimeAnswersParts;
  readonly #responses = new Map<string, Response>();
  /** Messages that the server has begun, and of which nothing has come. */
  readonly #announced = new Set<string>();

  constructor(parts: RealtimeAnswersParts) {
    this.#parts = parts;
  }

  /** Takes what the model says. */
  take(event: OutputEvent): void {
    switch (event.type) {
      case "response-requested":
        return this.#parts.voice.thinking();
      case "response-created":
        this.#begin(event.responseId, event.isOutOfBand);
        return event.isOutOfBand ? undefined : this.#parts.voice.thinking();
      case "output-item-added":
        return void (event.item.type === "message" && this.#announced.add(event.item.id));
      case "output-text":
        return this.#text(event);
      case "output-audio":
        return this.#audio(event);
      case "output-audio-done":
        return this.#item(event)?.answer.endAudio(); // more of its text may come
      case "output-item-done":
        return this.#end(event.responseId, event.item.id);
      case "response-done":
        return this.#done(event);
      default: // calls of tools and limits are for others
    }
  }

  /** What was said of a response, when all of it is over. */
  async saidOf(responseId: string): Promise<Said> {
    const response = this.#begin(responseId, false);
    await response.done;
    const ends = await Promise.all(response.said);
    const isInterrupted = response.isDropped || ends.some((end) => end.isInterrupted);
    return { heardText: ends.map(({ heardText }) => heardText).join(" "), isInterrupted };
  }

  /** Nothing is being prepared, if the model is not asked for more. */
  rest(): void {
    const { client, voice, isCalling } = this.#parts;
    if (!client.isResponding && !isCalling()) voice.thought();
  }

  /** Everything is cut off. */
  cut(): void {
    const { client, voice } = this.#parts;
    for (const response of this.#responses.values()) if (!response.isOutOfBand) response.isDropped = true;
    client.cancelResponse();
    void voice.cut();
  }

  #begin(responseId: string, isOutOfBand: boolean): Response {
    const known = this.#responses.get(responseId);
    if (known) return known;
    let finish = ignore;
    const done = new Promise<void>((resolve) => (finish = resolve));
    const response: Response = { isOutOfBand, items: new Map(), said: [], isDropped: false, done, finish };
    this.#responses.set(responseId, response);
    return response;
  }

  #text(event: EventOf<"output-text">): void {
    const item = this.#item(event);
    item?.stopwatch.text();
    item?.answer.addText(event.delta, event.isSpoken);
    if (event.isSpoken) item?.answer.addSpokenText(event.delta);
  }

  #audio(event: EventOf<"output-audio">): void {
    const { samples, contentIndex } = event;
    const item = samples.length === 0 ? undefined : this.#item(event);
    item?.stopwatch.audio();
    try {
      item?.answer.addAudio({ samples, rateHz: RATE_HZ, contentIndex });
    } catch (cause) {
      item?.answer.end(); // with a hole, what follows makes no sense
      this.#parts.host.onWarning(providerError("The answer", cause));
    }
  }

  /** The item that something belongs to, which begins with it; none that was not announced, or was cut off. */
  #item({ responseId, itemId }: { readonly responseId: string; readonly itemId: string }) {
    const response = this.#responses.get(responseId);
    if (!response || response.isDropped || response.isOutOfBand) return undefined;
    const known = response.items.get(itemId);
    if (known || !this.#announced.delete(itemId)) return known;
    const { voice, host, anchors } = this.#parts;
    const answer = voice.prepare({ itemId });
    answer.beginPart();
    const item = { answer, stopwatch: new AnswerStopwatch(host.now) };
    response.items.set(itemId, item);
    const askedAt = anchors();
    const said = voice.say(answer).then((end) => {
      this.#over(itemId, end);
      const metrics = item.stopwatch.metrics(end, askedAt, response.usage);
      if (metrics) host.emit({ type: "agent-metrics", metrics });
      return end;
    });
    response.said.push(said);
    return item;
  }

  #end(responseId: string, itemId: string): void {
    const answer = this.#responses.get(responseId)?.items.get(itemId)?.answer;
    answer?.endPart();
    answer?.end();
  }

  #done({ responseId, usage, items, isOutOfBand }: EventOf<"response-done">): void {
    const response = this.#begin(responseId, isOutOfBand);
    if (usage) response.usage = { ...usage };
    for (const itemId of response.items.keys()) this.#end(responseId, itemId);
    if (response.isDropped) {
      // The server has them, and nobody heard a sample of them.
      for (const { id, role } of items) if (role === "assistant" && !response.items.has(id)) this.#delete(id);
    }
    for (const { id } of items) this.#announced.delete(id);
    response.finish();
    void Promise.allSettled(response.said).then(() => this.#responses.delete(responseId));
    if (!isOutOfBand) this.rest();
  }

  #over(itemId: string, { isInterrupted, counts, heardMs }: VoicedEnd): void {
    const { client, host } = this.#parts;
    if (!isInterrupted || host.signal.aborted) return;
    if (heardMs === 0) return this.#delete(itemId);
    for (const { contentIndex, renderedSamples, receivedSamples, rateHz } of counts) {
      if (renderedSamples >= receivedSamples) continue; // all of it was heard
      const audioEndMs = Math.floor((renderedSamples * 1_000) / rateHz);
      client.truncateItem(itemId, contentIndex, audioEndMs).catch(ignore);
    }
  }

  #delete(itemId: string): void {
    this.#parts.client.deleteItem(itemId).catch(ignore);
  }
}

function ignore(): void {
  // the client tells it as a warning
}
