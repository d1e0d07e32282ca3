/** A text with the times of its words, as agents may send it: an object a line. Times are the voice's own, in ms. */
export interface TimedWord {
  readonly text: string;
  readonly startMs?: number;
  readonly endMs?: number;
}

/*
 * {"text": "Hello ", "start_time": 0.1, "end_time": 0.4}
 * {"text": "there.", "start_time": 0.4, "end_time": 0.8}
 */

/** Reads a stream of text that is either plain or timed, whatever the pieces it comes in. Pure. */
export class TimedTextReader {
  /** Words of a timed text; empty for a plain one. */
  readonly words: TimedWord[] = [];
  readonly #onSkipped: (line: string) => void;
  #kind: "unknown" | "plain" | "timed" = "unknown";
  #text = "";
  /** What has come and is no whole line yet. */
  #rest = "";

  /** `onSkipped` hears of lines of a timed text that are none. */
  constructor(onSkipped: (line: string) => void) {
    this.#onSkipped = onSkipped;
  }

  /** The text so far. */
  get text(): string {
    return this.#kind === "plain" ? this.#rest : this.#text;
  }

  /** Takes the next piece; true if there is more text now. */
  push(piece: string): boolean {
    const before = this.text;
    this.#rest += piece;
    if (this.#kind === "unknown") this.#decide(false);
    if (this.#kind === "timed") this.#takeLines();
    return this.text !== before;
  }

  /** Nothing more comes; true if there is more text now. */
  end(): boolean {
    const before = this.text;
    if (this.#kind === "unknown") this.#decide(true);
    if (this.#kind === "timed" && this.#rest.trim() !== "") this.#takeLine(this.#rest);
    if (this.#kind === "timed") this.#rest = "";
    return this.text !== before;
  }

  /** Timed is what begins with a whole line that says so; a text that merely begins like one stays what it is. */
  #decide(isOver: boolean): void {
    if (this.#rest.trim() === "" && !isOver) return;
    if (!this.#rest.trimStart().startsWith("{")) {
      this.#kind = "plain";
      return;
    }
    const end = this.#rest.indexOf("\n");
    if (end < 0 && !isOver) return;
    const line = end < 0 ? this.#rest : this.#rest.slice(0, end);
    this.#kind = wordOf(line) ? "timed" : "plain";
  }

  #takeLines(): void {
    const lines = this.#rest.split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") this.#takeLine(line);
  }

  #takeLine(line: string): void {
    const word = wordOf(line);
    if (!word) return this.#onSkipped(line);
    this.words.push(word);
    this.#text += word.text;
  }
}

function wordOf(line: string): TimedWord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { text, start_time: start, end_time: end } = value as Readonly<Record<string, unknown>>;
  if (typeof text !== "string") return undefined;
  return {
    text,
    ...(isTime(start) ? { startMs: start * 1_000 } : {}),
    ...(isTime(end) ? { endMs: end * 1_000 } : {}),
  };
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY;
}
