import { RoomEvent, type Room } from "livekit-client";
import { livekitRoom, type RoomPublishing } from "../../../src/agent/livekit-room/index.ts";
import { microphone, silero, VoiceSession } from "../../../src/index.ts";
import { newLivekitRoom } from "../../../src/room/livekit-port.ts";
import { sentBytes } from "./sent-bytes.ts";
import type { Lag, Tell, Visit } from "./visit.ts";

/** Joins by a session with an agent in the room. */
export function visitBySession(roomName: string, tell: Tell, publish: RoomPublishing): Visit {
  // The room that it makes by itself; its own event is told for the same as the plain page's.
  const makeRoom = (): Room => newLivekitRoom().on(RoomEvent.Reconnected, () => tell("reconnected"));
  const agent = livekitRoom({ token: "/livekit/token", roomName, publish, makeRoom });
  const session = new VoiceSession({ source: microphone(), vad: silero(), agent, assets: "/vivavoce/assets/" });
  session.on("user-transcript", () => tell("text"));
  session.on("warning", ({ error }) => reportError(error));
  session.on("ended", ({ error }) => error && reportError(error));
  void session.start();
  return {
    lag: () => {
      const { lagMs = 0, skippedMs = 0 } = (session.health.agent ?? {}) as Partial<Lag>;
      return { lagMs, skippedMs };
    },
    sentBytes: () => sentBytes(agent.room),
    leave: () => session.stop(),
  };
}
