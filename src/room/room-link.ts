import { VoiceError } from "../errors.ts";
import type { Clock } from "../net/clock.ts";
import { AgentReach } from "./agent-reach.ts";
import { AgentWatch, type AgentWatchSettings } from "./agent-watch.ts";
import type { RoomAgentState } from "./agent-attributes.ts";
import { enterRoom, leaveRoom, type EntranceParts } from "./enter-room.ts";
import { HandOver, type LiveTo } from "./hand-over.ts";
import { errorOfDisconnection, errorOfRoom } from "./room-error.ts";
import type { RoomEvent, RoomPort, RoomSound } from "./room-port.ts";

/** What a link is made of. */
export interface RoomLinkParts extends EntranceParts {
  readonly clock: Clock;
  readonly watch: AgentWatchSettings;
  /** How long joining may take, in ms. */
  readonly connectTimeoutMs: number;
  /** Whether what is said early is sent as bytes, for which agents wait when they hear of a track. */
  readonly sendsBytes: boolean;
}

/** Who uses a link. After `onClosed` nothing follows. */
export interface RoomLinkUser {
  /** The room is joined. */
  readonly onJoined: (room: RoomPort) => void;
  /** What is said goes through from here on. */
  readonly onLive: (to: LiveTo) => void;
  /** What is sent reaches the agent from here on. */
  readonly onReached: () => void;
  readonly onState: (state: RoomAgentState) => void;
  /** The agent's sound, or one published on its behalf. */
  readonly onSound: (sound: RoomSound) => void;
  readonly onSoundEnded: (sound: RoomSound) => void;
  /** Texts and packets, as they come. */
  readonly onEvent: (event: Extract<RoomEvent, { type: "text" | "legacy-transcription" }>) => void;
  readonly onReconnecting: (error: VoiceError) => void;
  readonly onReconnected: () => void;
  readonly onWarning: (error: VoiceError) => void;
  readonly onClosed: (error: VoiceError | undefined) => void;
}

/*
 *   idle ──connect──▶ connecting ──joined──▶ joined ◀──▶ mending
 *                         │ refused: once more, with a fresh token
 *                         ╰──────── failed ────────▶ closed ◀── disconnected, agent missing, close: from anywhere
 */
type LinkState = "idle" | "connecting" | "joined" | "mending" | "closed";

/** Joins a room, finds the agent in it, and knows when what is said goes through. LiveKit itself mends connections. */
export class RoomLink {
  readonly #parts: RoomLinkParts;
  readonly #user: RoomLinkUser;
  readonly #watch: AgentWatch;
  readonly #reach: AgentReach;
  readonly #handOver: HandOver;
  readonly #closed = new AbortController();
  /** By whom they are, since a sound may come before it is known who is the agent. */
  readonly #sounds = new Map<RoomSound, string>();
  readonly #played = new Set<RoomSound>();
  #state: LinkState = "idle";
  #room: RoomPort | undefined;
  #isAgentGone = false;
  #callOff: (() => void) | undefined;

