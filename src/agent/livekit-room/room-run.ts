import { samplesToMs } from "../../audio/units.ts";
import type { HearingEvent } from "../../gate/frame-decider.ts";
import type { Clock } from "../../net/clock.ts";
import type { RoomAgentState } from "../../room/agent-attributes.ts";
import type { EarlySpeechWay } from "../../room/early-speech.ts";
import type { LiveTo } from "../../room/hand-over.ts";
import { LegacyDelay } from "../../room/legacy-delay.ts";
import { RoomLink, type RoomLinkParts, type RoomLinkUser } from "../../room/room-link.ts";
import type { RoomEvent, RoomPort } from "../../room/room-port.ts";
import { CHAT_TOPIC, TRANSCRIBED_TRACK } from "../../room/topics.ts";
import { Transcripts, type RoomTranscript, type TranscribedSide } from "../../room/transcripts.ts";
import { TurnCalls, type TurnCallNames } from "../../room/turn-calls.ts";
import type { TurnEvent } from "../../turns/turn-event.ts";
import type { AgentRun, Said } from "../agent.ts";
import type { AgentHost } from "../agent-host.ts";
import { AgentUtterances } from "./agent-utterances.ts";
import { HeardPerson } from "./heard-person.ts";
import { HeldSpeech } from "./held-speech.ts";
import { Hush } from "./hush.ts";
import { RoomChat, type RoomTarget } from "./room-chat.ts";
import type { OpenRoomDevices, RoomSpeaker } from "./room-devices.ts";
import { RoomFloor } from "./room-floor.ts";
import { RoomWarnings } from "./room-warnings.ts";
import { TurnOnset } from "./turn-onset.ts";

/** What a run is made with. */
export interface RoomRunParts {
  readonly link: Omit<RoomLinkParts, "clock" | "sendsBytes">;
  readonly calls: TurnCallNames;
  readonly earlySpeech: EarlySpeechWay;
  /** Whether the session ends turns, and not the agent. */
  readonly isLocal: boolean;
  readonly clock: Clock;
  readonly devices: OpenRoomDevices;
  /** Told once the room was joined, so that the app's own calls are answered in it. */
  readonly onRoom: (room: RoomPort) => void;
}

/** An agent in a LiveKit room, at work in a session. */
export class RoomRun implements AgentRun {
  readonly ready: Promise<void>;
  readonly speaker: RoomSpeaker;
  readonly #host: AgentHost;
  readonly #parts: RoomRunParts;
  readonly #link: RoomLink;
  readonly #calls: TurnCalls;
  readonly #transcripts: Transcripts;
  readonly #legacy: LegacyDelay;
  readonly #person: HeardPerson;
  readonly #utterances: AgentUtterances;
  readonly #held: HeldSpeech;
  readonly #floor: RoomFloor;
  readonly #hush: Hush;
  readonly #chat: RoomChat;
  readonly #onset = new TurnOnset();
  /** The agent stops by itself when it reads a text: a call to do so might come later, and stop its answer. */
  #isWriting = false;

