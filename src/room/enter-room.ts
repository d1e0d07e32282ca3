import type { TokenReason } from "../net/token.ts";
import { errorOfRoom } from "./room-error.ts";
import type { OpenRoom, RoomEvent, RoomPort } from "./room-port.ts";
import type { RoomTickets } from "./room-ticket.ts";

/** What is needed to enter a room. */
export interface EntranceParts {
  readonly office: RoomTickets;
  readonly openRoom: OpenRoom;
}

/** Takes a room that was opened, and says who hears of what happens in it. */
export type OnOpened = (room: RoomPort) => (event: RoomEvent) => void;

/**
 * Enters a room. A token that was refused is fetched anew, once, for another room.
 *
 * @returns Undefined if it was aborted.
 * @throws VoiceError that says why not.
 */
export async function enterRoom(
  parts: EntranceParts,
  signal: AbortSignal,
  onOpened: OnOpened,
  attempt = 1,
): Promise<RoomPort | undefined> {
  const { office, openRoom } = parts;
  const reason: TokenReason = attempt === 1 ? "connect" : "rejected";
  let room: RoomPort | undefined;
  try {
    const { serverUrl, participantToken } = await office.ticket({ signal, attempt, reason });
    let hear: (event: RoomEvent) => void = () => undefined;
    room = openRoom((event) => hear(event));
    hear = onOpened(room);
    await room.connect(serverUrl, participantToken);
    return signal.aborted ? undefined : room;
  } catch (cause) {
    if (signal.aborted) return undefined;
    leaveRoom(room);
    const error = errorOfRoom(cause);
    if (error.code !== "token-rejected" || !office.canRenew || attempt > 1) throw error;
    return enterRoom(parts, signal, onOpened, attempt + 1);
  }
}

/** Leaves. Who does so does not mind that the other side has gone. */
export function leaveRoom(room: RoomPort | undefined): void {
  room?.close().catch(() => undefined);
}
