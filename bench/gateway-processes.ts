import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** A bench's own process: says when it is ready, and answers one command at a time. */
export class Helper<Ready, Command extends object, Answer> {
  readonly #child: ChildProcess;
  /** What it said when it was ready. */
  readonly ready: Promise<Ready>;

  /** Starts a script beside this one. */
  constructor(script: string, options: object = {}) {
    this.#child = fork(fileURLToPath(new URL(script, import.meta.url)), [JSON.stringify(options)], {
      execArgv: ["--import", "tsx"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.ready = this.#next() as Promise<Ready>;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Sends a command and waits for its answer. */
  async ask(command: Command): Promise<Answer> {
    const answer = this.#next();
    this.#child.send(command);
    return (await answer) as Answer;
  }

  /** Ends the process, and resolves when it is gone. */
  async stop(): Promise<void> {
    const gone = once(this.#child, "exit");
    if (this.#child.connected) this.#child.disconnect();
    await gone;
  }

  async #next(): Promise<unknown> {
    const settled = new AbortController();
    try {
      const { signal } = settled;
      const [message] = (await Promise.race([
        once(this.#child, "message", { signal }),
        once(this.#child, "exit", { signal }).then(([code]) => {
          throw new Error(`A process of the bench ended with ${String(code)}`);
        }),
      ])) as [unknown];
      return message;
    } finally {
      settled.abort();
    }
  }
}

/** Answers commands of the process that started this one; ends with it. */
export function serveCommands(ready: object, answer: (command: never) => Promise<object>): void {
  process.on("message", (command) => {
    void answer(command as never).then((result) => process.send?.(result));
  });
  process.on("disconnect", () => process.exit(0));
  process.send?.(ready);
}

/** What some processes have used since they started, and hold now. */
export interface Usage {
  /** Processor time, in ms. */
  readonly cpuMs: number;
  /** Resident memory, in MB. */
  readonly residentMb: number;
}

/** Sums up processes by Linux's own account; those that have gone count nothing. */
export async function usageOf(pids: readonly number[]): Promise<Usage> {
  const usages = await Promise.all(pids.map(readUsage));
  return usages.reduce((sum, { cpuMs, residentMb }) => ({
    cpuMs: sum.cpuMs + cpuMs,
    residentMb: sum.residentMb + residentMb,
  }));
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
async function readUsage(pid: number): Promise<Usage> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // Fields are counted from the end of the command's name, which may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  return { cpuMs: ticks * 10, residentMb: (Number(fields[21] ?? 0) * 4_096) / 1e6 };
}
