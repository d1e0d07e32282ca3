import type { RoomSound } from "../../room/room-port.ts";
import type { AgentHost } from "../agent-host.ts";
import type { AgentSpeaker } from "../agent-speaker.ts";

/** Rate of what is published, in Hz: that of Opus. */
export const ROOM_RATE_HZ = 48_000;

/** What the person says, as a sound that can be published. Between what is written there is silence. */
export interface RoomMicrophone {
  /** What is published. */
  readonly sound: RoomSound;
  /** How much was written and has not left yet, in ms. */
  readonly lagMs: number;
  /** Adds samples, mono, -1..1, 48 kHz; they follow what was written before. */
  write(samples: Float32Array): void;
  /** Nothing follows for now. */
  rest(): void;
}

/** What the agent is heard through. */
export interface RoomSpeaker extends AgentSpeaker {
  /** Plays a sound of the room. */
  add(sound: RoomSound): void;
  /** Plays it no more. */
  remove(sound: RoomSound): void;
}

/** Opens both in the session's context; they are closed with the run. */
export interface OpenRoomDevices {
  readonly microphone: (host: AgentHost) => Promise<RoomMicrophone>;
  readonly speaker: (host: AgentHost) => RoomSpeaker;
}
