import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const EVENT_LIMIT_MS = 20_000;
const LEAVE_LIMIT_MS = 5_000;

/** What a program wrote of one event. */
export interface AgentEvent {
  readonly type: string;
  /** When, in ms since 1970. */
  readonly atMs: number;
  readonly [field: string]: unknown;
}

/** A program of the tests, in a process of its own, that tells what it does in lines of JSON. */
export class AgentProgram {
  /** All that it wrote, oldest first. */
  readonly events: AgentEvent[] = [];
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #had = new Set<AgentEvent>();
  readonly #news = new EventTarget();
  #complaints = "";

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    createInterface({ input: child.stdout }).on("line", (line) => this.#note(line));
    child.stderr.on("data", (chunk: Buffer) => (this.#complaints += chunk.toString()));
    child.stdin.on("error", () => undefined); // it has gone, which its end tells
    child.once("exit", () => this.#news.dispatchEvent(new Event("news")));
    const killWithUs = (): void => void child.kill("SIGKILL");
    process.once("exit", killWithUs);
    child.once("exit", () => process.off("exit", killWithUs));
  }

  /** The first event of this type that the test has not had, within the limit. */
  async next(
    type: string,
    matches: (event: AgentEvent) => boolean = () => true,
    limitMs = EVENT_LIMIT_MS,
  ): Promise<AgentEvent> {
    const limit = AbortSignal.timeout(limitMs);
    for (;;) {
      const found = this.events.find((event) => event.type === type && !this.#had.has(event) && matches(event));
      if (found !== undefined) {
        this.#had.add(found);
        return found;
      }
      if (limit.aborted || this.#hasEnded) throw new Error(`The program did not write ${type}: ${this.#story()}`);
      const settled = new AbortController();
      await new Promise<void>((resolve) => {
        this.#news.addEventListener("news", () => resolve(), { signal: settled.signal });
        limit.addEventListener("abort", () => resolve(), { signal: settled.signal });
      });
      settled.abort();
    }
  }

  /** Has it do something. */
  command(type: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#child.stdin.write(`${JSON.stringify({ ...fields, type })}\n`);
  }

  /** Ends it at once, as a crash would. */
  crash(): Promise<void> {
    return this.#end(() => this.#child.kill("SIGKILL"));
  }

  /** Has it end by itself. Idempotent. */
  stop(): Promise<void> {
    return this.#end(() => this.#child.stdin.end());
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #note(line: string): void {
    const event = line.startsWith("{") ? (JSON.parse(line) as Partial<AgentEvent>) : {};
    if (event.type === undefined) this.#complaints += `${line}\n`; // packages write as they like
    else this.events.push(event as AgentEvent);
    this.#news.dispatchEvent(new Event("news"));
  }

  #story(): string {
    return `${this.events.map((event) => JSON.stringify(event)).join("\n")}\n${this.#complaints.slice(-2_000)}`;
  }

  async #end(how: () => void): Promise<void> {
    if (this.#hasEnded) return;
    const ended = once(this.#child, "exit");
    const late = setTimeout(() => this.#child.kill("SIGKILL"), LEAVE_LIMIT_MS);
    how();
    await ended;
    clearTimeout(late);
  }
}
