import { livekitRoom, type LivekitRoomAgent } from "vivavoce/livekit";

/** The agent in a room, which the page's own server lets it join. */
export function makeRoomAgent(roomName: string): LivekitRoomAgent {
  return livekitRoom({
    token: "/livekit/token",
    roomName,
    // The same at each start, so that an agent that is still there knows who has come back.
    participantIdentity: "you",
    agentTimeoutMs: 15_000,
  });
}
