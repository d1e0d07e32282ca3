import { VoiceError } from "vivavoce";
import type { Agent } from "vivavoce/agent";

/** The way into a room of this page's own. What it needs is fetched when somebody chooses it, and not before. */
export class RoomDoor {
  /** Another one for each visit. */
  readonly roomName = `demo-${Math.random().toString(36).slice(2, 10)}`;
  #make: ((roomName: string) => Agent) | undefined;
  #opening: Promise<void> | undefined;

  /** Whether all is there that {@link makeAgent} needs. */
  get isOpen(): boolean {
    return this.#make !== undefined;
  }

  /** Fetches what is needed. @throws VoiceError `asset-failed` if it cannot be had. */
  open(): Promise<void> {
    this.#opening ??= import("./room-agent.ts").then(
      ({ makeRoomAgent }) => void (this.#make = makeRoomAgent),
      (cause: unknown) => {
        this.#opening = undefined; // the next one tries again
        throw new VoiceError("asset-failed", "The page's part for rooms did not load", { cause });
      },
    );
    return this.#opening;
  }

  /** The agent in the room. @throws VoiceError `invalid-state` while the door is shut. */
  makeAgent(): Agent {
    if (!this.#make) throw new VoiceError("invalid-state", "The page's part for rooms is not there yet");
    return this.#make(this.roomName);
  }
}
