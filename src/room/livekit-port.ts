import {
  getLogger,
  LocalAudioTrack,
  Room,
  RoomEvent as LivekitEvent,
  Track,
  type LocalTrack,
  type Participant,
  type RemoteTrack,
  type TextStreamReader,
} from "livekit-client";
import { mendingDelayMs, type MendingTries } from "./mending.ts";
import type {
  ByteHeader,
  ByteWriter,
  OutgoingCall,
  RoomCall,
  RoomEvent,
  RoomGuest,
  RoomPort,
  RoomSound,
} from "./room-port.ts";
import { CHAT_TOPIC, TRANSCRIPTION_TOPIC } from "./topics.ts";

/** The room of `livekit-client`, for all that goes beyond a conversation. */
export type LivekitRoom = Room;

/**
 * The microphone's track, which is never muted and may be silent for long. It announces that what was said early comes as
 * bytes, so that agents wait for it; LiveKit's own recording, which would send it, has no part in this.
 */
class VoiceTrack extends LocalAudioTrack {
  override get hasPreConnectBuffer(): boolean {
    return true;
  }

  override checkForSilence(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

/** A room of `livekit-client` as this library uses it. */
export class LivekitPort implements RoomPort {
  readonly #room: Room;
  readonly #onEvent: (event: RoomEvent) => void;
  #track: LocalTrack | undefined;
  #isClosed = false;

  /** Nothing happens before `connect`. */
  constructor(room: Room, onEvent: (event: RoomEvent) => void) {
    this.#room = room;
    this.#onEvent = (event) => void (this.#isClosed || onEvent(event));
    this.#listen();
  }

  get identity(): string {
    return this.#room.localParticipant.identity;
  }

  get guests(): readonly RoomGuest[] {
    return [...this.#room.remoteParticipants.values()].map(guestOf);
  }

  connect(url: string, token: string): Promise<void> {
    return this.#room.connect(url, token);
  }

  async publish(sound: RoomSound): Promise<void> {
    const track = new VoiceTrack(sound as MediaStreamTrack, undefined, true) as LocalTrack;
    this.#track = track;
    // Without DTX silence is sent as silence: whoever hears it gets frames, also while the gate is closed.
    await this.#room.localParticipant.publishTrack(track, { source: Track.Source.Microphone, dtx: false });
  }

  async republish(): Promise<void> {
    const track = this.#track;
    if (!track) return;
    await this.#room.localParticipant.unpublishTrack(track, false);
    await this.publish(track.mediaStreamTrack);
  }

  async sendText(text: string, topic: string, destinationIdentities: string[]): Promise<void> {
    await this.#room.localParticipant.sendText(text, { topic, destinationIdentities });
  }

  streamBytes(header: ByteHeader): Promise<ByteWriter> {
    return this.#room.localParticipant.streamBytes(header);
  }

  call(call: OutgoingCall): Promise<string> {
    return this.#room.localParticipant.performRpc(call);
  }

  answer(method: string, handler: (call: RoomCall) => Promise<string>): () => void {
    this.#room.registerRpcMethod(method, ({ callerIdentity, payload }) => handler({ callerIdentity, payload }));
    return () => this.#room.unregisterRpcMethod(method);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const topic of TOPICS) this.#room.unregisterTextStreamHandler(topic);
    await this.#room.disconnect(true);
  }

  #listen(): void {
    const [room, tell] = [this.#room, this.#onEvent];
    const tellGuest = (participant: Participant): void => {
      if (!participant.isLocal) tell({ type: "guest", guest: guestOf(participant) });
    };
    const isThere = ({ identity }: Participant): boolean => room.remoteParticipants.has(identity);
    room
      .on(LivekitEvent.ParticipantConnected, tellGuest)
      // It is told before `isActive` says so, and nothing need follow.
      .on(LivekitEvent.ParticipantActive, (participant) =>
        queueMicrotask(() => isThere(participant) && tellGuest(participant)),
      )
      .on(LivekitEvent.ParticipantAttributesChanged, (_, participant) => tellGuest(participant))
      .on(LivekitEvent.ParticipantPermissionsChanged, (_, participant) => tellGuest(participant))
      .on(LivekitEvent.ParticipantDisconnected, ({ identity }) => tell({ type: "guest-left", identity }))
      .on(LivekitEvent.TrackSubscribed, (track, _, { identity }) => {
        if (isSound(track)) tell({ type: "sound", identity, sound: track.mediaStreamTrack });
      })
      .on(LivekitEvent.TrackUnsubscribed, (track, _, { identity }) => {
        if (isSound(track)) tell({ type: "sound-ended", identity, sound: track.mediaStreamTrack });
      })
      .on(LivekitEvent.LocalTrackPublished, ({ track, trackSid }) => {
        if (track instanceof VoiceTrack) tell({ type: "published", trackId: trackSid });
      })
      .on(LivekitEvent.LocalTrackSubscribed, ({ trackSid }) => tell({ type: "heard", trackId: trackSid }))
      .on(LivekitEvent.SignalReconnecting, () => tell({ type: "reconnecting" }))
      .on(LivekitEvent.Reconnecting, () => tell({ type: "reconnecting" }))
      .on(LivekitEvent.Reconnected, () => tell({ type: "reconnected" }))
      .on(LivekitEvent.Disconnected, (reason) => tell({ type: "disconnected", reason }))
      .on(LivekitEvent.TranscriptionReceived, (segments, participant) => {
        if (!participant) return;
        const told = segments.map(({ id, text, final }) => ({ id, text, isFinal: final }));
        tell({ type: "legacy-transcription", identity: participant.identity, segments: told });
      });
    for (const topic of TOPICS) {
      room.registerTextStreamHandler(topic, (reader, { identity }) => {
        tell({ type: "text", topic, stream: streamOf(reader, identity) });
      });
    }
  }
}

/** Topics that are read here; for others the app asks the room itself. */
const TOPICS = [TRANSCRIPTION_TOPIC, CHAT_TOPIC];

function isSound(track: RemoteTrack): boolean {
  return track.kind === Track.Kind.Audio;
}

function guestOf({ identity, isAgent, isActive, attributes }: Participant): RoomGuest {
  return { identity, isAgent, isActive, attributes };
}

function streamOf(reader: TextStreamReader, identity: string) {
  return { id: reader.info.id, identity, attributes: () => reader.info.attributes ?? {}, pieces: reader };
}

/** Name of the logger that says nothing. */
const SILENT_LOGGER = "vivavoce";

/** Makes a plain room that says nothing on the console. */
export function newLivekitRoom(): Room {
  // A room asks for its logger by name, and sets its level; so the methods themselves are silenced.
  getLogger(SILENT_LOGGER).methodFactory = () => () => undefined;
  const reconnectPolicy = {
    nextRetryDelayInMs: (tries: MendingTries) => mendingDelayMs(tries, Math.random()) ?? null,
  };
  return new Room({ loggerName: SILENT_LOGGER, reconnectPolicy });
}
