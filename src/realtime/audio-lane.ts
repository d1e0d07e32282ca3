import { encodeBase64 } from "../audio/base64.ts";
import { pcm16Bytes, toPcm16 } from "../audio/pcm16.ts";
import type { VoiceError } from "../errors.ts";
import { ConnectionLedger } from "../net/connection-ledger.ts";
import { Deferred } from "./deferred.ts";

/** The rate of all audio that is sent and received, in Hz. */
export const REALTIME_RATE = 24_000;
/** So much waits at most. */
const CAPACITY_SAMPLES = 30 * REALTIME_RATE;
/** So much of what was sent while nobody spoke is kept: it may hold a beginning that the server has not told of. */
const QUIET_SAMPLES = 2 * REALTIME_RATE;
/** No message is longer. */
const MESSAGE_SAMPLES = REALTIME_RATE;
/** The ledger counts in 1/48000 s, in which both rates have whole samples: 2 to one of 24 kHz, 3 to one of 16 kHz. */
const [TICKS, CAPTURE_TICKS] = [2, 3];
const TICKS_PER_MS = 48;

interface AudioEntry {
  readonly kind: "audio";
  /** Of the capture clock. */
  readonly startSample: number;
  readonly pcm: Int16Array;
  /** Where it ends in what this connection sent, in ticks; 0 if it was not sent. */
  sentEnd: number;
}

interface CommitEntry {
  readonly kind: "commit";
  readonly committed: Deferred<string>;
  clientEventId: string;
}

/** Where a lane sends. */
export interface LaneTarget {
  /** Whether the network takes more. What is to become an item goes all the same: who waits for it waits behind it. */
  isFluent(): boolean;
  /** Sends a message. */
  appendAudio(base64: string): void;
  /** Sends a message. Returns its id, which comes back in an error about it. */
  commitAudio(): string;
}

/**
 * The way of what is said: kept until it has become an item, sent in order, sent again on a new connection; what is
 * told of it in the server's time is given back in capture time. Pure.
 */
export class AudioLane {
  readonly #onLost: (startSample: number, endSample: number) => void;
  #entries: (AudioEntry | CommitEntry)[] = [];
  /** How many of them were sent on this connection. */
  #sent = 0;
  #ledger = new ConnectionLedger();
  /** What was sent, is no item yet, and could not be kept: the server has it, the next one would not. */
  #unkept: { readonly start: number; readonly end: number } | undefined;

  /** `onLost` hears of captured audio that was given up. */
  constructor(onLost: (startSample: number, endSample: number) => void) {
    this.#onLost = onLost;
  }

