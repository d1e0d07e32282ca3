import { VoiceError } from "../errors.ts";
import type { Clock } from "../net/clock.ts";
import { stateOf, type RoomAgentState } from "./agent-attributes.ts";
import type { RoomGuest } from "./room-port.ts";
import { AGENT_STATE, ON_BEHALF_OF } from "./topics.ts";

/** Who watches for the agent. */
export interface AgentWatchUser {
  /** It can be talked to; again when it had gone. */
  readonly onCame: (identity: string, isAgain: boolean) => void;
  /** It has gone; another one is waited for. */
  readonly onGone: (error: VoiceError) => void;
  readonly onState: (state: RoomAgentState) => void;
  /** It says of itself what nobody knows. */
  readonly onUnknownState: (error: VoiceError) => void;
  /** None came in time. */
  readonly onMissing: (error: VoiceError) => void;
}

/** Which agent is meant, and how long it may take. */
export interface AgentWatchSettings {
  /** Absent: the first that is one. */
  readonly agentIdentity: string | undefined;
  /** Absent: whichever the room has. */
  readonly agentName: string | undefined;
  readonly timeoutMs: number;
}

/** Finds the agent among the guests of a room, and knows whether it is there. Pure but for the clock. */
export class AgentWatch {
  readonly #settings: AgentWatchSettings;
  readonly #clock: Clock;
  readonly #user: AgentWatchUser;
  readonly #guests = new Map<string, RoomGuest>();
  #identity: string | undefined;
  #hasCome = false;
  #state: RoomAgentState | undefined;
  #unknown: string | undefined;
  #callOff: (() => void) | undefined;

  constructor(settings: AgentWatchSettings, clock: Clock, user: AgentWatchUser) {
    this.#settings = settings;
    this.#clock = clock;
    this.#user = user;
  }

  /** Who it is, while it is there. */
  get identity(): string | undefined {
    return this.#identity;
  }

  /** What it says that it is doing. */
  get state(): RoomAgentState | undefined {
    return this.#state;
  }

  /** Whether nobody else is there. */
  get isAlone(): boolean {
    return this.#identity !== undefined && this.#guests.size === 1;
  }

  /** Whether what this guest publishes is the agent's, or is published on its behalf. */
  isItsOwn(identity: string): boolean {
    if (this.#identity === undefined) return false;
    return identity === this.#identity || this.#guests.get(identity)?.attributes[ON_BEHALF_OF] === this.#identity;
  }

  /** Begins to wait for it, unless it is there. */
  expect(): void {
    if (this.#isReady()) return;
    this.#callOff?.();
    this.#callOff = this.#clock.schedule(this.#settings.timeoutMs, () => this.#user.onMissing(this.#missing()));
  }

  /** The connection is being mended: nobody can come, and nobody is late. */
  suspend(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }

  /** Somebody came, or is not what they were. */
  guest(guest: RoomGuest): void {
    this.#guests.set(guest.identity, guest);
    if (this.#identity === undefined && guest.isActive && this.#isMeant(guest)) {
      this.#identity = guest.identity;
      this.#user.onCame(guest.identity, this.#hasCome);
      this.#hasCome = true;
    }
    if (guest.identity === this.#identity) this.#readState(guest);
    if (this.#isReady()) this.suspend();
  }

  /** Somebody left. `isWaitedFor`: whether the clock is to run for the next one. */
  left(identity: string, isWaitedFor: boolean): void {
    this.#guests.delete(identity);
    if (identity !== this.#identity) return;
    this.#identity = undefined;
    this.#state = undefined;
    this.#user.onGone(new VoiceError("gateway-lost", "The agent left the room"));
    for (const guest of this.#guests.values()) this.guest(guest);
    if (isWaitedFor) this.expect();
  }

  #isMeant({ identity, isAgent, attributes }: RoomGuest): boolean {
    const { agentIdentity } = this.#settings;
    if (agentIdentity !== undefined) return identity === agentIdentity;
    return (isAgent || AGENT_STATE in attributes) && !(ON_BEHALF_OF in attributes);
  }

  #readState({ attributes }: RoomGuest): void {
    const { state, unknown } = stateOf(attributes);
    if (unknown !== undefined && unknown !== this.#unknown) {
      this.#unknown = unknown;
      const told = JSON.stringify(unknown.slice(0, 100));
      this.#user.onUnknownState(new VoiceError("protocol-violated", `The agent's ${AGENT_STATE} is unknown: ${told}`));
    }
    if (state === undefined || state === this.#state) return;
    this.#state = state;
    this.#user.onState(state);
  }

  #isReady(): boolean {
    return this.#identity !== undefined && this.#state !== "initializing";
  }

  #missing(): VoiceError {
    const { agentName, timeoutMs } = this.#settings;
    const name = agentName === undefined ? "" : ` ${JSON.stringify(agentName)}`;
    if (this.#hasCome && this.#identity === undefined) {
      return new VoiceError("gateway-lost", `The agent${name} left, and none came in its place within ${timeoutMs} ms`);
    }
    const why =
      this.#identity !== undefined
        ? "it is there, and still initializing"
        : this.#guests.size === 0
          ? "nobody came into the room"
          : `among ${this.#guests.size} in the room none is an agent that can be talked to`;
    return new VoiceError("gateway-timeout", `The agent${name} was not ready within ${timeoutMs} ms: ${why}`);
  }
}
