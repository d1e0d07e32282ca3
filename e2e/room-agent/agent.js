import { AudioStream, ParticipantKind, Room, RoomEvent, RpcError, TrackSource } from "@livekit/rtc-node";
import { Captions } from "./captions.js";
import { Ears } from "./ears.js";
import { EarlySpeech } from "./early-speech.js";
import { Onsets } from "./onsets.js";
import { Voice } from "./voice.js";

const STATE = "lk.agent.state";
const CHAT_TOPIC = "lk.chat";
/** Names of calls that LiveKit's examples of push-to-talk use, one for barge-in, and one to have something said. */
const METHODS = { start: "start_turn", commit: "end_turn", clear: "cancel_turn", interrupt: "interrupt", say: "say" };

/** Hears, thinks and speaks for one person at a time. */
export class Agent {
  /** Resolves when it is out of the room, for whatever reason. */
  left;
  #job;
  #tell;
  #room = new Room();
  #captions;
  #ears;
  #voice;
  #early = new EarlySpeech();
  #person;
  #turn = [];
  #messages = [];
  /** How often it has been told to forget what it is hearing, and has not yet. */
  #forgetting = 0;
  /** Resolves when what was said early was heard. */
  #caughtUp = Promise.resolve();
  /** Counts what it does; who is no longer the latest gives up. */
  #round = 0;

