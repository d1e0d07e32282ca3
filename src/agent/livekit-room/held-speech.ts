import { samplesToMs } from "../../audio/units.ts";
import { VoiceError } from "../../errors.ts";
import type { HearingEvent } from "../../gate/frame-decider.ts";
import { CatchUp } from "../../room/catch-up.ts";
import { EarlySpeech, sendEarlySpeech, type EarlySpeechWay, type HeldSound } from "../../room/early-speech.ts";
import type { LiveTo } from "../../room/hand-over.ts";
import type { RoomPort } from "../../room/room-port.ts";
import type { AgentHost } from "../agent-host.ts";
import { ROOM_RATE_HZ, type RoomMicrophone } from "./room-devices.ts";

/** As much as a session keeps anywhere. */
const MAX_HELD_MS = 30_000;
/** Delay of the published sound from which on pauses are shortened, in ms. */
const MAX_LAG_MS = 160;
/** Silence before what was said early, where it goes on the track: an agent has subscribed before it listens, in ms. */
const LEAD_MS = 300;

/** The way of what the person says into the room: live while somebody hears it there, and kept until then. */
export class HeldSpeech {
  readonly #host: AgentHost;
  readonly #way: EarlySpeechWay;
  readonly #early: EarlySpeech;
  readonly #catchUp = new CatchUp(MAX_LAG_MS);
  /** Where it goes; there before anything can be live. */
  microphone: RoomMicrophone | undefined;
  #isLive = false;
  /** Tells the agent that it waits for nothing. */
  #waiting: (() => Promise<void>) | undefined;

  constructor(host: AgentHost, way: EarlySpeechWay) {
    this.#host = host;
    this.#way = way;
    this.#early = new EarlySpeech(MAX_HELD_MS, (startSample, lengthSamples) => {
      const durationMs = samplesToMs(lengthSamples);
      host.emit({ type: "gap", startMs: samplesToMs(startSample), durationMs, cause: "unsent" });
    });
  }

  /** How much waits for the agent, how late the published sound is, and how much of pauses was let go; in ms. */
  get health(): Readonly<Record<string, number>> {
    return { heldMs: this.#early.heldMs, lagMs: this.lagMs, skippedMs: this.#catchUp.skippedMs };
  }

  /** How late the published sound is, in ms. */
  get lagMs(): number {
    return this.microphone?.lagMs ?? 0;
  }

  /** Takes what passed the gate; silence in place of what the agent must not be interrupted by. */
  hear(event: HearingEvent, isLive: boolean): void {
    if (this.#isLive && !isLive) this.microphone?.rest();
    this.#isLive = isLive;
    if (event.type === "segment-closed") return this.microphone?.rest();
    if (event.type !== "audio" || !event.uplink) return;
    const { startSample, samples } = event;
    const isHeard = this.#host.turns()?.isHeardByStt ?? true;
    const heard = (sound: Float32Array): Float32Array => (isHeard ? sound : new Float32Array(sound.length));
    if (isLive) this.#send(heard(event.uplink));
    else this.#early.push({ startSample, samples: heard(samples), uplink: heard(event.uplink) });
  }

  /** There is somebody who hears: what was kept goes first. Resolves when it was sent. */
  async goLive(to: LiveTo, room: RoomPort): Promise<void> {
    this.#isLive = true;
    this.#waiting = undefined;
    if (!to.isFirst) return this.#replay(this.#early.take());
    if (this.#way === "stream" && to.isInTime) return this.#stream(room, to, this.#early.takeFrames());
    this.#speakEarly(this.#early.takeUplink());
    this.#waiting = () => this.#stream(room, to, []);
    if (to.isReached) await this.endWait();
  }

  /** Data reach the agent: where what was said early comes on the track, it need not wait for bytes. */
  async endWait(): Promise<void> {
    const waiting = this.#isLive ? this.#waiting : undefined;
    this.#waiting = undefined;
    await waiting?.();
  }

  /** Forgets what is kept. */
  clear(): void {
    this.#early.clear();
  }

  async #stream(room: RoomPort, { agentIdentity, trackId }: LiveTo, frames: readonly Uint8Array[]): Promise<void> {
    try {
      await sendEarlySpeech(room, frames, { agentIdentity, trackId });
    } catch (cause) {
      if (this.#host.signal.aborted) return;
      const message = "What was said before the agent was there could not be sent";
      this.#host.onWarning(new VoiceError("gateway-lost", message, { cause }));
    }
  }

  #replay(sounds: readonly HeldSound[]): void {
    for (const { uplink } of sounds) this.#send(uplink);
  }

  /** As it was said, pauses and all: who has just come needs a moment to hear, and pauses to understand. */
  #speakEarly(pieces: readonly Float32Array[]): void {
    if (pieces.length > 0) this.microphone?.write(new Float32Array((ROOM_RATE_HZ * LEAD_MS) / 1_000));
    for (const samples of pieces) this.microphone?.write(samples);
  }

  #send(samples: Float32Array): void {
    if (this.#catchUp.keeps(samples, ROOM_RATE_HZ, this.lagMs)) this.microphone?.write(samples);
  }
}
