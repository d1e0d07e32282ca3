/** Attributes as LiveKit has them: texts by name. */
export type Attributes = Readonly<Record<string, string>>;

/** A sound on its way through a room; a page's `MediaStreamTrack` is one. */
export interface RoomSound {
  readonly id: string;
  readonly kind: string;
}

/** Somebody else in the room, as they are now. */
export interface RoomGuest {
  readonly identity: string;
  /** Whether LiveKit says that it is an agent. */
  readonly isAgent: boolean;
  /** Whether it can take data already. */
  readonly isActive: boolean;
  readonly attributes: Attributes;
}

/** A text that comes piece by piece. */
export interface TextStream {
  readonly id: string;
  /** Whose text it is: of a transcription, who was transcribed. */
  readonly identity: string;
  /** As they are now: the end of the stream may bring more. */
  readonly attributes: () => Attributes;
  readonly pieces: AsyncIterable<string>;
}

/** A segment of the packets that older agents send, and newer ones send as well. */
export interface LegacySegment {
  readonly id: string;
  readonly text: string;
  readonly isFinal: boolean;
}

/** A call from the other side. */
export interface RoomCall {
  readonly callerIdentity: string;
  readonly payload: string;
}

/** What happens in a room. */
export type RoomEvent =
  /** Somebody came, became active, or has other attributes. */
  | { readonly type: "guest"; readonly guest: RoomGuest }
  | { readonly type: "guest-left"; readonly identity: string }
  /** Somebody's sound is there. */
  | { readonly type: "sound"; readonly identity: string; readonly sound: RoomSound }
  | { readonly type: "sound-ended"; readonly identity: string; readonly sound: RoomSound }
  /** What is published here has this name now; another one after a full reconnect. */
  | { readonly type: "published"; readonly trackId: string }
  /** Somebody subscribed to it. */
  | { readonly type: "heard"; readonly trackId: string }
  | { readonly type: "text"; readonly topic: string; readonly stream: TextStream }
  | { readonly type: "legacy-transcription"; readonly identity: string; readonly segments: readonly LegacySegment[] }
  /** The connection is being mended; until then nobody knows what goes through. */
  | { readonly type: "reconnecting" }
  | { readonly type: "reconnected" }
  /** It is over. `reason`: LiveKit's `DisconnectReason`. */
  | { readonly type: "disconnected"; readonly reason: number | undefined };

/** A stream of bytes that is being written. */
export interface ByteWriter {
  /** Resolves when more may be written. */
  write(bytes: Uint8Array): Promise<void>;
  /** Nothing more will be written. */
  close(): Promise<void>;
}

/** What is said of bytes before they come. */
export interface ByteHeader {
  readonly name: string;
  readonly topic: string;
  readonly mimeType: string;
  readonly destinationIdentities: string[];
  readonly attributes: Record<string, string>;
}

/** A call to the other side. */
export interface OutgoingCall {
  readonly destinationIdentity: string;
  readonly method: string;
  readonly payload: string;
}

/** What of a LiveKit room is used. Errors of its promises are LiveKit's own; `errorOfRoom` reads them. */
export interface RoomPort {
  /** Who we are, once connected. */
  readonly identity: string;
  /** Who else is there. */
  readonly guests: readonly RoomGuest[];
  /** Joins. */
  connect(url: string, token: string): Promise<void>;
  /** Publishes a sound as the microphone; `published` tells when. */
  publish(sound: RoomSound): Promise<void>;
  /** Publishes the same sound anew, under another name. */
  republish(): Promise<void>;
  /** Sends a text as a stream. */
  sendText(text: string, topic: string, destinationIdentities: string[]): Promise<void>;
  /** Begins a stream of bytes. */
  streamBytes(header: ByteHeader): Promise<ByteWriter>;
  /** Calls the other side; resolves with its answer. */
  call(call: OutgoingCall): Promise<string>;
  /** Answers calls of the other side, until the returned function is called. */
  answer(method: string, handler: (call: RoomCall) => Promise<string>): () => void;
  /** Leaves; nothing is told afterwards. Idempotent. */
  close(): Promise<void>;
}

/** Makes a room to join. */
export type OpenRoom = (onEvent: (event: RoomEvent) => void) => RoomPort;
