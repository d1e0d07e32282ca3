import { setImmediate as breath } from "node:timers/promises";
import type { ClientEventType } from "./client-event.ts";
import { Conversation, storeOf, withSound } from "./conversation.ts";
import type { Place, StoredItem } from "./conversation.ts";
import type { EventSender } from "./event-sender.ts";
import { Fields } from "./fields.ts";
import { newId } from "./ids.ts";
import { InputAudio } from "./input-audio.ts";
import type { Utterance } from "./input-audio.ts";
import { decodePcm24, WIRE_RATE_HZ } from "./pcm24.ts";
import { readItem } from "./read-item.ts";
import { toRealtimeError, wireErrorOf } from "./realtime-error.ts";
import type { RealtimeError } from "./realtime-error.ts";
import { Recognition, recogniseOnce } from "./recognition.ts";
import type { OpenStream } from "./recognition.ts";
import type { ResponseMeans } from "./response.ts";
import { defaultPlan, readPlan } from "./response-plan.ts";
import { Responses } from "./responses.ts";
import { updateConfig } from "./session-config.ts";
import type { SessionConfig } from "./session-config.ts";
import { listeningOf } from "./turn-detection.ts";
import { tellTranscript } from "./user-speech.ts";

/** What an exchange is made of. */
export interface ExchangeOptions {
  /** Tells the client. */
  readonly sender: EventSender;
  /** The settings to begin with. */
  readonly config: SessionConfig;
  /** What the credential says of the session: merged into them as far as it is legal. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Opens a recogniser, for the transcription model that the session names. */
  readonly recognise: (model: string | undefined) => OpenStream;
  /** What answers are made with. */
  readonly means: ResponseMeans;
}

/** Largest time that a client may name, in ms: a day. */
const MAX_MS = 86_400_000;

/** What client and server say to each other in a session: its settings, its conversation, what is heard and answered. */
export class Exchange {
  readonly #sender: EventSender;
  readonly #conversation = new Conversation();
  readonly #recognise: ExchangeOptions["recognise"];
  readonly #recognition: Recognition;
  readonly #input: InputAudio;
  readonly #responses: Responses;
  #config: SessionConfig;

