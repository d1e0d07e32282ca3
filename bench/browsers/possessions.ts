/** What must be given back, last first: the `AsyncDisposableStack` that Node 20 lacks. */
export class Possessions implements AsyncDisposable {
  #release: (() => unknown)[] = [];

  /** Takes something over. */
  own<T extends AsyncDisposable>(thing: T): T {
    this.defer(() => thing[Symbol.asyncDispose]());
    return thing;
  }

  /** Notes what is to be done at the end. */
  defer(release: () => unknown): void {
    this.#release.push(release);
  }

  /** Hands everything over to a new owner; nothing is left here. */
  handOver(): Possessions {
    const heir = new Possessions();
    heir.#release = this.#release;
    this.#release = [];
    return heir;
  }

  /** Gives everything back. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (let release = this.#release.pop(); release; release = this.#release.pop()) await release();
  }
}