  constructor(parts: RoomLinkParts, user: RoomLinkUser) {
    this.#parts = parts;
    this.#user = user;
    this.#reach = new AgentReach(parts.clock, () => this.#reached());
    const onLate = parts.sendsBytes ? () => this.#republish() : undefined;
    this.#handOver = new HandOver(parts.clock, (to) => user.onLive(to), onLate);
    this.#watch = new AgentWatch(parts.watch, parts.clock, {
      onCame: (identity, isAgain) => this.#agentCame(identity, isAgain),
      onGone: (error) => this.#agentGone(error),
      onState: (state) => user.onState(state),
      onUnknownState: (error) => user.onWarning(error),
      onMissing: (error) => this.close(error),
    });
  }

  /** How it stands. */
  get state(): LinkState {
    return this.#state;
  }

  /** The room, once it was opened. */
  get room(): RoomPort | undefined {
    return this.#room;
  }

  /** Who answers, while it is there. */
  get agentIdentity(): string | undefined {
    return this.#watch.identity;
  }

  /** What it says that it is doing. */
  get agentState(): RoomAgentState | undefined {
    return this.#watch.state;
  }

  /** The name of what is published. */
  get trackId(): string | undefined {
    return this.#handOver.trackId;
  }

  /** Whether what is said goes through. */
  get isLive(): boolean {
    return this.#handOver.isLive;
  }

  /** Whether what is sent reaches the agent. */
  get isReached(): boolean {
    return this.#reach.isReached;
  }

  /** Joins, and publishes the sound once it is there. Idempotent. */
  async connect(sound: Promise<RoomSound>): Promise<void> {
    if (this.#state !== "idle") return;
    this.#state = "connecting";
    const { connectTimeoutMs, clock } = this.#parts;
    this.#callOff = clock.schedule(connectTimeoutMs, () => {
      this.close(new VoiceError("gateway-timeout", `The room was not joined within ${connectTimeoutMs} ms`));
    });
    try {
      const room = await enterRoom(this.#parts, this.#closed.signal, (opened) => {
        this.#room = opened;
        return (event) => this.#room === opened && this.#take(event);
      });
      if (!room) return;
      this.#callOff();
      this.#state = "joined";
      this.#user.onJoined(room);
      for (const guest of room.guests) this.#watch.guest(guest);
      this.#watch.expect();
      const published = await sound;
      if (!this.#closed.signal.aborted) await room.publish(published);
    } catch (cause) {
      this.close(errorOfRoom(cause));
    }
  }

  /** Leaves. Idempotent. */
  close(error?: VoiceError): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#callOff?.();
    this.#closed.abort();
    this.#watch.suspend();
    this.#reach.stop();
    this.#handOver.close();
    leaveRoom(this.#room);
    this.#user.onClosed(error);
  }

  #take(event: RoomEvent): void {
    if (this.#state === "closed") return;
    switch (event.type) {
      case "guest":
        this.#watch.guest(event.guest);
        return this.#playSounds(); // an avatar's may turn out to be the agent's
      case "guest-left":
        return this.#watch.left(event.identity, this.#state === "joined");
      case "sound":
        this.#sounds.set(event.sound, event.identity);
        return this.#playSounds();
      case "sound-ended":
        this.#sounds.delete(event.sound);
        return void (this.#played.delete(event.sound) && this.#user.onSoundEnded(event.sound));
      case "published":
        return this.#handOver.published(event.trackId);
      case "heard":
        return this.#handOver.heard(event.trackId);
      case "reconnecting":
        return this.#mending();
      case "reconnected":
        return this.#mended();
      case "disconnected":
        // While connecting, its promise says why.
        return this.#state === "connecting" ? undefined : this.close(errorOfDisconnection(event.reason));
      default:
        return this.#user.onEvent(event);
    }
  }

  #mending(): void {
    if (this.#state !== "joined") return;
    this.#state = "mending";
    this.#handOver.media(false);
    this.#reach.stop();
    this.#watch.suspend();
    if (!this.#isAgentGone) {
      this.#user.onReconnecting(new VoiceError("gateway-lost", "The connection to the room broke; it is being mended"));
    }
  }

  #mended(): void {
    if (this.#state !== "mending") return;
    this.#state = "joined";
    this.#handOver.media(true);
    this.#seek();
    this.#watch.expect();
    if (this.#watch.identity !== undefined) this.#isAgentGone = false;
    if (!this.#isAgentGone) this.#user.onReconnected();
  }

  #agentCame(identity: string, isAgain: boolean): void {
    this.#playSounds();
    this.#handOver.agent(identity, this.#watch.isAlone);
    this.#seek();
    const wasGone = this.#isAgentGone;
    if (this.#state === "mending") return; // that it is there again is told with the connection
    this.#isAgentGone = false;
    if (isAgain && wasGone) this.#user.onReconnected();
  }

  #agentGone(error: VoiceError): void {
    this.#reach.stop();
    this.#handOver.agent(undefined);
    const isTold = this.#isAgentGone || this.#state === "mending";
    this.#isAgentGone = true;
    if (!isTold) this.#user.onReconnecting(error);
  }

  #seek(): void {
    const [room, { identity }] = [this.#room, this.#watch];
    if (room && identity !== undefined && this.#state === "joined") this.#reach.seek(room, identity);
  }

  #republish(): void {
    this.#room?.republish().catch((cause: unknown) => {
      // The old track is gone: nobody would hear the person.
      this.close(new VoiceError("gateway-lost", "The microphone could not be published anew", { cause }));
    });
  }

  #reached(): void {
    this.#user.onReached();
    this.#handOver.reached();
  }

  #playSounds(): void {
    for (const [sound, identity] of this.#sounds) {
      if (this.#played.has(sound) || !this.#watch.isItsOwn(identity)) continue;
      this.#played.add(sound);
      this.#user.onSound(sound);
    }
  }
}
