import type { RealtimeTimes } from "./realtime-event.ts";

interface Answer {
  readonly askedMs: number;
  readonly texts: Map<string, string>;
  isCancelled: boolean;
  firstTextMs?: number;
  firstAudioMs?: number;
}

/** The answers that are being made: their texts so far, and how quick they are. Times are ms of one clock. Pure. */
export class Answers {
  readonly #byId = new Map<string, Answer>();
  readonly #overIds = new Set<string>();
  #askedMs: number | undefined;

  /** Those that are being made. */
  get openIds(): readonly string[] {
    return [...this.#byId.keys()];
  }

  /** Speech has ended, or an answer was asked for. */
  asked(nowMs: number): void {
    this.#askedMs = nowMs;
  }

  /** One begins. False if there was one of that id. */
  open(responseId: string, nowMs: number): boolean {
    if (this.#byId.has(responseId) || this.#overIds.has(responseId)) return false;
    this.#byId.set(responseId, { askedMs: this.#askedMs ?? nowMs, texts: new Map(), isCancelled: false });
    this.#askedMs = undefined;
    return true;
  }

  /** Nothing of it is wanted any more. */
  cancel(responseId: string): void {
    const answer = this.#byId.get(responseId);
    if (answer) answer.isCancelled = true;
  }

  /** What comes of an answer: `wanted`, `void` after it was cancelled or done, `unknown` (once) if it never began. */
  judge(responseId: string): "wanted" | "void" | "unknown" {
    const answer = this.#byId.get(responseId);
    if (answer) return answer.isCancelled ? "void" : "wanted";
    if (this.#overIds.has(responseId)) return "void";
    this.#overIds.add(responseId);
    return "unknown";
  }

  /** Whether no more comes of it. */
  isOver(responseId: string): boolean {
    return !this.#byId.has(responseId);
  }

  /** Audio of it has come. */
  heard(responseId: string, nowMs: number): void {
    const answer = this.#byId.get(responseId);
    if (answer) answer.firstAudioMs ??= nowMs - answer.askedMs;
  }

  /** Text of it has come. Returns all of that content so far. */
  read(responseId: string, content: string, delta: string, nowMs: number): string {
    const answer = this.#byId.get(responseId);
    if (!answer) return delta;
    if (delta !== "") answer.firstTextMs ??= nowMs - answer.askedMs;
    const text = (answer.texts.get(content) ?? "") + delta;
    answer.texts.set(content, text);
    return text;
  }

  /** It is done. Returns how quick it was; `undefined` if it is not being made. */
  close(responseId: string, nowMs: number): RealtimeTimes | undefined {
    const answer = this.#byId.get(responseId);
    this.#byId.delete(responseId);
    this.#overIds.add(responseId);
    if (!answer) return undefined;
    const { askedMs, firstTextMs, firstAudioMs } = answer;
    return {
      ...(firstTextMs === undefined ? {} : { firstTextMs }),
      ...(firstAudioMs === undefined ? {} : { firstAudioMs }),
      totalMs: nowMs - askedMs,
    };
  }
}
