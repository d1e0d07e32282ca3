/** A promise that is settled from outside. One that nobody waits for may be rejected. */
export class Deferred<T> {
  /** What others wait for. */
  readonly promise: Promise<T>;
  /** It went well. */
  resolve!: (value: T) => void;
  /** It did not. */
  reject!: (reason: unknown) => void;

  constructor() {
    this.promise = new Promise<T>((resolve, reject) => Object.assign(this, { resolve, reject }));
    this.promise.catch(() => undefined);
  }
}

/** A promise that was rejected, and that nobody needs to wait for. */
export function rejected<T>(reason: unknown): Promise<T> {
  const deferred = new Deferred<T>();
  deferred.reject(reason);
  return deferred.promise;
}