  /** What was not sent, in samples at 24 kHz. */
  get waitingSamples(): number {
    return samplesIn(this.#entries.slice(this.#sent));
  }

  /** Whether all was sent. */
  get isSent(): boolean {
    return this.#sent === this.#entries.length;
  }

  /** Adds what was captured from `startSample` on. The oldest gives way when too much waits. */
  append(samples: Float32Array, startSample: number): void {
    for (let from = 0; from < samples.length; from += MESSAGE_SAMPLES) {
      const pcm = toPcm16(samples.subarray(from, from + MESSAGE_SAMPLES));
      const start = startSample + Math.round((from * TICKS) / CAPTURE_TICKS);
      this.#entries.push({ kind: "audio", startSample: start, pcm, sentEnd: 0 });
    }
    for (let excess = samplesIn(this.#entries) - CAPACITY_SAMPLES; excess > 0;) {
      const index = this.#entries.findIndex(({ kind }) => kind === "audio");
      const [oldest] = this.#entries.splice(index, 1) as [AudioEntry];
      excess -= oldest.pcm.length;
      const end = endOf(oldest);
      if (index >= this.#sent) this.#onLost(oldest.startSample, end);
      else {
        this.#sent -= 1;
        this.#unkept = { start: this.#unkept?.start ?? oldest.startSample, end };
      }
    }
  }

  /** Asks for an item of what was added; resolves with its id. */
  commit(): Promise<string> {
    const committed = new Deferred<string>();
    this.#entries.push({ kind: "commit", committed, clientEventId: "" });
    return committed.promise;
  }

  /** Forgets what is no item yet. Items that were asked for are not made. */
  clear(error: VoiceError): void {
    for (const entry of this.#entries) if (entry.kind === "commit") entry.committed.reject(error);
    this.#entries = [];
    this.#sent = 0;
    this.#unkept = undefined;
  }

  /** Sends what waits, as far as the target takes it. */
  drain(target: LaneTarget): void {
    const last = this.#entries.findLastIndex(({ kind }) => kind === "commit");
    for (let entry = this.#entries[this.#sent]; entry; entry = this.#entries[this.#sent]) {
      if (this.#sent > last && !target.isFluent()) return;
      this.#sent += 1;
      if (entry.kind === "commit") {
        entry.clientEventId = target.commitAudio();
        continue;
      }
      target.appendAudio(encodeBase64(pcm16Bytes(entry.pcm)));
      this.#ledger.append(entry.startSample * CAPTURE_TICKS, entry.pcm.length * TICKS);
      entry.sentEnd = this.#ledger.sentSamples;
    }
  }

  /** Nobody speaks, by the server's own detection: of what was sent, only the newest is kept. */
  beQuiet(): void {
    let excess = samplesIn(this.#entries.slice(0, this.#sent)) - QUIET_SAMPLES;
    while (excess > 0 && this.#entries[0]?.kind === "audio") {
      excess -= this.#entries[0].pcm.length;
      this.#entries.shift();
      this.#sent -= 1;
    }
  }

  /**
   * An item was made: of all before the oldest commit; without one, of what the server heard until `endMs`, or of all
   * that was sent.
   */
  committed(itemId: string, endMs: number | undefined): void {
    const commit = this.#entries.findIndex(({ kind }, index) => kind === "commit" && index < this.#sent);
    const entry = this.#entries[commit];
    if (entry?.kind === "commit") entry.committed.resolve(itemId);
    const end = (endMs ?? Number.POSITIVE_INFINITY) * TICKS_PER_MS;
    const kept = this.#entries.findIndex(
      (audio, index) => index >= this.#sent || (audio.kind === "audio" && audio.sentEnd > end),
    );
    const count = commit >= 0 ? commit + 1 : kept >= 0 ? kept : this.#sent;
    this.#entries.splice(0, count);
    this.#sent -= count;
    this.#unkept = undefined;
  }

  /** The server refused something. If it was a commit, what it was to be made of is forgotten. */
  refused(clientEventId: string | undefined, error: VoiceError): void {
    const index = this.#entries.findIndex(
      (entry) => entry.kind === "commit" && clientEventId !== undefined && entry.clientEventId === clientEventId,
    );
    const entry = this.#entries[index];
    if (entry?.kind !== "commit") return;
    entry.committed.reject(error);
    this.#entries.splice(0, index + 1);
    this.#sent -= index + 1;
  }

  /** A new connection begins: all that is kept will be sent again. */
  rewind(): void {
    this.#sent = 0;
    this.#ledger = new ConnectionLedger();
    if (this.#unkept) this.#onLost(this.#unkept.start, this.#unkept.end);
    this.#unkept = undefined;
  }

  /** When something began that the server heard at `ms`, in samples of the capture clock. */
  startOf(ms: number): number | undefined {
    return inSamples(this.#ledger.captureStartOf(ms * TICKS_PER_MS));
  }

  /** When something ended that the server heard until `ms`, in samples of the capture clock. */
  endOf(ms: number): number | undefined {
    return inSamples(this.#ledger.captureEndOf(ms * TICKS_PER_MS));
  }
}

function samplesIn(entries: readonly (AudioEntry | CommitEntry)[]): number {
  return entries.reduce((sum, entry) => sum + (entry.kind === "audio" ? entry.pcm.length : 0), 0);
}

function endOf({ startSample, pcm }: AudioEntry): number {
  return startSample + Math.round((pcm.length * TICKS) / CAPTURE_TICKS);
}

function inSamples(ticks: number | undefined): number | undefined {
  return ticks === undefined ? undefined : Math.round(ticks / CAPTURE_TICKS);
}
