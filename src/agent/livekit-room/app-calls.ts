import { VoiceError } from "../../errors.ts";
import type { JsonValue } from "../../conversation/conversation-item.ts";
import type { RoomPort } from "../../room/room-port.ts";
import { errorOfCall } from "../../room/turn-calls.ts";

/** Answers a call of the agent's; what it gives is sent back as JSON. */
export type AnswerCall = (payload: JsonValue, callerIdentity: string) => JsonValue | Promise<JsonValue>;

/** Calls (RPC) between the app and the agent, with JSON on both ways; those that are answered are so in every room. */
export class AppCalls {
  readonly #answers = new Map<string, AnswerCall>();
  readonly #stops = new Map<string, () => void>();
  #room: RoomPort | undefined;

  /** From now on this is the room; none any more. */
  enter(room: RoomPort | undefined): void {
    this.#room = room;
    this.#stops.clear();
    if (room) for (const method of this.#answers.keys()) this.#register(room, method);
  }

  /**
   * Calls the agent.
   *
   * @throws VoiceError `not-supported` if it does not know the call, `provider-failed` if it fails or does not answer.
   */
  async call(room: RoomPort, agentIdentity: string, method: string, payload: JsonValue): Promise<JsonValue> {
    const call = { destinationIdentity: agentIdentity, method, payload: JSON.stringify(payload) };
    const answer = await room.call(call).catch((cause: unknown) => {
      throw errorOfCall(method, cause);
    });
    return fromJson(answer);
  }

  /** Answers calls of one name, now and in later runs, until the returned function is called. @throws VoiceError `invalid-state` if it is answered already */
  answer(method: string, handler: AnswerCall): () => void {
    if (this.#answers.has(method)) throw new VoiceError("invalid-state", `The call ${method} is answered already`);
    this.#answers.set(method, handler);
    if (this.#room) this.#register(this.#room, method);
    return () => {
      if (this.#answers.get(method) !== handler) return;
      this.#answers.delete(method);
      this.#stops.get(method)?.();
      this.#stops.delete(method);
    };
  }

  #register(room: RoomPort, method: string): void {
    const stop = room.answer(method, async ({ payload, callerIdentity }) => {
      const answer = await this.#answers.get(method)?.(fromJson(payload), callerIdentity);
      return JSON.stringify(answer ?? null);
    });
    this.#stops.set(method, stop);
  }
}

/** What is no JSON is a text. */
function fromJson(text: string): JsonValue {
  if (text === "") return null;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