  /** Joins at once. */
  constructor(parts: RoomRunParts, host: AgentHost) {
    this.#host = host;
    this.#parts = parts;
    const { clock, devices, calls } = parts;
    const warnings = new RoomWarnings(host);
    this.speaker = devices.speaker(host);
    const microphone = devices.microphone(host);
    this.ready = microphone.then((opened) => void (this.#held.microphone = opened));
    const sound = microphone.then((opened) => opened.sound);
    for (const promise of [this.ready, sound]) promise.catch(ignore); // the session's start says it
    this.#link = new RoomLink(
      { ...parts.link, clock, sendsBytes: parts.earlySpeech === "stream" },
      this.#linkUser(warnings),
    );
    this.#calls = new TurnCalls({
      names: calls,
      clock,
      target: () => (this.#link.isLive ? this.#target() : undefined),
      onWarning: warnings.tell,
    });
    this.#transcripts = new Transcripts({
      onTranscript: (transcript) => this.#transcribed(transcript),
      onSkipped: warnings.tellOnce,
    });
    this.#legacy = new LegacyDelay(this.#transcripts, clock);
    this.#person = new HeardPerson(host);
    this.#utterances = new AgentUtterances(host, clock);
    this.#held = new HeldSpeech(host, parts.earlySpeech);
    this.#chat = new RoomChat({
      target: () => this.#target(),
      onText: (id, text) => void (host.signal.aborted || this.#utterances.wrote(id, text)),
      onWarning: warnings.tellOnce,
    });
    this.#floor = new RoomFloor(host);
    this.#hush = new Hush(this.speaker, clock);
    host.signal.addEventListener("abort", () => this.#close(), { once: true });
    void this.#link.connect(sound);
  }

  /** Who answers, while it is there. */
  get agentIdentity(): string | undefined {
    return this.#link.agentIdentity;
  }

  /** The room, the agent in it, and what is on its way there. */
  get health(): Readonly<Record<string, unknown>> {
    const { state, agentIdentity, agentState, isLive } = this.#link;
    return { state, agentIdentity, agentState, isLive, ...this.#held.health };
  }

  take(event: TurnEvent): void {
    if (event.type === "interruption") return this.#isWriting ? this.#fallSilent() : this.interrupt();
    if (event.type !== "turn" || !this.#parts.isLocal) return;
    this.#onset.end();
    const turn = { transcript: event.transcript, skipsReply: event.skipsReply };
    this.#calls.tell("endTurn", turn, this.#held.lagMs); // its end must not overtake its sound
  }

  hear(event: HearingEvent): void {
    this.#held.hear(event, this.#link.isLive);
    this.#person.hear(event);
    if (event.type === "speech-started" || event.type === "speech-ended") {
      const atMs = samplesToMs(event.type === "speech-started" ? event.startSample : event.endSample);
      this.#calls.tell("speech", { type: event.type, atMs });
    }
    const onset = this.#onset.hear(event);
    if (onset !== undefined && this.#parts.isLocal) this.#calls.tell("startTurn", { atMs: samplesToMs(onset) });
  }

  async say(text: string): Promise<Said> {
    await this.#calls.say(text);
    return { heardText: text, isInterrupted: false };
  }

  sendText(text: string): void {
    this.#isWriting = true;
    this.#host.turns()?.agent.interrupt();
    this.#isWriting = false;
    this.#fallSilent();
    this.#host.conversation.add({ role: "user", text });
    this.#chat.send(text);
  }

  interrupt(): void {
    this.#fallSilent();
    if (!this.#host.signal.aborted && this.#link.agentIdentity !== undefined) {
      this.#calls.tell("interrupt", { atMs: samplesToMs(this.#host.now()) });
    }
  }

  clear(): void {
    this.#onset.end();
    this.#held.clear();
    if (this.#link.isLive) this.#calls.tell("cancelTurn", {});
    else this.#calls.forget(); // nothing of it was heard
  }

  #linkUser(warnings: RoomWarnings): RoomLinkUser {
    const { emit, onFailure } = this.#host;
    return {
      onLive: (to) => void this.#goLive(to),
      onReached: () => {
        this.#chat.flush();
        void this.#held.endWait();
        this.#calls.release(this.#held.lagMs);
      },
      onState: (state) => this.#agentBecame(state),
      onSound: (sound) => this.speaker.add(sound),
      onSoundEnded: (sound) => this.speaker.remove(sound),
      onEvent: (event) => this.#take(event),
      onReconnecting: (error) => {
        this.#utterances.ended();
        this.#floor.become("listening");
        emit({ type: "agent-reconnecting", error, retryInMs: 0 });
      },
      onReconnected: () => emit({ type: "agent-reconnected" }),
      onWarning: warnings.tell,
      onClosed: (error) => {
        this.#hush.close();
        if (error) onFailure(error);
      },
      onJoined: (room) => this.#parts.onRoom(room),
    };
  }

  async #goLive(to: LiveTo): Promise<void> {
    const { room } = this.#link;
    if (!room) return;
    // Calls do not overtake what was said early.
    this.#calls.hold();
    await this.#held.goLive(to, room);
    this.#calls.release(this.#held.lagMs);
  }

  #agentBecame(state: RoomAgentState): void {
    if (state === "speaking") {
      this.#hush.end();
      this.#utterances.started();
    } else {
      this.#utterances.ended();
    }
    this.#floor.become(state);
  }

  #take(event: Extract<RoomEvent, { type: "text" | "legacy-transcription" }>): void {
    if (event.type === "legacy-transcription") return this.#legacy.take(this.#sideOf(event.identity), event.segments);
    const { topic, stream } = event;
    if (topic === CHAT_TOPIC) return void this.#chat.read(stream);
    // Without a sender of its own, the track tells who was transcribed.
    const trackId = stream.attributes()[TRANSCRIBED_TRACK];
    const isOwn = trackId !== undefined && trackId === this.#link.trackId;
    void this.#transcripts.read(isOwn ? "user" : this.#sideOf(stream.identity), stream);
  }

  #sideOf(identity: string): TranscribedSide {
    return identity === this.#link.room?.identity ? "user" : "agent";
  }

  #transcribed(transcript: RoomTranscript): void {
    if (this.#host.signal.aborted) return;
    if (transcript.side === "user") return this.#person.take(transcript);
    const isStateless = this.#link.agentState === undefined;
    if (isStateless && transcript.text !== "") this.#agentBecame("speaking");
    this.#utterances.take(transcript);
    if (isStateless && transcript.isFinal) this.#agentBecame("listening");
  }

  #target(): RoomTarget | undefined {
    const { room, agentIdentity, isReached } = this.#link;
    return room && agentIdentity !== undefined && isReached ? { room, agentIdentity } : undefined;
  }

  #fallSilent(): void {
    this.#hush.begin();
    this.#utterances.cut();
  }

  #close(): void {
    this.#calls.forget();
    this.#legacy.close();
    this.#utterances.close();
    this.#hush.close();
    this.#link.close();
  }
}

/** Told elsewhere. */
const ignore = (): void => undefined;
