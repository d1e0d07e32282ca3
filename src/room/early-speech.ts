import { pcm16Bytes, toPcm16 } from "../audio/pcm16.ts";
import type { RoomPort } from "./room-port.ts";
import { EARLY_SPEECH_TOPIC } from "./topics.ts";

/** An agent reads raw sound in frames of this length. */
const FRAME_MS = 100;
/** Longest silence between two openings of the gate that is sent along. */
const MAX_PAUSE_MS = 500;

/** How what is said before the agent is there reaches it: ahead of the track as a stream of bytes, or on it, late. */
export type EarlySpeechWay = "stream" | "track";

/** Sound that was captured, at its place on the capture clock. */
export interface HeldSound {
  /** Of the capture clock, 16 kHz. */
  readonly startSample: number;
  readonly lengthSamples: number;
  /** Mono, -1..1, at the room's rate. */
  readonly uplink: Float32Array;
}

/** What is too much to keep. */
export type OnLost = (startSample: number, lengthSamples: number) => void;

/**
 * Keeps what is said before the agent is there, and sends it as the stream of bytes that agents read before they listen
 * to the track: raw PCM of 16 bits, which they take for what it is, since its type names no codec.
 */
export class EarlySpeech {
  readonly #rateHz: number;
  readonly #maxSamples: number;
  readonly #onLost: OnLost;
  readonly #held: HeldSound[] = [];
  #samples = 0;

  /** `maxMs`: more than that, and the oldest is lost. */
  constructor(rateHz: number, maxMs: number, onLost: OnLost) {
    this.#rateHz = rateHz;
    this.#maxSamples = (maxMs * rateHz) / 1_000;
    this.#onLost = onLost;
  }

  /** How much is kept, in ms. */
  get heldMs(): number {
    return (this.#samples * 1_000) / this.#rateHz;
  }

  /** Keeps a sound. */
  push(sound: HeldSound): void {
    this.#held.push({ ...sound, uplink: sound.uplink.slice() });
    this.#samples += sound.uplink.length;
    while (this.#samples > this.#maxSamples) {
      const lost = this.#held.shift();
      if (!lost) return;
      this.#samples -= lost.uplink.length;
      this.#onLost(lost.startSample, lost.lengthSamples);
    }
  }

  /** Hands over what was kept, in order, and keeps nothing. */
  take(): HeldSound[] {
    this.#samples = 0;
    return this.#held.splice(0);
  }

  /** Forgets what was kept. */
  clear(): void {
    this.take();
  }

  /** What was kept and the pauses in it, which are cut short, in order; keeps nothing. */
  takeSamples(): Float32Array[] {
    const pieces: Float32Array[] = [];
    let endSample: number | undefined;
    for (const { startSample, lengthSamples, uplink } of this.take()) {
      const pauseMs = endSample === undefined ? 0 : Math.min(MAX_PAUSE_MS, (startSample - endSample) / 16);
      if (pauseMs > 0) pieces.push(new Float32Array(Math.round((pauseMs * this.#rateHz) / 1_000)));
      pieces.push(uplink);
      endSample = startSample + lengthSamples;
    }
    return pieces;
  }

  /** The same as frames of bytes. */
  takeFrames(): Uint8Array[] {
    const bytes = this.#takeBytes();
    const frameBytes = (2 * this.#rateHz * FRAME_MS) / 1_000;
    const frames: Uint8Array[] = [];
    for (let start = 0; start < bytes.length; start += frameBytes) frames.push(bytes.slice(start, start + frameBytes));
    return frames;
  }

  #takeBytes(): Uint8Array {
    const pieces = this.takeSamples().map((samples) => pcm16Bytes(toPcm16(samples)));
    const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }
}

/** To whom early speech goes, and what it belongs to. */
export interface EarlySpeechAddress {
  readonly agentIdentity: string;
  readonly trackId: string;
  readonly rateHz: number;
}

/** Sends frames as the stream that an agent reads before it listens to the track. Rejects with LiveKit's own error. */
export async function sendEarlySpeech(
  room: Pick<RoomPort, "streamBytes">,
  frames: readonly Uint8Array[],
  { agentIdentity, trackId, rateHz }: EarlySpeechAddress,
): Promise<void> {
  const writer = await room.streamBytes({
    name: "preconnect-buffer",
    topic: EARLY_SPEECH_TOPIC,
    mimeType: "audio/pcm",
    destinationIdentities: [agentIdentity],
    attributes: { trackId, sampleRate: String(rateHz), channels: "1" },
  });
  for (const frame of frames) await writer.write(frame);
  await writer.close();
}
