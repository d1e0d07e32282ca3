import { Track, type Room } from "livekit-client";

/** What the microphone of a room has sent so far, headers included; NaN before it is published. */
export async function sentBytes(room: Room | undefined): Promise<number> {
  const track = room?.localParticipant.getTrackPublication(Track.Source.Microphone)?.track;
  const report = await track?.getRTCStatsReport();
  let bytes = NaN;
  report?.forEach((stats: { type: string; bytesSent: number; headerBytesSent: number }) => {
    if (stats.type === "outbound-rtp") bytes = stats.bytesSent + stats.headerBytesSent;
  });
  return bytes;
}
