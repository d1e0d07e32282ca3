import { encodeBase64 } from "../audio/base64.ts";
import { pcm16Bytes } from "../audio/pcm16.ts";
import type { OpenSocket, SocketLike } from "../net/socket.ts";

type Message = Readonly<Record<string, unknown>> & { readonly type: string };

/** What a model's answer consists of: message items with what they say and how long that takes, or a call of a tool. */
export type AnswerPart =
  | { readonly itemId: string; readonly text: string; readonly audioMs: number }
  | { readonly callId: string; readonly name: string; readonly arguments: string };

/**
 * The other end of OpenAI Realtime, without a network: answers what a client asks in the documented order, and lets a
 * test say what the model says, and when.
 */
export class ModelServer {
  /** All that clients sent, audio left out. */
  readonly received: Message[] = [];
  /** Items that were made of audio, oldest first. */
  readonly committed: string[] = [];
  /** How much audio came, in samples. */
  appendedSamples = 0;
  /** What the model says when asked, one after another; nothing more when it is used up. */
  readonly script: (readonly AnswerPart[])[] = [];
  /** Whether the end of an answer is told with it; else by {@link finish}. */
  finishes = true;
  /** The newest answer's name. */
  responseId = "";
  #listeners: { type: string; listener: (event: never) => void }[] = [];
  #count = 0;
  #isOpen = false;
  #unfinished: { responseId: string; parts: readonly AnswerPart[] } | undefined;

  /** Makes the client's socket. */
  readonly openSocket: OpenSocket = () => {
    this.#listeners = [];
    const { isOpen } = { isOpen: () => this.#isOpen };
    const socket: SocketLike = {
      get readyState() {
        return isOpen() ? 1 : 3;
      },
      bufferedAmount: 0,
      send: (text) => this.#receive(JSON.parse(String(text)) as Message),
      close: () => this.drop(1000),
      addEventListener: (type: string, listener: (event: never) => void) =>
        void this.#listeners.push({ type, listener }),
    };
    queueMicrotask(() => {
      this.#isOpen = true;
      this.#emit("open", {});
      this.say({ type: "session.created", session: { id: "sess_1", type: "realtime", expires_at: 0 } });
    });
    return socket;
  };

  /** Those of one type. */
  of(type: string): Message[] {
    return this.received.filter((message) => message.type === type);
  }

  /** Tells the client something. */
  say(...events: readonly Message[]): void {
    for (const event of events) {
      this.#count += 1;
      this.#emit("message", { data: JSON.stringify({ event_id: `event_${this.#count}`, ...event }) });
    }
  }

  /** Cuts the connection. */
  drop(code = 1006): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#emit("close", { code, reason: "" });
  }

  /** The end of an answer, if that was left out. */
  finish(status = "completed"): void {
    if (!this.#unfinished) return;
    const { responseId, parts } = this.#unfinished;
    this.#unfinished = undefined;
    for (const part of parts) {
      if ("itemId" in part)
        this.say({ type: "response.output_item.done", response_id: responseId, output_index: 0, item: itemOf(part) });
    }
    const usage = { total_tokens: 5, input_tokens: 2, output_tokens: 3 };
    this.say({
      type: "response.done",
      response: { id: responseId, object: "realtime.response", status, output: parts.map(itemOf), usage },
    });
  }

  /** Audio of an item, as the model sends it. */
  audio(responseId: string, itemId: string, ms: number, contentIndex = 0): void {
    const pcm = Int16Array.from({ length: ms * 24 }, (_, index) => Math.round(9_000 * Math.sin(index / 10)));
    const place = { response_id: responseId, item_id: itemId, output_index: 0, content_index: contentIndex };
    this.say({ type: "response.output_audio.delta", ...place, delta: encodeBase64(pcm16Bytes(pcm)) });
  }

  #emit(type: string, event: object): void {
    for (const entry of [...this.#listeners]) if (entry.type === type) entry.listener(event as never);
  }

  #receive(message: Message): void {
    if (message.type === "input_audio_buffer.append") {
      this.appendedSamples += (String(message["audio"]).length * 3) / 8;
      return;
    }
    this.received.push(message);
    queueMicrotask(() => this.#answer(message));
  }

  #answer(message: Message): void {
    switch (message.type) {
      case "session.update":
        return this.say({ type: "session.updated", session: message["session"] });
      case "input_audio_buffer.commit": {
        const itemId = `user_${++this.#count}`;
        this.committed.push(itemId);
        const item = { id: itemId, type: "message", role: "user", content: [{ type: "input_audio" }] };
        return this.say(
          { type: "input_audio_buffer.committed", item_id: itemId },
          { type: "conversation.item.added", item },
          { type: "conversation.item.done", item },
        );
      }
      case "input_audio_buffer.clear":
        return this.say({ type: "input_audio_buffer.cleared" });
      case "conversation.item.create":
        return this.say(
          { type: "conversation.item.added", item: message["item"] },
          { type: "conversation.item.done", item: message["item"] },
        );
      case "conversation.item.truncate":
        return this.say({ ...message, type: "conversation.item.truncated" });
      case "conversation.item.delete":
        return this.say({ type: "conversation.item.deleted", item_id: message["item_id"] });
      case "response.cancel":
        return this.finish("cancelled");
      case "response.create":
        return this.#respond();
    }
  }

  #respond(): void {
    const parts = this.script.shift();
    if (!parts) return;
    const responseId = `resp_${++this.#count}`;
    this.responseId = responseId;
    this.say({
      type: "response.created",
      response: {
        id: responseId,
        object: "realtime.response",
        status: "in_progress",
        output: [],
        conversation_id: "conv_1",
      },
    });
    for (const part of parts) {
      const item = itemOf(part);
      this.say(
        {
          type: "response.output_item.added",
          response_id: responseId,
          output_index: 0,
          item: { ...item, status: "in_progress", content: [] },
        },
        { type: "conversation.item.added", item: { ...item, status: "in_progress", content: [] } },
      );
      const place = { response_id: responseId, item_id: item.id, output_index: 0, content_index: 0 };
      if ("callId" in part) {
        const call = { ...place, call_id: part.callId, name: part.name, arguments: part.arguments };
        this.say({ type: "response.function_call_arguments.done", ...call });
        this.say({ type: "response.output_item.done", response_id: responseId, output_index: 0, item });
        continue;
      }
      // The end of the text may come after the sound.
      const [most, rest] = [part.text.slice(0, -4), part.text.slice(-4)];
      this.say({ type: "response.output_audio_transcript.delta", ...place, delta: most });
      for (let ms = 0; ms < part.audioMs; ms += 100) this.audio(responseId, item.id, Math.min(100, part.audioMs - ms));
      this.say({ type: "response.output_audio.done", ...place });
      this.say({ type: "response.output_audio_transcript.delta", ...place, delta: rest });
    }
    this.#unfinished = { responseId, parts };
    if (this.finishes) this.finish();
  }
}

function itemOf(part: AnswerPart): { readonly id: string } & Readonly<Record<string, unknown>> {
  if ("itemId" in part) {
    const content = [{ type: "output_audio", transcript: part.text }];
    return { id: part.itemId, type: "message", role: "assistant", status: "completed", content };
  }
  const { callId, name, arguments: args } = part;
  return { id: `fc_${callId}`, type: "function_call", status: "completed", call_id: callId, name, arguments: args };
}
