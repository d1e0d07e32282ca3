import { expect, test } from "vitest";
import { msToSamples } from "../audio/units.ts";
import { Conversation } from "../conversation/conversation.ts";
import type { SpeechWord, TranscriptEvent } from "../stt/speech-event.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { randomNumbers } from "../testing/random.ts";
import { NO_TELEMETRY } from "./telemetry.ts";
import type { TurnDetector } from "./turn-detector.ts";
import type { TurnEvent } from "./turn-event.ts";
import type { TurnDetection, TurnTakingOptions } from "./turn-options.ts";
import type { TurnRun } from "./turn-run.ts";
import { turnTaking } from "./turn-taking.ts";

const SCRIPTS = 10_000;
const WORD_MS = 250;
/** So long after speech has begun and ended the detector knows it; so long after that the gate closes. */
const ONSET_MS = 50;
const SILENCE_MS = 576;
const CLOSE_MS = 1_000;

/** A word that was said. Its name is its place: "w7" is the eighth. */
interface Word {
  readonly name: string;
  readonly startSample: number;
  readonly endSample: number;
}

/** An opening of the gate, and what the recogniser owes for it. */
interface Segment {
  readonly id: number;
  readonly startSample: number;
  endSample: number | undefined;
  /** Said, and not told in a final yet. */
  untold: Word[];
  finals: { readonly transcriptId: number; readonly words: readonly Word[] }[];
  /** By a named rule, whatever its next final tells may be dropped. */
  isNextExcused: boolean;
}

const OPTIONS: readonly TurnTakingOptions[] = [
  { aecWarmupMs: 0 },
  { aecWarmupMs: 0, interruption: { minWords: 2 } },
  { interruption: { resumeFalseInterruption: false }, endpointing: { mode: "dynamic", minDelayMs: 300 } },
  { aecWarmupMs: 0, endpointing: { minDelayMs: 0, maxDelayMs: 1_000 }, interruption: { minDurationMs: 100 } },
  { aecWarmupMs: 500, endpointing: { minDelayMs: 1_500 }, interruption: { falseInterruptionTimeoutMs: 0 } },
  { interruption: { enabled: false }, preemptiveGeneration: { enabled: false }, userTurnLimit: { maxWords: 3 } },
  { aecWarmupMs: 0, preemptiveGeneration: { maxAttempts: 1 }, userAwayAfterMs: 1_000 },
  { endpointing: { mode: "dynamic", alpha: 0.5 }, interruption: { minWords: 3, falseInterruptionTimeoutMs: 500 } },
];

/** One script: a person, a recogniser, a detector, an agent and an app who do what chance tells, and what must hold. */
class Walk {
  readonly #random: () => number;
  readonly #clock = new FakeClock();
  readonly #conversation = new Conversation();
  readonly #run: TurnRun;
  readonly #hasVad: boolean;
  readonly #isAligned: boolean;
  #options: TurnTakingOptions;
  #detection: TurnDetection;

  #isLoud = false;
  #soundStart = 0;
  #nextWord = 0;
  /** When the detector will know that speech has ended. */
  #end: { readonly endSample: number; readonly knownMs: number } | undefined;
  #isVadSpeaking = false;
  #isRecogniserSpeaking = false;
  /** The same, as far as it was heeded, and nobody knew better. */
  #isRecogniserHeard = false;
  #isMuted = false;
  #lastLoudMs = Number.NEGATIVE_INFINITY;
  #words = 0;
  readonly #segments: Segment[] = [];
  #transcriptId = 0;
  #interimOf: Segment | undefined;
  readonly #questions: { resolve: (probability: number) => void; reject: (cause: unknown) => void }[] = [];