  constructor({ sender, config, settings, recognise, means }: ExchangeOptions) {
    this.#sender = sender;
    this.#recognise = recognise;
    this.#config = config;
    const conversationId = newId("conv");
    this.#recognition = new Recognition((output) => this.#openStream()(output));
    this.#input = new InputAudio(this.#recognition, listeningOf(config.audio.input.turn_detection), {
      onSpeechStarted: (itemId, startMs) => this.#onSpeechStarted(itemId, startMs),
      onSpeechStopped: (item_id, audio_end_ms) =>
        void sender.send({ type: "input_audio_buffer.speech_stopped", audio_end_ms, item_id }),
      onCommitted: (utterance) => this.#onCommitted(utterance),
      onIdle: (item_id, audio_start_ms, audio_end_ms) =>
        void sender.send({ type: "input_audio_buffer.timeout_triggered", audio_start_ms, audio_end_ms, item_id }),
    });
    const [conversation, onDone] = [this.#conversation, () => this.#input.startIdling()];
    this.#responses = new Responses({ sender, conversation, conversationId, means, onDone });
    const refusal = this.#adopt(settings);
    void sender.send({ type: "session.created", session: this.#config });
    const told = { id: conversationId, object: "realtime.conversation" };
    void sender.send({ type: "conversation.created", conversation: told });
    if (refusal !== undefined) void sender.send({ type: "error", error: wireErrorOf(refusal) });
  }

  /**
   * Does what the client asks for. Resolves when the next event may come.
   * @throws RealtimeError if it cannot be done; nothing has changed then.
   */
  async handle(type: ClientEventType, fields: Fields): Promise<void> {
    await this.#handlers[type](fields);
  }

  /** Ends whatever goes on. */
  end(): void {
    this.#responses.end();
    this.#recognition.close();
  }

  readonly #handlers: Readonly<Record<ClientEventType, (fields: Fields) => Promise<void> | void>> = {
    "session.update": (fields) => {
      this.#configure(fields.object("session"));
      void this.#sender.send({ type: "session.updated", session: this.#config });
    },
    "input_audio_buffer.append": (fields) => this.#append(decodePcm24(fields.text("audio"), "audio")),
    "input_audio_buffer.commit": () => this.#input.commit(),
    "input_audio_buffer.clear": () => {
      this.#input.clear();
      void this.#sender.send({ type: "input_audio_buffer.cleared" });
    },
    "conversation.item.create": (fields) => this.#createItem(fields),
    "conversation.item.retrieve": (fields) => {
      const item = this.#conversation.get(fields.text("item_id"), "item_retrieve_invalid_item_id");
      void this.#sender.send({ type: "conversation.item.retrieved", item: withSound(item) });
    },
    "conversation.item.truncate": (fields) => {
      const item_id = fields.text("item_id");
      const content_index = fields.whole("content_index", { min: 0, max: 1_000 });
      const audio_end_ms = fields.whole("audio_end_ms", { min: 0, max: MAX_MS });
      this.#conversation.truncate(item_id, content_index, audio_end_ms);
      void this.#sender.send({ type: "conversation.item.truncated", item_id, content_index, audio_end_ms });
    },
    "conversation.item.delete": (fields) => {
      const item_id = fields.text("item_id");
      this.#conversation.delete(item_id);
      void this.#sender.send({ type: "conversation.item.deleted", item_id });
    },
    "response.create": (fields) => {
      const response = fields.nullable("response", (key) => fields.object(key), undefined);
      const plan = response ? readPlan(response, this.#config, this.#conversation) : defaultPlan(this.#config);
      for (const item of plan.input ?? []) this.#hear(item);
      this.#responses.create(plan);
    },
    "response.cancel": (fields) => this.#responses.cancel(fields.textOrNone("response_id")),
  };

  /** Takes a second at a time, so that minutes in one event keep no other session waiting. */
  async #append(samples: Int16Array): Promise<void> {
    for (let start = 0; start < samples.length; start += WIRE_RATE_HZ) {
      if (start > 0) await breath();
      this.#input.append(samples.slice(start, start + WIRE_RATE_HZ));
      await this.#recognition.room();
    }
  }

  #configure(update: Fields): void {
    this.#config = updateConfig(this.#config, update, this.#responses.hasSpoken);
    this.#input.listen(listeningOf(this.#config.audio.input.turn_detection));
  }

  /** Takes over what a client secret says; its model is the connection's affair. Returns why not, if it is not legal. */
  #adopt(settings: Readonly<Record<string, unknown>>): RealtimeError | undefined {
    const { model } = this.#config;
    try {
      this.#configure(Fields.of({ ...settings, type: "realtime", model }, "session"));
      return undefined;
    } catch (error) {
      return toRealtimeError(error);
    }
  }

  #createItem(fields: Fields): void {
    const { item: wire, samples } = readItem(fields.object("item"));
    const previous = fields.textOrNone("previous_item_id");
    const place: Place = previous === undefined ? "end" : previous === "root" ? "front" : { after: previous };
    const item: StoredItem = { wire, sound: storeOf(samples) };
    this.#insert(item, place);
    if (this.#hear(item)) void tellTranscript(this.#sender, item, this.#config.audio.input.transcription);
  }

  /** Recognises an item that came with its sound, if nobody says what is in it. */
  #hear(item: StoredItem): boolean {
    const { wire, sound } = item;
    const isUnknown =
      wire.type === "message" && wire.content.some((part) => part.type === "input_audio" && !part.transcript);
    if (!isUnknown || sound.to === sound.from || item.heard !== undefined) return false;
    item.heard = recogniseOnce(this.#openStream(), sound.slice(0, sound.to));
    item.heard.catch(() => undefined); // whoever needs it hears of it; perhaps nobody does
    return true;
  }

  #insert(item: StoredItem, place: Place): string | null {
    const previous_item_id = this.#conversation.insert(item, place);
    void this.#sender.send({ type: "conversation.item.added", previous_item_id, item: item.wire });
    void this.#sender.send({ type: "conversation.item.done", previous_item_id, item: item.wire });
    return previous_item_id;
  }

  #onSpeechStarted(item_id: string, audio_start_ms: number): void {
    void this.#sender.send({ type: "input_audio_buffer.speech_started", audio_start_ms, item_id });
    if (listeningOf(this.#config.audio.input.turn_detection)?.interruptsResponse === true) this.#responses.interrupt();
  }

  #onCommitted({ itemId: item_id, samples, heard, endsTurn }: Utterance): void {
    const { transcription, turn_detection } = this.#config.audio.input;
    void this.#sender.send({
      type: "input_audio_buffer.committed",
      previous_item_id: this.#conversation.lastId,
      item_id,
    });
    const content = [{ type: "input_audio", transcript: null }] as const;
    const wire = {
      id: item_id,
      object: "realtime.item",
      type: "message",
      status: "completed",
      role: "user",
      content,
    } as const;
    const item: StoredItem = { wire, sound: storeOf(samples), heard };
    this.#insert(item, "end");
    void tellTranscript(this.#sender, item, transcription);
    if (endsTurn && listeningOf(turn_detection)?.createsResponse === true)
      this.#responses.createWhenFree(defaultPlan(this.#config));
  }

  #openStream(): OpenStream {
    return this.#recognise(this.#config.audio.input.transcription?.model);
  }
}
