/**
 * Tells a connection that is dead without a close (half-open) from one that has nothing to say. Browsers show neither
 * pings nor acknowledgements, so two signs are left: a socket whose backlog does not move, and a question that is not
 * answered while nothing else is heard either. Pure; all times are ms of one clock.
 */
export class Pulse {
  /** When the connection was opened. */
  readonly openedMs: number;
  #heardMs: number;
  #movedMs: number;
  #backlogMs: number;
  #backlogBytes = 0;

  constructor(openedMs: number) {
    this.openedMs = openedMs;
    this.#heardMs = openedMs;
    this.#movedMs = openedMs;
    this.#backlogMs = openedMs;
  }

  /** When the other side was last heard of. */
  get heardMs(): number {
    return this.#heardMs;
  }

  /** A message came. */
  heard(nowMs: number): void {
    this.#heardMs = nowMs;
  }

  /**
   * How long a sign of life is overdue, in ms.
   *
   * @param backlogBytes what the socket has not handed to the network yet
   * @param askedMs when the oldest unanswered question was sent; absent if none was
   */
  overdueMs(nowMs: number, backlogBytes: number, askedMs: number | undefined): number {
    if (backlogBytes === 0 || backlogBytes < this.#backlogBytes) this.#movedMs = nowMs;
    if (backlogBytes > 0) this.#backlogMs = nowMs;
    this.#backlogBytes = backlogBytes;
    if (backlogBytes > 0) return nowMs - Math.max(this.#heardMs, this.#movedMs);
    return askedMs === undefined ? 0 : nowMs - Math.max(this.#heardMs, this.#backlogMs, askedMs);
  }
}