  /** Words that were in a final: ever; and in one that was not taken back since. */
  readonly #told = new Set<string>();
  readonly #stands = new Set<string>();
  readonly #inTurns = new Set<string>();
  readonly #excused = new Set<string>();
  readonly #signals = new Map<number, AbortSignal>();
  readonly #used = new Set<number>();
  #turns = 0;
  #commits = 0;
  #commitsDone = 0;
  #isPending = false;
  #isPaused = false;
  #justResumed = false;
  #user: { kind: string; sinceMs: number } = { kind: "listening", sinceMs: 0 };
  #agent: { kind: string; sinceMs: number } = { kind: "initializing", sinceMs: 0 };
  #isClosed = false;
  #broken: string | undefined;
  readonly log: string[] = [];

  constructor(seed: number) {
    this.#random = randomNumbers(seed);
    this.#hasVad = this.#chance(0.8);
    this.#isAligned = this.#chance(0.5);
    this.#detection = this.#someDetection();
    this.#options = this.#one(OPTIONS);
    this.#run = turnTaking({
      ...this.#options,
      detection: this.#detection,
      conversation: this.#conversation,
      telemetry: () => ({ ...NO_TELEMETRY, turnAbandoned: (why) => why === "cleared" && this.#wasCleared() }),
    }).start({
      now: () => this.#now,
      clock: this.#clock,
      hasVad: this.#hasVad,
      hasStt: true,
      hasAlignedStt: this.#isAligned,
      emit: (event) => this.#hear(event),
      onWarning: () => undefined,
      requestText: () => undefined,
      epochMsOf: (sample) => sample,
      sttModel: undefined,
      sttProvider: undefined,
    });
    if (!this.#hasVad) this.#openSegment(); // everything passes
  }

  get #now(): number {
    return msToSamples(this.#clock.nowMs());
  }

  async play(): Promise<void> {
    const steps = 20 + this.#random() * 40;
    for (let step = 0; step < steps; step++) {
      this.#step();
      if (typeof this.#detection === "object") await flushed();
    }
    if (this.#chance(0.5)) await this.#fallSilent();
    const finishes = this.#chance(0.7);
    if (finishes) {
      this.#note("finish");
      this.#run.finish();
    }
    this.#close();
    await flushed();
    if (finishes)
      for (const word of this.#stands)
        this.#require(this.#inTurns.has(word) || this.#excused.has(word), `lost ${word}`);
    for (const [id, { aborted }] of this.#signals)
      this.#require(aborted !== this.#used.has(id), `signal ${id} is ${aborted}`);
    this.#require(this.#commitsDone === this.#commits, "a commit is answered");
    this.#require(this.#conversation.length === this.#turns, "each turn is in the conversation once");
    this.#require(this.#clock.pending === 0, `${this.#clock.pending} timers left`);
    this.#require(this.#broken === undefined, this.#broken ?? "");
  }

  /** What a clear and a commit take for speech that goes on. */
  get #isSpeaking(): boolean {
    return this.#isVadSpeaking || (this.#detection === "stt" && this.#isRecogniserHeard);
  }

  #step(): void {
    const actions: readonly [number, () => void][] = [
      [10, () => this.#advance(20 + this.#random() * 300)],
      [5, () => this.#advance(300 + this.#random() * 1_500)],
      [1, () => this.#advance(5_000 + this.#random() * 15_000)],
      [5, () => this.#speak()],
      [5, () => this.#cease()],
      [4, () => this.#hypothesis("interim-transcript")],
      [2, () => this.#hypothesis("preflight-transcript")],
      [8, () => this.#final()],
      [1, () => this.#emptyFinal()],
      [this.#isAligned ? 0 : 2, () => this.#supersede()],
      [3, () => this.#recogniserSpeech()],
      [1, () => this.#mute()],
      [2, () => this.#agentThinks()],
      [3, () => this.#agentSpeaks()],
      [2, () => this.#agentEnds()],
      [0.5, () => this.#run.agent.interrupt()],
      [1.5, () => this.#commit()],
      [1, () => this.#run.clear()],
      [1, () => this.#update()],
      [4, () => this.#answer()],
    ];
    let choice = this.#random() * actions.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, act] of actions) {
      choice -= weight;
      if (choice < 0) return act();
    }
  }

  // The person

  #speak(): void {
    if (this.#isLoud || this.#isMuted) return;
    this.#note("speaks");
    this.#isLoud = true;
    this.#nextWord = this.#now + msToSamples(WORD_MS);
    if (this.#end) this.#end = undefined; // the silence was too short for the detector
    else {
      this.#soundStart = this.#now;
      this.#advance(ONSET_MS);
      if (!this.#hasVad) return;
      this.#isVadSpeaking = true;
      this.#run.speechStarted(this.#soundStart, this.#now);
      const last = this.#segments.at(-1);
      if (!last || last.endSample !== undefined) this.#openSegment(this.#soundStart);
    }
  }

  #cease(): void {
    if (!this.#isLoud) return;
    this.#note("ceases");
    this.#isLoud = false;
    this.#lastLoudMs = this.#clock.nowMs();
    if (this.#hasVad) this.#end = { endSample: this.#now, knownMs: this.#clock.nowMs() + SILENCE_MS };
  }

  #mute(): void {
    this.#isMuted = !this.#isMuted;
    this.#note(this.#isMuted ? "mutes" : "unmutes");
    if (this.#isMuted) {
      if (this.#isLoud) this.#cease();
      this.#end = undefined;
      if (this.#isVadSpeaking || !this.#hasVad) this.#isRecogniserHeard = false;
      this.#isVadSpeaking = false;
      this.#closeSegment();
    }
    this.#run.muted(this.#isMuted, this.#now);
  }

  #openSegment(startSample = this.#now): void {
    const id = this.#segments.length + 1;
    this.#segments.push({ id, startSample, endSample: undefined, untold: [], finals: [], isNextExcused: false });
    this.#run.segmentOpened(id);
  }

  #closeSegment(): void {
    const last = this.#segments.at(-1);
    if (this.#hasVad && last) last.endSample ??= this.#now;
  }

  #advance(ms: number): void {
    const untilMs = this.#clock.nowMs() + Math.round(ms);
    while (this.#clock.nowMs() < untilMs) {
      const nextMs = Math.min(untilMs, this.#end?.knownMs ?? untilMs, this.#clock.nowMs() + 2_000);
      this.#clock.advance(Math.max(0, nextMs - this.#clock.nowMs()));
      const now = this.#now;
      while (this.#isLoud && this.#nextWord <= now) {
        const word = {
          name: `w${this.#words++}`,
          startSample: this.#nextWord - msToSamples(WORD_MS),
          endSample: this.#nextWord,
        };
        this.#segments.at(-1)?.untold.push(word);
        this.#nextWord += msToSamples(WORD_MS);
      }
      if (this.#isVadSpeaking && this.#isLoud) this.#run.speaking(now);
      if (this.#end && this.#end.knownMs <= this.#clock.nowMs()) {
        const { endSample } = this.#end;
        this.#end = undefined;
        this.#isVadSpeaking = this.#isRecogniserHeard = false;
        this.#note("known to have ceased");
        this.#run.speechEnded(endSample, now);
      }
      if (!this.#isVadSpeaking && this.#clock.nowMs() > this.#lastLoudMs + CLOSE_MS) this.#closeSegment();
      this.#run.advance(now);
    }
  }

  // The recogniser

  #hypothesis(type: "interim-transcript" | "preflight-transcript"): void {
    const segment = this.#segments.findLast(({ untold }) => untold.length > 0);
    if (!segment) return;
    const words = segment.untold.slice(0, 1 + Math.floor(this.#random() * segment.untold.length));
    this.#interimOf = segment;
    this.#say(type, segment, words);
  }

  #final(segment = this.#segments.find(({ untold }) => untold.length > 0)): void {
    if (!segment) return;
    const words = segment.untold;
    segment.untold = [];
    this.#tellFinal(segment, words);
  }

  #tellFinal(segment: Segment, words: readonly Word[]): void {
    for (const { name } of words) {
      if (!this.#isClosed) this.#stands.add(name);
      if (segment.isNextExcused) this.#excused.add(name);
    }
    if (words.some(({ name }) => !this.#told.has(name))) segment.isNextExcused = false; // not only what is repeated
    for (const { name } of words) this.#told.add(name);
    segment.finals.push({ transcriptId: this.#transcriptId + 1, words });
    this.#say("final-transcript", segment, words);
  }

  #emptyFinal(): void {
    const segment = this.#segments.at(-1);
    if (segment) this.#say("final-transcript", segment, []);
  }

  /** A connection broke: what it told of a segment is told anew, at once or in two parts. */
  #supersede(): void {
    const segment = this.#segments.findLast(({ finals }) => finals.length > 0);
    if (!segment) return;
    const { finals } = segment;
    const transcriptIds = finals.map(({ transcriptId }) => transcriptId);
    const words = [...finals.flatMap((one) => one.words), ...segment.untold];
    const count = this.#chance(0.5) ? words.length : 1 + Math.floor(this.#random() * words.length);
    segment.finals = [];
    segment.untold = words.slice(count);
    for (const { name } of segment.untold) this.#stands.delete(name);
    this.#note(`takes back ${transcriptIds.join()}`);
    this.#run.recognised({ type: "transcripts-superseded", segmentId: segment.id, transcriptIds });
    this.#tellFinal(segment, words.slice(0, count));
  }

  #say(type: TranscriptEvent["type"], segment: Segment, said: readonly Word[]): void {
    const text = said.map(({ name }) => name).join(" ");
    const words: SpeechWord[] = this.#isAligned
      ? said.map(({ name, ...span }) => ({ word: name, ...span, confidence: 1 }))
      : [];
    const startSample = words[0]?.startSample ?? segment.startSample;
    const endSample = words.at(-1)?.endSample ?? segment.endSample ?? this.#now;
    const data = { text, language: "en", startSample, endSample, confidence: 0.5, words };
    this.#note(`${type} "${text}" of ${segment.id}`);
    this.#run.recognised({ type, segmentId: segment.id, transcriptId: ++this.#transcriptId, data, requestId: "" });
  }

  #recogniserSpeech(): void {
    this.#isRecogniserSpeaking = !this.#isRecogniserSpeaking;
    if (this.#detection === "stt") this.#isRecogniserHeard = this.#isRecogniserSpeaking;
    this.#note(`recogniser ${this.#isRecogniserSpeaking ? "hears" : "hears no more"}`);
    this.#run.recognised({ type: this.#isRecogniserSpeaking ? "start-of-speech" : "end-of-speech" });
  }

  // The detector

  #someDetection(): TurnDetection {
    const all: TurnDetection[] = ["manual", "stt", "realtime"];
    if (this.#hasVad) all.push("vad", "vad", this.#detector, this.#detector);
    return this.#one(all);
  }

  readonly #detector: TurnDetector = {
    model: "m",
    provider: "p",
    input: "text",
    thresholdOf: () => 0.5,
    predict: () => {
      if (this.#chance(0.1)) throw new Error("no");
      return new Promise((resolve, reject) => this.#questions.push({ resolve, reject }));
    },
  };

  #answer(): void {
    const question = this.#questions.shift();
    if (this.#chance(0.8)) question?.resolve(this.#random());
    else question?.reject(new Error("no"));
  }

  // The agent and the app

  #agentThinks(): void {
    this.#note("agent thinks");
    this.#isPaused = false;
    this.#run.agent.thinking({ isInterruptible: this.#chance(0.8), canPause: this.#chance(0.7) });
  }

  #agentSpeaks(): void {
    this.#note("agent speaks");
    this.#run.agent.started({ isInterruptible: this.#chance(0.8), canPause: this.#chance(0.7) });
  }

  #agentEnds(): void {
    this.#note("agent ends");
    this.#isPaused = false;
    this.#run.agent.ended();
  }

  #commit(): void {
    this.#note("commit");
    this.#commits += 1;
    const options = { skipReply: this.#chance(0.3), transcriptTimeoutMs: this.#one([0, 500, 2_000, 20_000]) };
    void this.#run.commit(options).then(() => (this.#commitsDone += 1));
  }

  #update(): void {
    if (this.#chance(0.6)) this.#detection = this.#someDetection();
    else this.#options = this.#one(OPTIONS);
    this.#note(
      `update ${JSON.stringify(this.#options)} ${typeof this.#detection === "string" ? this.#detection : "detector"}`,
    );
    if (this.#detection !== "stt") this.#isRecogniserHeard = false;
    this.#run.update(turnTaking({ ...this.#options, detection: this.#detection }).settings);
  }

  /** The person is done, everything is recognised, and time passes: no turn may hang. */
  async #fallSilent(): Promise<void> {
    this.#cease();
    this.#advance(SILENCE_MS + 10);
    if (this.#isRecogniserSpeaking) this.#recogniserSpeech();
    for (let left = this.#segments.length; left > 0; left--) this.#final();
    for (let round = 0; round < 4; round++) {
      await flushed();
      this.#advance(20_000);
    }
    const isEndedElsewhere = this.#detection === "manual" || this.#detection === "realtime";
    this.#require(!this.#isPending || this.#detection === "realtime", "a decision hangs");
    const isTooFew = (this.#options.interruption?.minWords ?? 0) > 0;
    if (isEndedElsewhere || isTooFew) return;
    for (const word of this.#stands) this.#require(this.#inTurns.has(word) || this.#excused.has(word), `${word} hangs`);
  }

  #close(): void {
    this.#note("close");
    this.#run.close(this.#chance(0.5) ? "stopped" : "failed");
    this.#isClosed = true;
    this.#final();
    this.#speak();
    this.#advance(3_000);
    this.#commit();
    this.#agentSpeaks();
    this.#update();
    this.#advance(30_000);
  }

  // What must hold

  /** By a rule that has a name, what was said up to now is in no turn. */
  #wasCleared(): void {
    this.#note("cleared");
    this.#excused.add(`w${this.#words}`); // half of it may have been said
    for (const segment of this.#segments) {
      for (const { words } of segment.finals) for (const { name } of words) this.#excused.add(name);
      for (const { name } of segment.untold) this.#excused.add(name);
      if (!this.#isAligned && !this.#isSpeaking) segment.isNextExcused = segment.untold.length > 0;
    }
  }

  #hear(event: TurnEvent): void {
    this.#note(`=> ${describe(event)}`);
    this.#require(!this.#isClosed, `${event.type} after the end`);
    const wasResumed = this.#justResumed;
    this.#justResumed = false;
    switch (event.type) {
      case "turn":
        return this.#turn(event);
      case "turn-pending":
        this.#require(event.transcript !== "", "what is pending has words");
        this.#isPending = true;
        return;
      case "turn-resumed":
        this.#require(this.#isPending, "what is called off was pending");
        this.#isPending = false;
        return;
      case "preemptive-generation":
        for (const [id, { aborted }] of this.#signals)
          this.#require(aborted || this.#used.has(id), "one is prepared at a time");
        this.#require(!this.#signals.has(event.generationId) && !event.signal.aborted, "a new signal");
        this.#signals.set(event.generationId, event.signal);
        return;
      case "interruption":
        this.#require(event.kind === "stop" || !this.#isPaused, "a paused agent is not paused");
        this.#isPaused = event.kind === "pause";
        return;
      case "agent-resumed":
        this.#require(this.#isPaused, "only a paused agent resumes");
        this.#isPaused = false;
        this.#justResumed = true;
        return;
      case "false-interruption":
        this.#require(
          event.isResumed === wasResumed || event.isResumed === this.#wasResumedByState,
          "resumed means resumed",
        );
        return;
      case "user-state":
        this.#user = this.#changed(this.#user, event);
        return;
      case "agent-state":
        this.#justResumed = wasResumed;
        this.#agent = this.#changed(this.#agent, event);
        return;
      default:
        this.#require(event.accumulatedWords > 0 && event.durationMs >= 0, "what is exceeded was said");
    }
  }

  get #wasResumedByState(): boolean {
    return !this.#isPaused;
  }

  #changed(
    before: { kind: string; sinceMs: number },
    { from, to, sinceMs }: { from: string; to: string; sinceMs: number },
  ): { kind: string; sinceMs: number } {
    this.#require(from === before.kind && to !== from, `${from} follows ${before.kind}`);
    this.#require(sinceMs >= before.sinceMs && sinceMs <= this.#clock.nowMs(), `times go on: ${sinceMs}`);
    return { kind: to, sinceMs };
  }

  #turn({ transcript, metrics, generationId, itemId, skipsReply }: Extract<TurnEvent, { type: "turn" }>): void {
    this.#turns += 1;
    this.#isPending = false;
    this.#require(transcript !== "", "a turn has words");
    this.#require(this.#conversation.get(itemId ?? "")?.text === transcript, "a turn is in the conversation");
    const isSettled = transcript.split(" ").some((word) => !this.#stands.has(word));
    for (const word of transcript.split(" ")) {
      this.#require(!this.#inTurns.has(word), `doubled ${word}`);
      this.#inTurns.add(word);
    }
    // The final of an interim that a commit took for final is dropped, unless speech goes on.
    if (isSettled && this.#hasVad && !this.#isSpeaking && this.#interimOf) {
      this.#excused.add(`w${this.#words}`);
      for (const { name } of this.#interimOf.untold) this.#excused.add(name);
      this.#interimOf.isNextExcused = !this.#isAligned;
    }
    if (generationId !== undefined) {
      this.#require(this.#signals.get(generationId)?.aborted === false && !this.#used.has(generationId), "of use once");
      this.#require(!skipsReply, "no answer is wanted");
      this.#used.add(generationId);
    }
    const {
      startedSpeakingMs: from = 0,
      stoppedSpeakingMs: to = from,
      transcriptionDelayMs = 0,
      endOfTurnDelayMs = 0,
    } = metrics;
    this.#require(
      from <= to && to <= this.#clock.nowMs() && transcriptionDelayMs >= 0 && endOfTurnDelayMs >= 0,
      "metrics",
    );
  }

  #require(holds: boolean, law: string): void {
    if (holds) return;
    this.#broken ??= law; // thrown within a promise, it would be lost
    throw new Error(law);
  }

  #note(what: string): void {
    this.log.push(`${Math.round(this.#clock.nowMs())} ${what}`);
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  #one<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)] as T;
  }
}

function describe(event: TurnEvent): string {
  if (event.type === "turn") return `turn "${event.transcript}"`;
  if (event.type === "user-state" || event.type === "agent-state") return `${event.type} ${event.to} ${event.sinceMs}`;
  return event.type;
}

/** Lets the promises of a detector settle. */
async function flushed(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await Promise.resolve();
}

test(`whatever happens (${SCRIPTS} scripts), each word is in one turn or dropped by a named rule, states join up, a pause ends once, and nothing is left or told after the end`, async () => {
  for (let seed = 1; seed <= SCRIPTS; seed++) {
    const walk = new Walk(seed);
    try {
      await walk.play();
    } catch (cause) {
      expect.fail(`seed ${seed}: ${String(cause)}\n${walk.log.join("\n")}`);
    }
  }
});
