import { samplesToMs } from "../../audio/units.ts";
import type { Clock } from "../../net/clock.ts";
import type { RoomTranscript } from "../../room/transcripts.ts";
import type { AgentHost } from "../agent-host.ts";

/** Agents tell that they listen before they have sent the last words of what they said; those are waited for as long. */
const LAST_WORDS_MS = 1_000;

/** Something that the agent says. */
interface Utterance {
  /** Absent until its first words have come. */
  itemId: string | undefined;
  text: string;
  readonly startedAt: number;
  /** When its voice ended, while its last words are waited for. */
  endedAt: number | undefined;
}

type UtterancesHost = Pick<AgentHost, "emit" | "now" | "conversation">;

/**
 * What the agent in a room says: its voice as its state tells of it, and its words as they are transcribed, which agents
 * send in step with the voice. Each segment of words is an item of the conversation. Pure but for the clock.
 */
export class AgentUtterances {
  readonly #host: UtterancesHost;
  readonly #clock: Clock;
  readonly #transcripts = new Map<string, RoomTranscript>();
  /** Cut off here: what still comes of it is nobody's. */
  readonly #isCut = new Set<string>();
  /** What sounds. */
  #current: Utterance | undefined;
  /** Words that have come before their voice. */
  #next: string | undefined;
  #lastEnded: string | undefined;
  #count = 0;
  #callOff: (() => void) | undefined;

  constructor(host: UtterancesHost, clock: Clock) {
    this.#host = host;
    this.#clock = clock;
  }

  /** Its voice begins. */
  started(): void {
    this.#settle();
    if (this.#current) return;
    this.#begin();
    if (this.#next !== undefined) this.#name(this.#next);
  }

  /** Its voice has ended. */
  ended(): void {
    const current = this.#current;
    if (!current || current.endedAt !== undefined) return;
    current.endedAt = this.#host.now();
    if (this.#transcripts.get(current.itemId ?? "")?.isFinal) this.#settle();
    else this.#callOff = this.#clock.schedule(LAST_WORDS_MS, () => this.#settle());
  }

  /** Nothing follows. */
  close(): void {
    this.#callOff?.();
  }

  /** It is cut off here. Of its words, those that have come were heard. */
  cut(): void {
    this.#settle();
    for (const itemId of [this.#current?.itemId, this.#next]) if (itemId !== undefined) this.#isCut.add(itemId);
    const next = this.#next;
    this.#next = undefined;
    this.#end(true);
    if (next !== undefined && this.#host.conversation.get(next)) this.#host.conversation.truncate(next, "");
  }

  /** Its words. */
  take(transcript: RoomTranscript): void {
    const { segmentId, text, isFinal } = transcript;
    if (this.#isCut.has(segmentId)) return;
    const { emit } = this.#host;
    if (text.trim() === "" && !this.#transcripts.has(segmentId)) return;
    this.#transcripts.set(segmentId, transcript);
    this.#write(segmentId, text);
    emit({ type: "agent-transcript", itemId: segmentId, text, isFinal });
    if (this.#current?.itemId !== undefined && this.#current.itemId !== segmentId) this.#settle();
    const current = this.#current;
    if (current && current.itemId !== segmentId && segmentId !== this.#lastEnded) {
      if (current.itemId !== undefined) {
        this.#end(false);
        this.#begin();
      }
      this.#name(segmentId);
    } else if (!current && segmentId !== this.#lastEnded) {
      this.#next = segmentId;
    }
    if (this.#current?.itemId !== segmentId) return;
    this.#caption(this.#current, text);
    if (isFinal) this.#settle();
  }

  /** A text that was written, and not said. */
  wrote(itemId: string, text: string): void {
    const { conversation, emit, now } = this.#host;
    const startMs = samplesToMs(now());
    if (!conversation.get(itemId)) conversation.add({ id: itemId, role: "assistant", text, startMs, endMs: startMs });
    emit({ type: "agent-transcript", itemId, text, isFinal: true });
  }

  #begin(): void {
    const startedAt = this.#host.now();
    this.#current = { itemId: undefined, text: "", startedAt, endedAt: undefined };
  }

  /** What has ended waits for its words no longer. */
  #settle(): void {
    if (this.#current?.endedAt !== undefined) this.#end(false);
  }

  #write(itemId: string, text: string): void {
    const { conversation, now } = this.#host;
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
    const transcript = this.#transcripts.get(itemId);
    if (transcript) this.#caption(current, transcript.text);
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
    this.#callOff?.();
    current.endedAt ??= this.#host.now();
    // A voice without words is told of, and leaves no item.
    if (current.itemId === undefined) this.#name(`room-voice-${++this.#count}`);
    const itemId = current.itemId ?? "";
    this.#current = undefined;
    this.#lastEnded = itemId;
    this.#transcripts.delete(itemId);
    const { conversation, emit } = this.#host;
    const endMs = samplesToMs(Math.max(current.endedAt, current.startedAt));
    if (conversation.get(itemId)) {
      conversation.update(itemId, { endMs });
      if (isInterrupted) conversation.truncate(itemId, current.text);
    }
    const heardMs = this.#heardMs(current);
    emit({ type: "agent-speech-ended", itemId, heardText: current.text, heardMs, isInterrupted, endMs });
  }

  #heardMs({ startedAt, endedAt = this.#host.now() }: Utterance): number {
    return Math.max(0, samplesToMs(endedAt - startedAt));
  }
}
