import type { VoiceEvent, VoiceEventOf } from "vivavoce";

/** A stretch of time on the capture clock; `endMs` is absent while it lasts. */
export interface Span {
  readonly startMs: number;
  readonly endMs?: number;
}

/** One thing that the agent said, where it was heard. */
export interface AgentSpeech {
  readonly itemId: string;
  /** When it sounded: one stretch, or more where it gave way and went on. */
  readonly played: readonly Span[];
  /** When it held still, and could have gone on. */
  readonly pauses: readonly Span[];
  /** What was made of it, in ms of sound; 0 until that is told. */
  readonly receivedMs: number;
  /** Whether it was cut off; absent while it is said. */
  readonly isInterrupted?: boolean;
}

/** A moment in which something was decided. */
export interface AgentMark {
  readonly atMs: number;
  readonly kind: "pause" | "resume" | "cut" | "tool";
  /** What is said of it. */
  readonly text: string;
}

/** A word of the agent's, when it was heard. */
export interface AgentWord {
  readonly text: string;
  readonly atMs: number;
}

/** What the agent did, kept in the form in which it is drawn. Pure. */
export class AgentRecord {
  readonly speeches: AgentSpeech[] = [];
  /** From an answer's beginning to its first sound. */
  readonly thoughts: Span[] = [];
  readonly marks: AgentMark[] = [];
  readonly words: AgentWord[] = [];
  readonly #captions = new Map<string, string>();

  /** Takes the next event of a session. */
  hear(event: VoiceEvent): void {
    switch (event.type) {
      case "agent-state":
        return this.#think(event);
      case "agent-speech-started":
        this.speeches.push({
          itemId: event.itemId,
          played: [{ startMs: event.startMs }],
          pauses: [],
          receivedMs: 0,
        });
        return;
      case "agent-caption":
        return this.#caption(event);
      case "interruption":
        if (event.kind === "pause") this.#pause(event.atMs);
        return;
      case "agent-resumed":
        return this.#resume(event.atMs);
      case "agent-speech-ended":
        return this.#end(event);
      case "agent-metrics":
        return this.#change(event.metrics.itemId, () => ({ receivedMs: event.metrics.receivedMs }));
      case "tool-call":
        this.marks.push({ atMs: event.atMs, kind: "tool", text: event.name });
        return;
      case "ended":
        this.#closeThought(event.atMs);
        return;
      default: // the rest is not the agent's
    }
  }

  /** Forgets what was over before a moment. */
  forgetBefore(ms: number): void {
    keep(this.speeches, ({ played }) => (played.at(-1)?.endMs ?? Infinity) >= ms);
    keep(this.thoughts, ({ endMs = Infinity }) => endMs >= ms);
    keep(this.marks, ({ atMs }) => atMs >= ms);
    keep(this.words, ({ atMs }) => atMs >= ms);
  }

  #think({ to, sinceMs }: VoiceEventOf<"agent-state">): void {
    this.#closeThought(sinceMs);
    if (to === "thinking") this.thoughts.push({ startMs: sinceMs });
  }

  #closeThought(endMs: number): void {
    const last = this.thoughts.at(-1);
    if (last && last.endMs === undefined) this.thoughts.splice(-1, 1, close(last, endMs));
  }

  #caption({ itemId, text, receivedMs, atMs }: VoiceEventOf<"agent-caption">): void {
    this.#change(itemId, () => ({ receivedMs }));
    const before = this.#captions.get(itemId) ?? "";
    if (text.length <= before.length) return; // an estimate may shrink as more of the sound comes
    this.#captions.set(itemId, text);
    const word = text.slice(before.length).trim();
    if (word !== "") this.words.push({ text: word, atMs });
  }

  #pause(atMs: number): void {
    const speech = this.speeches.at(-1);
    if (!speech || speech.isInterrupted !== undefined || isOver(speech.played)) return;
    this.marks.push({ atMs, kind: "pause", text: "gives way" });
    this.#change(speech.itemId, ({ played, pauses }) => ({
      played: closed(played, atMs),
      pauses: [...pauses, { startMs: atMs }],
    }));
  }

  #resume(atMs: number): void {
    const speech = this.speeches.at(-1);
    if (!speech || speech.isInterrupted !== undefined || !isOver(speech.played)) return;
    this.marks.push({ atMs, kind: "resume", text: "goes on" });
    this.#change(speech.itemId, ({ played, pauses }) => ({
      played: [...played, { startMs: atMs }],
      pauses: closed(pauses, atMs),
    }));
  }

  #end({ itemId, endMs, heardMs, isInterrupted }: VoiceEventOf<"agent-speech-ended">): void {
    this.#captions.delete(itemId);
    const speech = this.speeches.findLast((candidate) => candidate.itemId === itemId);
    if (!speech) return; // nothing of it was heard
    if (isInterrupted)
      this.marks.push({ atMs: endMs, kind: "cut", text: `cut off at ${(heardMs / 1000).toFixed(1)} s` });
    this.#change(itemId, ({ played, pauses }) => ({
      played: closed(played, endMs),
      pauses: closed(pauses, endMs),
      isInterrupted,
    }));
  }

  #change(itemId: string, change: (speech: AgentSpeech) => Partial<AgentSpeech>): void {
    const index = this.speeches.findLastIndex((speech) => speech.itemId === itemId);
    const speech = this.speeches[index];
    if (speech) this.speeches[index] = { ...speech, ...change(speech) };
  }
}

/** How much of a speech has sounded by now, in ms. */
export function playedMs({ played }: AgentSpeech, nowMs: number): number {
  return played.reduce((sum, { startMs, endMs = nowMs }) => sum + Math.max(0, endMs - startMs), 0);
}

function isOver(spans: readonly Span[]): boolean {
  return spans.at(-1)?.endMs !== undefined;
}

function closed(spans: readonly Span[], endMs: number): readonly Span[] {
  const last = spans.at(-1);
  return last && last.endMs === undefined ? [...spans.slice(0, -1), close(last, endMs)] : spans;
}

function close({ startMs }: Span, endMs: number): Span {
  return { startMs, endMs: Math.max(startMs, endMs) };
}

function keep<T>(list: T[], isKept: (item: T) => boolean): void {
  list.splice(0, list.length, ...list.filter(isKept));
}
