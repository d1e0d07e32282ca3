import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that is gone at the latest when the process ends. */
export class TemporaryFolder implements AsyncDisposable {
  readonly path: string;

  /** Makes it; `name` is part of its name. */
  constructor(name: string) {
    this.path = mkdtempSync(join(tmpdir(), `vivavoce-${name}-`));
    process.once("exit", this.#remove);
  }

  /** Removes it, with what is in it. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#remove();
    process.off("exit", this.#remove);
    return Promise.resolve();
  }

  readonly #remove = (): void => rmSync(this.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
