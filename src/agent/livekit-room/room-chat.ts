import { VoiceError } from "../../errors.ts";
import type { RoomPort, TextStream } from "../../room/room-port.ts";
import { CHAT_TOPIC } from "../../room/topics.ts";

/** Who can be written to. */
export interface RoomTarget {
  readonly room: RoomPort;
  readonly agentIdentity: string;
}

/** What a chat needs. */
export interface RoomChatParts {
  /** Absent while nobody is there; what is written meanwhile waits. */
  readonly target: () => RoomTarget | undefined;
  readonly onText: (id: string, text: string) => void;
  readonly onWarning: (error: VoiceError) => void;
}

/** Texts that app and agent write to each other. */
export class RoomChat {
  readonly #parts: RoomChatParts;
  readonly #waiting: string[] = [];

  constructor(parts: RoomChatParts) {
    this.#parts = parts;
  }

  /** Writes to the agent; once it is there, if it is not. */
  send(text: string): void {
    this.#waiting.push(text);
    this.flush();
  }

  /** The agent may be there now. */
  flush(): void {
    const target = this.#parts.target();
    if (!target) return;
    for (const text of this.#waiting.splice(0)) {
      target.room.sendText(text, CHAT_TOPIC, [target.agentIdentity]).catch((cause: unknown) => {
        this.#parts.onWarning(new VoiceError("gateway-lost", "A text could not be sent to the agent", { cause }));
      });
    }
  }

  /** Reads what somebody wrote, to its end; never rejects. */
  async read(stream: TextStream): Promise<void> {
    const { target, onText, onWarning } = this.#parts;
    if (stream.identity === target()?.room.identity) return; // our own, as others have it
    let text = "";
    try {
      for await (const piece of stream.pieces) text += piece;
    } catch (cause) {
      return onWarning(new VoiceError("protocol-violated", "A text of the chat broke off", { cause }));
    }
    if (text.trim() !== "") onText(stream.id, text);
  }
}
