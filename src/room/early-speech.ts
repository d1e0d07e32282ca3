import { pcm16Bytes, toPcm16 } from "../audio/pcm16.ts";
import { CAPTURE_RATE, msToSamples, samplesToMs } from "../audio/units.ts";
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
  /** Mono, -1..1, 16 kHz. */
  readonly samples: Float32Array;
  /** The same at the room's rate. */
  readonly uplink: Float32Array;
}

/** What is too much to keep. */
export type OnLost = (startSample: number, lengthSamples: number) => void;

/**
 * Keeps what is said before the agent is there, and sends it as the stream of bytes that agents read before they listen
 * to the track: raw PCM of 16 bits, which they take for what it is, since its type names no codec. It is that of 16 kHz, for
 * it must be there in time, and what recognisers hear is all in it.
 */
export class EarlySpeech {
  readonly #maxSamples: number;
  readonly #onLost: OnLost;
  readonly #held: HeldSound[] = [];
  #samples = 0;

  /** `maxMs`: more than that, and the oldest is lost. */
  constructor(maxMs: number, onLost: OnLost) {
    this.#maxSamples = msToSamples(maxMs);
    this.#onLost = onLost;
  }

  /** How much is kept, in ms. */
  get heldMs(): number {
    return samplesToMs(this.#samples);
  }

  /** Keeps a sound. */
  push(sound: HeldSound): void {
    this.#held.push({ ...sound, samples: sound.samples.slice(), uplink: sound.uplink.slice() });
    this.#samples += sound.samples.length;
    while (this.#samples > this.#maxSamples) {
      const lost = this.#held.shift();
      if (!lost) return;
      this.#samples -= lost.samples.length;
      this.#onLost(lost.startSample, lost.samples.length);
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

  /** What was kept and the pauses in it, which are cut short, in order, at the room's rate; keeps nothing. */
  takeUplink(): Float32Array[] {
    return this.#takePieces("uplink");
  }

  /** The same as frames of bytes, at 16 kHz. */
  takeFrames(): Uint8Array[] {
    const bytes = this.#takeBytes();
    const frameBytes = 2 * msToSamples(FRAME_MS);
    const frames: Uint8Array[] = [];
    for (let start = 0; start < bytes.length; start += frameBytes) frames.push(bytes.slice(start, start + frameBytes));
    return frames;
  }

  #takeBytes(): Uint8Array {
    const pieces = this.#takePieces("samples").map((samples) => pcm16Bytes(toPcm16(samples)));
    const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }

  #takePieces(which: "samples" | "uplink"): Float32Array[] {
    const pieces: Float32Array[] = [];
    let endSample: number | undefined;
    for (const { startSample, ...sound } of this.take()) {
      const piece = sound[which];
      const pauseSamples = Math.min(msToSamples(MAX_PAUSE_MS), startSample - (endSample ?? startSample));
      const silence = Math.round((pauseSamples * piece.length) / sound.samples.length);
      if (silence > 0) pieces.push(new Float32Array(silence));
      pieces.push(piece);
      endSample = startSample + sound.samples.length;
    }
    return pieces;
  }
}

/** To whom early speech goes, and what it belongs to. */
export interface EarlySpeechAddress {
  readonly agentIdentity: string;
  readonly trackId: string;
}

/** Sends frames as the stream that an agent reads before it listens to the track. Rejects with LiveKit's own error. */
export async function sendEarlySpeech(
  room: Pick<RoomPort, "streamBytes">,
  frames: readonly Uint8Array[],
  { agentIdentity, trackId }: EarlySpeechAddress,
): Promise<void> {
  const writer = await room.streamBytes({
    name: "preconnect-buffer",
    topic: EARLY_SPEECH_TOPIC,
    mimeType: "audio/pcm",
    destinationIdentities: [agentIdentity],
    attributes: { trackId, sampleRate: String(CAPTURE_RATE), channels: "1" },
  });
  for (const frame of frames) await writer.write(frame);
  await writer.close();
}
