import { callLivekit, type Signer } from "../e2e/livekit-rooms.ts";
import { startRoomAgent } from "../e2e/room-agent.ts";
import type { Gateway } from "../gateway/index.ts";
import { RoomAgents, type Inhabitant } from "./room-agents.ts";

const LOOK_MS = 500;
/** A token of the gateway is good for 10 min. */
const RENEW_MS = 300_000;

/** Lets everybody who comes into a room of this server talk with an agent of the gateway's; returns how to end that. */
export function serveRooms(server: Signer, gateway: Gateway): () => Promise<void> {
  const agents = new RoomAgents({
    rooms: () => inhabitedRooms(server),
    start: (room) => startAgent(server, gateway, room),
    onFailure: (error) => console.log(`No agent could come: ${(error as Error).message}`),
  });
  const timer = setInterval(() => void agents.look(), LOOK_MS);
  return async () => {
    clearInterval(timer);
    await agents.close();
  };
}

/** The server does not count agents. */
async function inhabitedRooms(server: Signer): Promise<readonly string[]> {
  const { rooms = [] } = await callLivekit<{
    readonly rooms?: readonly { readonly name: string; readonly num_participants?: number }[];
  }>(server, "RoomService/ListRooms", {});
  return rooms.filter(({ num_participants: guests = 0 }) => guests > 0).map(({ name }) => name);
}

async function startAgent(server: Signer, gateway: Gateway, room: string): Promise<Inhabitant> {
  const agent = await startRoomAgent({ server, gateway, room, turns: "manual" });
  const renew = async (): Promise<void> => agent.command("renew", { gatewayToken: (await gateway.issueToken()).token });
  const timer = setInterval(() => void renew(), RENEW_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return agent.stop();
    },
  };
}
