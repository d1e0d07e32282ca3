import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** A program that a measurement needs is not on this machine. */
export class MissingProgram extends Error {
  override readonly name = "MissingProgram";

  /** Says what is missing, and which Debian package has it. */
  constructor(program: string, debianPackage: string) {
    super(`${program} is missing: apt-get install ${debianPackage}`);
  }
}

/** Runs a task; if a program is missing that all of it needs, says so in one line. */
export async function runOrSayWhatIsMissing(task: () => Promise<void>): Promise<void> {
  try {
    await task();
  } catch (cause) {
    if (!(cause instanceof MissingProgram)) throw cause;
    console.error(cause.message);
    process.exitCode = 1;
  }
}

/** The path of a program: one of `names`, absolute or to be looked for in `PATH`. @throws MissingProgram */
export function findProgram(names: readonly string[], debianPackage: string): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const places = names.flatMap((name) => (name.startsWith("/") ? [name] : folders.map((folder) => join(folder, name))));
  const found = places.find(isExecutable);
  if (found === undefined) throw new MissingProgram(names[0] ?? "a program", debianPackage);
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

// What runs in groups of their own hears nothing of a Ctrl-C: an orderly exit ends them.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

/** A program in a process group of its own, so that ending it ends what it has started. */
export class Program implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly #ended: Promise<void>;
  #said = "";

  /** Starts it; what it says on its standard error is kept. */
  constructor(path: string, args: readonly string[], options: SpawnOptions = {}) {
    this.child = spawn(path, args, { stdio: ["ignore", "ignore", "pipe"], ...options, detached: true });
    this.#ended = new Promise((resolve) => {
      this.child.once("exit", () => resolve());
      this.child.once("error", () => resolve());
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#said += text));
    process.once("exit", this.#kill);
  }

  /** What it has said on its standard error. */
  get said(): string {
    return this.#said;
  }

  /** Resolves when it has ended by itself. @throws Error if it failed. */
  async finished(): Promise<void> {
    await this.#ended;
    if (this.child.exitCode !== 0) throw new Error(`${this.child.spawnfile} failed: ${this.#said}`);
  }

  /** Waits until what it says matches. @throws Error if it ends before, or after `limitMs`. */
  async says(pattern: RegExp, limitMs = 20_000): Promise<RegExpMatchArray> {
    const limit = AbortSignal.timeout(limitMs);
    for (;;) {
      const match = this.#said.match(pattern);
      if (match) return match;
      if (this.child.exitCode !== null) throw new Error(`${this.child.spawnfile} ended: ${this.#said}`);
      if (this.child.stderr) await once(this.child.stderr, "data", { signal: limit });
    }
  }

  /** Ends it and everything it has started. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#kill();
    await this.#ended;
    process.off("exit", this.#kill);
  }

  readonly #kill = (): void => {
    try {
      if (this.child.pid !== undefined) process.kill(-this.child.pid, "SIGKILL");
    } catch {
      // The whole group has ended.
    }
  };
}
