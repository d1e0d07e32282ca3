import {
  DisconnectReason,
  getLogger,
  ParticipantEvent,
  ParticipantKind,
  RemoteParticipant,
  RoomEvent as LivekitEvent,
} from "livekit-client";
import { afterEach, expect, test, vi } from "vitest";
import { LivekitPort, newLivekitRoom } from "./livekit-port.ts";
import type { RoomEvent } from "./room-port.ts";

/** `ParticipantInfo_State.ACTIVE` of LiveKit's protocol. */
const ACTIVE = 2;

afterEach(() => vi.restoreAllMocks());

function begun() {
  const told: RoomEvent[] = [];
  const room = newLivekitRoom();
  const port = new LivekitPort(room, (event) => told.push(event));
  return { told, room, port };
}

function participant(room: ReturnType<typeof newLivekitRoom>, identity: string, kind: ParticipantKind) {
  const attributes = { "lk.agent.state": "listening" };
  return new RemoteParticipant(
    room.engine?.client,
    "PA_1",
    identity,
    undefined,
    undefined,
    attributes,
    undefined,
    kind,
  );
}

test("what livekit-client tells is told in our words", () => {
  const { told, room } = begun();
  const agent = participant(room, "agent-1", ParticipantKind.AGENT);
  room.emit(LivekitEvent.ParticipantConnected, agent);
  room.emit(LivekitEvent.ParticipantAttributesChanged, {}, agent);
  room.emit(LivekitEvent.ParticipantAttributesChanged, {}, room.localParticipant);
  room.emit(LivekitEvent.ParticipantDisconnected, agent);
  room.emit(LivekitEvent.SignalReconnecting);
  room.emit(LivekitEvent.Reconnected);
  const segment = { id: "A", text: "hi", language: "", startTime: 0, endTime: 0, final: true };
  const packet = { ...segment, firstReceivedTime: 0, lastReceivedTime: 0 };
  room.emit(LivekitEvent.TranscriptionReceived, [packet], agent);
  room.emit(LivekitEvent.Disconnected, DisconnectReason.ROOM_DELETED);
  const attributes = { "lk.agent.state": "listening" };
  const guest = { identity: "agent-1", isAgent: true, isActive: false, attributes };
  expect(told).toEqual([
    { type: "guest", guest },
    { type: "guest", guest },
    { type: "guest-left", identity: "agent-1" },
    { type: "reconnecting" },
    { type: "reconnected" },
    { type: "legacy-transcription", identity: "agent-1", segments: [{ id: "A", text: "hi", isFinal: true }] },
    { type: "disconnected", reason: 5 },
  ]);
});

test("somebody who becomes active is told of as active, and not at all if they have gone", async () => {
  const { told, room } = begun();
  const agent = participant(room, "agent-1", ParticipantKind.AGENT);
  const becomesActive = (): void =>
    void agent.updateInfo({
      identity: "agent-1",
      sid: "PA_1",
      attributes: {},
      state: ACTIVE,
      version: 1,
      tracks: [],
    } as never);
  agent.on(ParticipantEvent.Active, () => room.emit(LivekitEvent.ParticipantActive, agent));
  becomesActive();
  await Promise.resolve();
  expect(told).toEqual([]);
  Object.assign(agent, { participantInfo: undefined }); // what it was told has no news otherwise
  room.remoteParticipants.set("agent-1", agent);
  becomesActive();
  await Promise.resolve();
  expect(told).toMatchObject([{ type: "guest", guest: { identity: "agent-1", isActive: true } }]);
});

test("after it was closed nothing is told", async () => {
  const { told, room, port } = begun();
  await port.close();
  await port.close();
  room.emit(LivekitEvent.Reconnected);
  expect(told).toEqual([]);
});

test("a room of ours says nothing on the console, where others do", () => {
  const said: unknown[] = [];
  for (const name of ["trace", "debug", "log", "info", "warn", "error"] as const) {
    vi.spyOn(console, name).mockImplementation((message) => said.push(message));
  }
  newLivekitRoom();
  getLogger("vivavoce").error("ours");
  getLogger("of-others").error("theirs");
  expect(said).toEqual(["theirs"]);
});
