import { VoiceError } from "../errors.ts";
import { Deferred } from "./deferred.ts";
import type { RealtimeTool, SessionSettings } from "./session-settings.ts";
import { changesToWire, checkSettings, sessionToWire } from "./session-wire.ts";
import type { WireSession } from "./wire.ts";

/** A conversation's own, which go before the session's. */
interface Overrides {
  readonly instructions: string | undefined;
  readonly tools: readonly RealtimeTool[] | undefined;
}

interface Layers {
  readonly session: SessionSettings;
  readonly overrides: Overrides;
}

interface Update {
  readonly apply: (layers: Layers) => Layers;
  readonly accepted: Deferred<void>;
  clientEventId: string;
}

/**
 * The settings as they count: those that the server took, and the changes that it has not judged. Changes that it
 * refuses are taken back, so that later sessions begin without them. Pure.
 */
export class SessionBook {
  #taken: Layers;
  /** Sent, and not answered, oldest first; those that no session was told of have no id. */
  #updates: Update[] = [];
  /** The message that began this session, until it is answered. */
  #firstId: string | undefined;

  /** @throws TypeError or RangeError naming the option, the rule and the value. */
  constructor({ session = {}, instructions, tools }: { readonly session?: SessionSettings } & Partial<Overrides>) {
    const overrides = { instructions, tools };
    checkSettings(session, "realtime.session");
    checkSettings(given(overrides), "realtime");
    this.#taken = { session, overrides };
  }

  /** All settings, changes included. */
  get settings(): SessionSettings {
    const { session, overrides } = this.#updates.reduce((layers, { apply }) => apply(layers), this.#taken);
    return { ...session, ...given(overrides) };
  }

  /** A new session begins: all settings are sent, changes included. */
  begin(send: Send): void {
    this.#firstId = send(sessionToWire(this.settings));
  }

  /**
   * Changes settings of the session. Sends the difference, if there is a session, by `send`, which returns the id of
   * the message. @throws TypeError or RangeError naming the option, the rule and the value.
   */
  update(changes: SessionSettings, send: Send): Promise<void> {
    checkSettings(changes, "realtime.session");
    return this.#change(({ session, overrides }) => ({ session: { ...session, ...given(changes) }, overrides }), send);
  }

  /** Changes what goes before the settings of the session; `undefined` gives way to them again. */
  override(changes: Partial<Overrides>, send: Send): Promise<void> {
    checkSettings(given(changes), "realtime");
    return this.#change(({ session, overrides }) => ({ session, overrides: { ...overrides, ...changes } }), send);
  }

  /** The server has taken the oldest message. Returns whether it was the one that began the session. */
  updated(): boolean {
    if (this.#firstId !== undefined) {
      this.#firstId = undefined;
      this.#take(this.#updates.filter(({ clientEventId }) => clientEventId === ""));
      return true;
    }
    this.#take(this.#updates.slice(0, 1));
    return false;
  }

  /** The server refused something: perhaps a change. Returns whether it was the beginning of the session. */
  refused(clientEventId: string | undefined, error: VoiceError): boolean {
    if (clientEventId === undefined) return false;
    const refused = this.#updates.find((update) => update.clientEventId === clientEventId);
    this.#updates = this.#updates.filter((update) => update !== refused);
    refused?.accepted.reject(error);
    return clientEventId === this.#firstId;
  }

  /** The session is gone: the next one begins with the changes that were not judged. */
  lost(): void {
    this.#firstId = undefined;
    for (const update of this.#updates) update.clientEventId = "";
  }

  /** Nobody judges them any more. */
  close(error: VoiceError): void {
    for (const { accepted } of this.#updates.splice(0)) accepted.reject(error);
  }

  #change(apply: (layers: Layers) => Layers, send: Send): Promise<void> {
    const before = this.settings;
    const update: Update = { apply, accepted: new Deferred(), clientEventId: "" };
    this.#updates.push(update);
    update.clientEventId = send(changesToWire(difference(before, this.settings)));
    return update.accepted.promise;
  }

  #take(updates: readonly Update[]): void {
    this.#updates = this.#updates.filter((update) => !updates.includes(update));
    for (const { apply, accepted } of updates) {
      this.#taken = apply(this.#taken);
      accepted.resolve();
    }
  }
}

/** Sends changes, and returns the id of the message; an empty one if there is no session. */
export type Send = (changes: WireSession) => string;

/** What is new; what is gone can only be emptied. */
function difference(before: SessionSettings, after: SessionSettings): SessionSettings {
  const changed = Object.entries(after).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof SessionSettings]),
  );
  const emptied = {
    ...(before.instructions !== undefined && after.instructions === undefined ? { instructions: "" } : {}),
    ...(before.tools !== undefined && after.tools === undefined ? { tools: [] } : {}),
  };
  return { ...Object.fromEntries(changed), ...emptied };
}

function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
