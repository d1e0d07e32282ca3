import type { FallbackMember } from "./fallback-member.ts";

/**
 * Who is next when a member has failed: the first that is available, or else the first that is not, but nobody a second
 * time before there was progress. Pure.
 */
export class Succession {
  readonly #members: readonly FallbackMember[];
  readonly #failed = new Set<FallbackMember>();
  #furthestSample = 0;

  constructor(members: readonly FallbackMember[]) {
    this.#members = members;
  }

  /** `undefined` if all have failed. */
  get next(): FallbackMember | undefined {
    const untried = this.#members.filter((member) => !this.#failed.has(member));
    return untried.find(({ isAvailable }) => isAvailable) ?? untried[0];
  }

  /** It failed, and is unavailable. */
  failed(member: FallbackMember): void {
    this.#failed.add(member);
    member.setAvailable(false);
  }

  /** A text came; that is progress if it reaches further than any before. */
  told(endSample: number): void {
    if (endSample > this.#furthestSample) this.progress();
    this.#furthestSample = Math.max(this.#furthestSample, endSample);
  }

  /** Something was settled: all may be tried anew. */
  progress(): void {
    this.#failed.clear();
  }
}
