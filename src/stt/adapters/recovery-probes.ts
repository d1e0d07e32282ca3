import type { ConnectionOptions } from "../connection-options.ts";
import type { SpeechStream } from "../contract.ts";
import type { FallbackMember } from "./fallback-member.ts";
import { MemberStream } from "./member-stream.ts";

/** How probes are made. */
export interface RecoveryProbesOptions {
  /** All of a fallback, at least one. */
  readonly members: readonly FallbackMember[];
  /** How hard a member is tried that may have recovered. */
  readonly probeConnection: ConnectionOptions;
  /** How long a member rests after a probe of it failed, in samples of the capture clock. */
  readonly restSamples: number;
}

/**
 * Lets members that failed hear what is said from now on, beside the one that works: the first text brings a member back.
 * What they say is not passed on, and what goes wrong with them concerns nobody.
 */
export class RecoveryProbes {
  readonly #options: RecoveryProbesOptions;
  readonly #running = new Map<FallbackMember, MemberStream>();
  readonly #restUntil = new Map<FallbackMember, number>();
  #nowSample = 0;

  constructor(options: RecoveryProbesOptions) {
    this.#options = options;
  }

  /** Audio of an open segment: what there is to probe with. `active` is busy with it already. */
  push(active: FallbackMember, segmentId: number, startSample: number, samples: Float32Array): void {
    this.#nowSample = startSample + samples.length;
    for (const member of this.#options.members) {
      if (member.isAvailable || member === active) this.#stop(member);
      else if (!this.#running.has(member) && startSample >= (this.#restUntil.get(member) ?? 0)) {
        this.#begin(member, segmentId, startSample);
      }
    }
    this.feed((stream) => stream.push(startSample, samples));
  }

  /** Hands something else to every probe. */
  feed(action: (stream: SpeechStream) => void): void {
    for (const probe of [...this.#running.values()]) probe.feed(action);
  }

  /** Drops all probes. */
  end(): void {
    for (const member of [...this.#running.keys()]) this.#stop(member);
  }

  #begin(member: FallbackMember, segmentId: number, startSample: number): void {
    const probe = new MemberStream(member, this.#options.probeConnection, (event) => {
      if (event.type === "failed") {
        this.#stop(member);
        this.#restUntil.set(member, this.#nowSample + this.#options.restSamples);
      } else if (event.type === "final-transcript" && event.data.text !== "") {
        this.#stop(member);
        member.setAvailable(true);
      }
    });
    this.#running.set(member, probe);
    probe.begin();
    probe.feed((stream) => stream.openSegment(segmentId, startSample));
  }

  #stop(member: FallbackMember): void {
    this.#running.get(member)?.end();
    this.#running.delete(member);
  }
}
