import { samplesToMs } from "../../audio/units.ts";
import type { RoomTranscript } from "../../room/transcripts.ts";
import type { AgentHost } from "../agent-host.ts";

/** Something that the agent says. */
interface Utterance {
  /** Absent until its first words have come. */
  itemId: string | undefined;
  text: string;
  readonly startedAt: number;
}

type UtterancesHost = Pick<AgentHost, "emit" | "now" | "conversation">;

/**
 * What the agent in a room says: its voice as its state tells of it, and its words as they are transcribed, which agents
 * send in step with the voice. Each segment of words is an item of the conversation. Pure.
 */
export class AgentUtterances {
  readonly #host: UtterancesHost;
  readonly #texts = new Map<string, string>();
  /** Cut off here: what still comes of it is nobody's. */
  readonly #isCut = new Set<string>();
  /** What sounds. */
  #current: Utterance | undefined;
  /** Words that have come before their voice. */
  #next: string | undefined;
  #lastEnded: string | undefined;
  #count = 0;

  constructor(host: UtterancesHost) {
    this.#host = host;
  }

  /** Its voice begins. */
  started(): void {
    if (this.#current) return;
    this.#current = { itemId: undefined, text: "", startedAt: this.#host.now() };
    if (this.#next !== undefined) this.#name(this.#next);
  }

  /** Its voice has ended. */
  ended(): void {
    this.#end(false);
  }

  /** It is cut off here. Of its words, those that have come were heard. */
  cut(): void {
    for (const itemId of [this.#current?.itemId, this.#next]) if (itemId !== undefined) this.#isCut.add(itemId);
    const next = this.#next;
    this.#next = undefined;
    this.#end(true);
    if (next !== undefined && this.#host.conversation.get(next)) this.#host.conversation.truncate(next, "");
  }

  /** Its words. */
  take({ segmentId, text, isFinal }: RoomTranscript): void {
    if (this.#isCut.has(segmentId)) return;
    const { emit } = this.#host;
    if (text.trim() === "" && !this.#texts.has(segmentId)) return;
    this.#write(segmentId, text);
    emit({ type: "agent-transcript", itemId: segmentId, text, isFinal });
    const current = this.#current;
    if (current && current.itemId !== segmentId && segmentId !== this.#lastEnded) {
      if (current.itemId !== undefined) {
        this.#end(false);
        this.#current = { itemId: undefined, text: "", startedAt: this.#host.now() };
      }
      this.#name(segmentId);
    } else if (!current && segmentId !== this.#lastEnded) {
      this.#next = segmentId;
    }
    if (this.#current?.itemId === segmentId) this.#caption(this.#current, text);
  }

  /** A text that was written, and not said. */
  wrote(itemId: string, text: string): void {
    const { conversation, emit, now } = this.#host;
    const startMs = samplesToMs(now());
    if (!conversation.get(itemId)) conversation.add({ id: itemId, role: "assistant", text, startMs, endMs: startMs });
    emit({ type: "agent-transcript", itemId, text, isFinal: true });
  }

  #write(itemId: string, text: string): void {
    const { conversation, now } = this.#host;
    this.#texts.set(itemId, text);
    if (conversation.get(itemId)) conversation.update(itemId, { text });
    else conversation.add({ id: itemId, role: "assistant", text, startMs: samplesToMs(now()) });
  }

  #name(itemId: string): void {
    const { emit, conversation } = this.#host;
    const current = this.#current;
    if (!current) return;
    this.#next = undefined;
    current.itemId = itemId;
    const startMs = samplesToMs(current.startedAt);
    if (conversation.get(itemId)) conversation.update(itemId, { startMs });
    emit({ type: "agent-speech-started", itemId, startMs });
    const text = this.#texts.get(itemId);
    if (text !== undefined) this.#caption(current, text);
  }

  #caption(current: Utterance, text: string): void {
    current.text = text;
    const { itemId } = current;
    const heardMs = this.#heardMs(current);
    if (itemId !== undefined) this.#host.emit({ type: "agent-caption", itemId, text, heardMs, receivedMs: heardMs });
  }

  #end(isInterrupted: boolean): void {
    const current = this.#current;
    if (!current) return;
    // A voice without words is told of, and leaves no item.
    if (current.itemId === undefined) this.#name(`room-voice-${++this.#count}`);
    const itemId = current.itemId ?? "";
    this.#current = undefined;
    this.#lastEnded = itemId;
    this.#texts.delete(itemId);
    const { conversation, emit, now } = this.#host;
    const endMs = samplesToMs(Math.max(now(), current.startedAt));
    if (conversation.get(itemId)) {
      conversation.update(itemId, { endMs });
      if (isInterrupted) conversation.truncate(itemId, current.text);
    }
    const heardMs = this.#heardMs(current);
    emit({ type: "agent-speech-ended", itemId, heardText: current.text, heardMs, isInterrupted, endMs });
  }

  #heardMs({ startedAt }: Utterance): number {
    return Math.max(0, samplesToMs(this.#host.now() - startedAt));
  }
}
