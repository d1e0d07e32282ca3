import { Room, RoomEvent } from "livekit-client";
import { sentBytes } from "./sent-bytes.ts";
import type { Tell, Visit } from "./visit.ts";

/** Joins by `livekit-client` alone, as `docs/livekit.md` begins. With `isMicrophoneFirst` the microphone does not wait for the room. */
export function visitPlainly(roomName: string, tell: Tell, isMicrophoneFirst: boolean): Visit {
  const room = new Room({ publishDefaults: { preConnectBuffer: true } });
  room.on(RoomEvent.TrackSubscribed, (track) => document.body.append(track.attach()));
  room.on(RoomEvent.Reconnected, () => tell("reconnected"));
  room.registerTextStreamHandler("lk.transcription", (reader) => {
    reader.readAll().then(
      () => tell("text"),
      () => undefined, // left meanwhile
    );
  });
  const openMicrophone = (): Promise<unknown> => room.localParticipant.setMicrophoneEnabled(true);
  const connect = async (): Promise<void> => {
    const { url, token } = await ticket(roomName);
    await room.connect(url, token);
  };
  void (isMicrophoneFirst ? Promise.all([openMicrophone(), connect()]) : connect().then(openMicrophone));
  return {
    lag: () => ({ lagMs: 0, skippedMs: 0 }),
    sentBytes: () => sentBytes(room),
    leave: () => room.disconnect(),
  };
}

async function ticket(roomName: string): Promise<{ readonly url: string; readonly token: string }> {
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ room_name: roomName });
  const response = await fetch("/livekit/token", { method: "POST", headers, body });
  const { server_url: url, participant_token: token } = (await response.json()) as Record<string, string>;
  if (url === undefined || token === undefined) throw new Error(`No token: ${response.status}`);
  return { url, token };
}