  /** `turns`: "auto" answers every utterance, "manual" waits for the call that commits the turn. */
  constructor(job, tell) {
    this.#job = { turns: "auto", ...job, methods: { ...METHODS, ...job.methods } };
    this.#tell = tell;
    this.#captions = new Captions(this.#room, this.#job);
    this.left = new Promise((resolve) => this.#room.once(RoomEvent.Disconnected, resolve));
  }

  async join() {
    const room = this.#room;
    room.registerByteStreamHandler(this.#early.topic, (reader, { identity }) => this.#hearEarly(reader, identity));
    room.registerTextStreamHandler(CHAT_TOPIC, (reader, { identity }) => this.#read(reader, identity));
    room.on(RoomEvent.TrackSubscribed, (track, publication, person) => this.#listen(track, publication, person));
    room.on(RoomEvent.ParticipantDisconnected, ({ identity }) => this.#tell({ type: "gone", identity }));
    room.on(RoomEvent.Reconnecting, () => this.#tell({ type: "reconnecting" }));
    room.on(RoomEvent.Reconnected, () => this.#tell({ type: "reconnected" }));
    room.on(RoomEvent.Disconnected, (reason) => this.#tell({ type: "disconnected", reason }));
    // Before the room: somebody may be talking there already.
    this.#ears = await Ears.open(this.#job, (text, isFinal) => this.#heard(text, isFinal));
    this.#voice = new Voice(this.#job);
    await room.connect(this.#job.url, this.#job.token, { autoSubscribe: true, dynacast: false });
    this.#become("initializing");
    this.#answerCalls();
    await this.#voice.publish(room);
    this.#become("listening");
    this.#tell({ type: "joined", identity: room.localParticipant.identity, room: room.name });
  }

  async leave() {
    this.#voice?.interrupt();
    this.#ears?.close();
    await this.#room.disconnect();
  }

  /** Commands of the test. */
  async obey(type, command) {
    const me = this.#room.localParticipant;
    switch (type) {
      case "say":
        return this.#say(command.text, ++this.#round);
      case "chat":
        return me.sendText(command.text, { topic: CHAT_TOPIC });
      case "text":
        return me.sendText(command.text, { topic: command.topic, attributes: command.attributes });
      case "attributes":
        return me.setAttributes(command.attributes);
      case "renew":
        this.#job.gatewayToken = command.gatewayToken;
        return undefined;
      case "call": {
        const { method, payload = "" } = command;
        const call = { destinationIdentity: this.#person, method, payload, responseTimeout: 5_000 };
        const answer = await me.performRpc(call).catch(({ code, message }) => ({ code, message }));
        return this.#tell({ type: "called", method, answer });
      }
      default:
        throw new Error(`There is no command ${type}`);
    }
  }

  #answerCalls() {
    const { methods, alsoAnswers = [] } = this.#job;
    const answers = {
      [methods.start]: () => void this.#takeTurn(), // who means to interrupt says so
      [methods.commit]: ({ skipsReply }) => void this.#commit(skipsReply), // a recogniser on a busy machine can be late
      [methods.clear]: () => this.#forget(),
      [methods.interrupt]: () => this.#fallSilent(),
      [methods.say]: ({ text }) => this.#say(text, ++this.#round),
      ...Object.fromEntries(alsoAnswers.map((method) => [method, () => ""])),
    };
    for (const [method, answer] of Object.entries(answers)) {
      this.#room.localParticipant.registerRpcMethod(method, async ({ payload, callerIdentity }) => {
        this.#tell({ type: "call", method, payload, identity: callerIdentity });
        if (payload === "refuse") throw new RpcError(1_234, "refused, as asked");
        return (await answer(payload.startsWith("{") ? JSON.parse(payload) : {})) ?? "";
      });
    }
  }

  #listen(track, publication, person) {
    const isMicrophone = publication.source === TrackSource.SOURCE_MICROPHONE;
    if (!isMicrophone || person.kind === ParticipantKind.AGENT) return;
    if (this.#person !== undefined && this.#person !== person.identity) return;
    this.#person = person.identity;
    this.#captions.transcribe(person.identity, publication.sid);
    const features = publication.info?.audioFeatures ?? [];
    this.#tell({ type: "listening", identity: person.identity, trackId: publication.sid, features });
    const stream = new AudioStream(track, { sampleRate: this.#ears.sampleRate, numChannels: 1, frameSizeMs: 50 });
    void this.#hearAll(stream, publication.sid, features);
  }

  /** What was said before comes first; the sound of now waits for it. */
  async #hearAll(stream, trackId, features) {
    const waitMs = this.#job.earlySpeechWaitMs ?? EarlySpeech.waitMs(features);
    let early = waitMs > 0 ? this.#early.of(trackId, waitMs) : undefined;
    const waiting = [];
    const onsets = new Onsets(this.#ears.sampleRate);
    const hear = (samples) => {
      if (onsets.push(samples)) this.#tell({ type: "onset" });
      this.#ears.push(samples);
    };
    if (early) {
      this.#caughtUp = early.then((samples) => {
        early = undefined;
        for (const chunk of [samples, ...waiting]) hear(chunk);
      });
    }
    for await (const { data } of stream) {
      if (early) waiting.push(data.slice());
      else hear(data);
    }
  }

  async #hearEarly(reader, identity) {
    const { attributes, mimeType } = reader.info;
    try {
      const samples = await this.#early.read(reader, this.#ears.sampleRate);
      this.#tell({ type: "early-speech", identity, mimeType, attributes, samples: samples.length });
    } catch (error) {
      this.#tell({ type: "early-speech-refused", identity, mimeType, attributes, message: error.message });
    }
  }

  async #read(reader, identity) {
    const text = await reader.readAll();
    this.#tell({ type: "chat", text, identity });
    await this.#answer(text);
  }

  #heard(text, isFinal) {
    if (this.#forgetting > 0) return;
    this.#tell({ type: "heard", text, isFinal });
    void this.#captions.ofPerson([...this.#turn, text].join(" "), isFinal && this.#job.turns === "auto");
    if (!isFinal) return;
    this.#turn.push(text);
    if (this.#job.turns === "auto") void this.#answer(this.#takeTurn());
  }

  /** Resolves when all that has come is recognised, what was said early included. */
  async #recognised() {
    await this.#caughtUp;
    await this.#ears.finalize();
  }

  async #commit(skipsReply = false) {
    await this.#recognised();
    const text = this.#takeTurn();
    this.#tell({ type: "committed", text });
    if (text === "") return;
    await this.#captions.ofPerson(text, true);
    if (!skipsReply) await this.#answer(text);
  }

  #forget() {
    this.#takeTurn();
    this.#captions.nextSegment();
    this.#forgetting++;
    void this.#recognised().then(() => this.#forgetting--);
  }

  #fallSilent() {
    this.#round++;
    this.#voice.interrupt();
    this.#become("listening");
  }

  #takeTurn() {
    return this.#turn.splice(0).join(" ");
  }

  async #answer(text) {
    if (this.#job.answers === false) return;
    const round = ++this.#round;
    this.#voice.interrupt();
    this.#become("thinking");
    this.#messages.push({ role: "user", content: text });
    const response = await fetch(`${this.#job.gatewayUrl}/v1/chat/completions`, {
      method: "POST",
      headers: { Authorization: `Bearer ${this.#job.gatewayToken}`, "Content-Type": "application/json" },
      body: JSON.stringify({ model: this.#job.model ?? "rules/answers", messages: this.#messages }),
    });
    const { choices } = await response.json();
    if (round === this.#round) await this.#say(choices[0].message.content, round);
  }

  async #say(text, round) {
    this.#voice.interrupt();
    const caption = await this.#captions.ofAgent();
    const said = await this.#voice.say(text, {
      onBegin: () => this.#become("speaking"),
      onWord: (word) => caption.append(word),
    });
    await caption.close();
    this.#messages.push({ role: "assistant", content: said.text });
    this.#tell({ type: "said", ...said });
    if (round === this.#round) this.#become("listening");
  }

  /** Nothing waits for it: that the server has heard of it can take seconds. */
  #become(state) {
    this.#tell({ type: "state", state });
    void this.#room.localParticipant.setAttributes({ [STATE]: state });
  }
}
