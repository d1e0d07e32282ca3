import { describe, expect, test } from "vitest";
import { msToSamples } from "../audio/units.ts";
import { Conversation } from "../conversation/conversation.ts";
import type { SpeechEvent, SpeechWord } from "../stt/speech-event.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { settled } from "../testing/settled.ts";
import type { AgentSpeech } from "./interruption-rules.ts";
import type { TurnEvent } from "./turn-event.ts";
import type { TurnDetector } from "./turn-detector.ts";
import type { TurnHost } from "./turn-host.ts";
import type { TurnTakingOptions } from "./turn-options.ts";
import type { TurnRun } from "./turn-run.ts";
import { turnTaking } from "./turn-taking.ts";

/** The clock moves in steps of this many ms. */
const STEP_MS = 2;
/** So long after speech has begun and ended our detector knows it. */
const ONSET_MS = 50;
const SILENCE_MS = 576;

/** Who answers, and how: it thinks for `thinkMs`, then speaks for `speakMs`. */
interface Agent extends Partial<AgentSpeech> {
  readonly thinkMs: number;
  readonly speakMs: number;
  /** Begins to think when a turn is likely over, and answers when it is. */
  readonly isPreemptive?: boolean;
}

interface Setup {
  readonly options?: TurnTakingOptions;
  readonly agent?: Agent;
  /** A detector that always answers so, after so many ms. */
  readonly detector?: { readonly says: number; readonly afterMs: number };
  readonly hasVad?: boolean;
  readonly hasStt?: boolean;
}

/** What a text may have besides. */
interface TextOptions {
  readonly startMs?: number;
  readonly endMs?: number;
  readonly words?: readonly SpeechWord[];
  readonly language?: string;
}

type TextKind = "interim" | "preflight" | "final";

/** LiveKit Agents' options for its fakes. */
const THEIRS: TurnTakingOptions = {
  endpointing: { minDelayMs: 500, maxDelayMs: 6_000 },
  preemptiveGeneration: { enabled: false },
  aecWarmupMs: 0,
};

/** A person, a detector, a recogniser and an agent, as LiveKit Agents' fake session has them, around one real run. */
class Rig {
  readonly clock = new FakeClock();
  readonly conversation = new Conversation();
  readonly events: TurnEvent[] = [];
  readonly told: string[] = [];
  readonly warnings: string[] = [];
  readonly run: TurnRun;
  readonly commits: string[] = [];
  textRequests = 0;
  answers = 0;
  readonly #agent: Agent | undefined;
  #answer: { leftMs: number; since: number | undefined; isPaused: boolean; callOff: () => void } | undefined;
  #preparedMs: number | undefined;
  #loudFrom: number | undefined;
  #loudUntil = 0;
  #segmentId = 0;
  #transcriptId = 0;

  constructor({ options = {}, agent, detector, hasVad = true, hasStt = true }: Setup = {}) {
    this.#agent = agent;
    const { conversation } = this;
    const host: TurnHost = {
      now: () => this.now,
      clock: this.clock,
      hasVad,
      hasStt,
      hasAlignedStt: true,
      emit: (event) => this.#hear(event),
      onWarning: ({ message }) => this.warnings.push(message),
      requestText: () => (this.textRequests += 1),
      epochMsOf: (sample) => sample,
      sttModel: undefined,
      sttProvider: undefined,
    };
    const detection = detector && { detection: this.#detector(detector) };
    this.run = turnTaking({ ...THEIRS, ...options, ...detection, conversation }).start(host);
    this.told.length = 0; // that the agent listens
  }

  #detector({ says, afterMs }: NonNullable<Setup["detector"]>): TurnDetector {
    return {
      model: "m",
      provider: "p",
      input: "text",
      thresholdOf: () => 0.5,
      predict: () => new Promise((resolve) => void this.clock.schedule(afterMs, () => resolve(says))),
    };
  }

  get now(): number {
    return msToSamples(this.clock.nowMs());
  }

  at(ms: number, action: () => void): void {
    this.clock.schedule(ms - this.clock.nowMs(), action);
  }

  /** Speech, its interim (two words) and its final, as the fakes tell them; without a text, noise. */
  speech(fromMs: number, toMs: number, text = "", sttDelayMs = 200): void {
    this.at(fromMs + ONSET_MS, () => this.start(fromMs, toMs));
    this.at(toMs + SILENCE_MS, () => this.run.speechEnded(msToSamples(toMs), this.now));
    if (text === "") return;
    const bounds = { startMs: fromMs, endMs: toMs };
    this.text(toMs + sttDelayMs / 2, "interim", text.split(" ").slice(0, 2).join(" "), bounds);
    this.text(toMs + sttDelayMs, "final", text, bounds);
  }

  /** Speech begins now, and is loud until `toMs`. The gate opens after it was noticed. */
  start(fromMs: number, toMs = Number.POSITIVE_INFINITY): void {
    this.#loudFrom = fromMs;
    this.#loudUntil = toMs;
    this.run.speechStarted(msToSamples(fromMs), this.now);
    this.run.segmentOpened(++this.#segmentId);
  }

  text(ms: number, kind: TextKind, text: string, more: TextOptions = {}): number {
    const { startMs = ms - 500, endMs = ms - 100, words = [], language = "en" } = more;
    const transcriptId = ++this.#transcriptId;
    const span = { startSample: msToSamples(startMs), endSample: msToSamples(endMs) };
    this.at(ms, () => {
      this.run.recognised({
        type: `${kind}-transcript`,
        segmentId: this.#segmentId,
        transcriptId,
        requestId: "r",
        data: { text, language, confidence: 0.5, words, ...span },
      });
    });
    return transcriptId;
  }

  says(ms: number, event: SpeechEvent): void {
    this.at(ms, () => this.run.recognised(event));
  }

  commit(ms: number, options?: Parameters<TurnRun["commit"]>[0]): void {
    this.at(ms, () => {
      void this.run.commit(options).then((transcript) => this.commits.push(transcript));
    });
  }

  /** Lets the time pass; returns what was told since the last time. */
  until(ms: number): string[] {
    while (this.clock.nowMs() < ms) {
      this.clock.advance(STEP_MS);
      const nowMs = this.clock.nowMs();
      if (this.#loudFrom !== undefined && nowMs <= this.#loudUntil) this.run.speaking(this.now);
      this.run.advance(this.now);
    }
    return this.told.splice(0);
  }

  /** The same, with detectors that need their promises settled. */
  async slowly(ms: number): Promise<string[]> {
    const told: string[] = [];
    while (this.clock.nowMs() < ms) {
      told.push(...this.until(this.clock.nowMs() + 20));
      await settled();
      told.push(...this.told.splice(0));
    }
    return told;
  }

  /** How much of the agent's answer was heard. */
  get heardMs(): number {
    const { leftMs, since } = this.#answer ?? { leftMs: 0, since: undefined };
    return (this.#agent?.speakMs ?? 0) - leftMs + (since === undefined ? 0 : this.clock.nowMs() - since);
  }

  answer(): void {
    if (!this.#agent) return;
    const { thinkMs, speakMs, isPreemptive: _, ...rules } = this.#agent;
    this.answers += 1;
    const readyMs = (this.#preparedMs ?? this.clock.nowMs()) + thinkMs;
    this.#preparedMs = undefined;
    const answer = { leftMs: speakMs, since: undefined, isPaused: false, callOff: (): void => undefined };
    this.#answer = answer;
    this.run.agent.thinking(rules);
    answer.callOff = this.clock.schedule(readyMs - this.clock.nowMs(), () => {
      this.run.agent.started(rules);
      answer.callOff = (): void => undefined;
      this.#goOn();
    });
  }

  #goOn(): void {
    const answer = this.#answer;
    if (!answer || answer.isPaused || this.run.states.agent !== "speaking") return;
    answer.since = this.clock.nowMs();
    answer.callOff = this.clock.schedule(answer.leftMs, () => {
      this.#halt();
      this.run.agent.ended();
    });
  }

  #halt(): void {
    const answer = this.#answer;
    if (answer?.since === undefined) return;
    answer.callOff();
    answer.leftMs -= this.clock.nowMs() - answer.since;
    answer.since = undefined;
  }

  #hear(event: TurnEvent): void {
    this.events.push(event);
    const told = describeEvent(event);
    if (told !== "") this.told.push(`${this.clock.nowMs()} ${told}`);
    if (event.type === "preemptive-generation" && this.#agent?.isPreemptive) this.#preparedMs = this.clock.nowMs();
    if (event.type === "turn") {
      if (event.generationId === undefined) this.#preparedMs = undefined;
      if (!event.skipsReply) this.answer();
    }
    if (event.type === "interruption" && this.#answer) {
      this.#halt();
      this.#answer.isPaused = event.kind === "pause";
      if (event.kind === "stop") this.#answer.callOff();
    }
    if (event.type === "agent-resumed" && this.#answer) {
      this.#answer.isPaused = false;
      this.#goOn();
    }
  }
}

function describeEvent(event: TurnEvent): string {
  switch (event.type) {
    case "turn":
      return `turn "${event.transcript}"${event.skipsReply ? " (no answer)" : ""}`;
    case "turn-pending":
      return `pending until ${event.endsAtMs}${event.probability === undefined ? "" : ` (${event.probability})`}`;
    case "turn-resumed":
      return "not pending";
    case "preemptive-generation":
      return `prepare "${event.transcript}"`;
    case "interruption":
      return `${event.kind} (${event.cause})`;
    case "false-interruption":
      return event.isResumed ? "false: resumed" : "false: too late";
    case "agent-resumed":
      return "resume";
    case "user-state":
      return `person ${event.to} since ${event.sinceMs}`;
    case "agent-state":
      return `agent ${event.to}`;
    default:
      return `exceeded by ${event.accumulatedWords}: "${event.transcript}" of "${event.accumulatedTranscript}"`;
  }
}

/** Only the lines that begin so, without their times' owner being looked at. */
function only(told: readonly string[], ...kinds: readonly string[]): string[] {
  return told.filter((one) => kinds.some((kind) => one.slice(one.indexOf(" ") + 1).startsWith(kind)));
}

const TALE = "Tell me a story.";
const ANSWER: Agent = { thinkMs: 500, speakMs: 10_000 };

describe("LiveKit Agents' sessions (H.2), with our detector, which needs 576 ms to know the end of speech", () => {
  test("1: speech, text, turn, answer", () => {
    const rig = new Rig({ agent: { thinkMs: 500, speakMs: 2_000 } });
    rig.speech(500, 2_500, "Hello, how are you?");
    expect(rig.until(10_000)).toEqual([
      "550 person speaking since 500",
      "3076 person listening since 2500",
      "3076 pending until 3000",
      '3076 turn "Hello, how are you?"',
      "3076 agent thinking",
      "3576 agent speaking",
      "5576 agent listening",
    ]);
    const { type: _, ...turn } = rig.events.find(({ type }) => type === "turn")!;
    expect(turn).toEqual({
      transcript: "Hello, how are you?",
      confidence: 0.5,
      language: "en",
      itemId: "item-1",
      skipsReply: false,
      metrics: {
        startedSpeakingMs: 500,
        stoppedSpeakingMs: 2_500,
        transcriptionDelayMs: 200,
        endOfTurnDelayMs: 576,
      },
    });
    expect([...rig.conversation]).toMatchObject([
      { role: "user", text: "Hello, how are you?", startMs: 500, endMs: 2_500 },
    ]);
  });

  test.each([
    [{ canPause: true }, ["5500 pause (speech)", "6200 stop (transcript)"]],
    [{ canPause: false }, ["5500 stop (speech)"]],
  ] as const)("2: the person interrupts an answer (%j)", (rules, interruption) => {
    const rig = new Rig({ agent: { ...ANSWER, ...rules } });
    rig.speech(500, 2_500, TALE);
    rig.speech(5_000, 6_000, "Stop!");
    const told = rig.until(6_600);
    expect(only(told, "pause", "stop", "turn")).toEqual([
      '3076 turn "Tell me a story."',
      ...interruption,
      '6576 turn "Stop!"',
    ]);
    // It was heard from 3576 to 5500, and leaves speaking at once.
    expect(only(told, "agent listening")).toEqual(["5500 agent listening"]);
    expect(rig.answers).toBe(2);
  });

  test("2: what was heard of the answer ends with the pause", () => {
    const rig = new Rig({ agent: ANSWER });
    rig.speech(500, 2_500, TALE);
    rig.speech(5_000, 6_000, "Stop!");
    rig.until(6_300);
    expect(rig.heardMs).toBeGreaterThan(1_900);
    expect(rig.heardMs).toBeLessThan(1_930);
  });

  test("3: fewer words than minWords wait for more; together they interrupt, and are one turn", () => {
    const rig = new Rig({ agent: ANSWER, options: { interruption: { minWords: 3 } } });
    rig.speech(500, 2_500, TALE, 0);
    rig.speech(5_000, 6_000, "Stop!", 0);
    rig.speech(6_700, 7_700, "ok, stop!", 0);
    expect(only(rig.until(9_000), "pause", "stop", "turn", "pending", "not pending").slice(2)).toEqual([
      "6576 pending until 6500",
      "6576 not pending",
      "7700 stop (transcript)",
      "8276 pending until 8200",
      '8276 turn "Stop! ok, stop!"',
    ]);
  });

  test("3: an answer that must not be interrupted is told to its end, and then the turn is answered", () => {
    const rig = new Rig({ agent: { thinkMs: 500, speakMs: 5_000 }, options: { interruption: { enabled: false } } });
    rig.speech(500, 2_500, TALE);
    rig.speech(5_000, 6_000, "Stop!");
    const told = only(rig.until(6_500), "pause", "stop", "agent");
    expect(told).toEqual(["3076 agent thinking", "3576 agent speaking"]);
    expect(rig.run.isHeardByStt).toBe(false); // it is silence that the recogniser hears, so it tells nothing
  });

  test.each([
    [{ canPause: false }, ["3076 agent thinking", "3500 agent listening"]],
    // One that can pause is held back as soon as the person begins, here before it was heard.
    [{ canPause: true }, ["3076 agent thinking", "3076 agent listening"]],
  ] as const)("4: speech over a thinking agent stops it before it is heard (%j)", (rules, states) => {
    const rig = new Rig({ agent: { thinkMs: 2_000, speakMs: 5_000, ...rules } });
    rig.speech(500, 2_500, TALE);
    // It begins a little after the turn was decided.
    rig.speech(canBegin(rules.canPause), 4_000, "Stop!");
    const told = rig.until(4_600);
    expect(only(told, "agent speaking")).toEqual([]);
    expect(
      only(told, "agent")
        .slice(0, 2)
        .map((one) => one.slice(one.indexOf(" "))),
    ).toEqual(states.map((one) => one.slice(one.indexOf(" "))));
    expect(only(told, "stop")).toEqual([rules.canPause ? "4200 stop (transcript)" : "3700 stop (speech)"]);
    expect(rig.conversation.messages().map(({ text }) => text)).toEqual([TALE, "Stop!"]);
  });

  test("5: a noise over a thinking agent holds it back for as long as it is known to last, no longer", () => {
    const rig = new Rig({ agent: { thinkMs: 700, speakMs: 5_000 } });
    rig.speech(500, 2_500, TALE);
    rig.speech(3_200, 3_500);
    const told = rig.until(12_000);
    expect(only(told, "agent", "pause", "resume", "false", "stop")).toEqual([
      "3076 agent thinking",
      "3250 agent listening",
      "3250 pause (speech)",
      "4076 agent speaking",
      "4076 resume",
      "4076 false: resumed",
      "9076 agent listening",
    ]);
    expect(rig.heardMs).toBe(5_000);
  });

  test.each([
    [3_000, ["5076 stop (turn)"]],
    [0, ["4500 pause (speech)", "4600 stop (transcript)"]],
  ])("6: with an aecWarmupMs of %i", (aecWarmupMs, interruption) => {
    const rig = new Rig({ agent: ANSWER, options: { aecWarmupMs } });
    rig.speech(500, 2_500, TALE);
    rig.speech(4_000, 4_500, "Stop!", 100);
    expect(only(rig.until(6_000), "pause", "stop")).toEqual(interruption);
  });

  test.each([
    [true, 800],
    [false, 1_176],
  ])(
    "11: an answer that is prepared before the turn (%s) is heard %i ms after the person has ceased",
    (enabled, delay) => {
      const rig = new Rig({
        agent: { thinkMs: 600, speakMs: 1_000, isPreemptive: true },
        options: { preemptiveGeneration: { enabled } },
      });
      rig.speech(500, 2_000, "Hello, how are you?");
      const told = rig.until(4_000);
      expect(only(told, "prepare")).toEqual(enabled ? ['2200 prepare "Hello, how are you?"'] : []);
      expect(only(told, "agent speaking")).toEqual([`${2_000 + delay} agent speaking`]);
    },
  );

  test("12: speech that goes on right after the turn takes the place of its answer: two turns, one answer is heard", () => {
    const rig = new Rig({ agent: { thinkMs: 1_500, speakMs: 2_000 } });
    rig.speech(500, 2_000, "Tell me a story");
    rig.speech(2_600, 3_200, "about a firefighter.");
    const told = rig.until(10_000);
    expect(only(told, "turn", "agent", "pause", "stop")).toEqual([
      '2576 turn "Tell me a story"',
      "2576 agent thinking",
      "2650 agent listening",
      "2650 pause (speech)",
      "3400 stop (transcript)",
      '3776 turn "about a firefighter."',
      "3776 agent thinking",
      "5276 agent speaking",
      "7276 agent listening",
    ]);
  });

  test("an interim text interrupts where there is no VAD, and the recogniser's end of speech ends the turn", () => {
    const rig = new Rig({ agent: ANSWER, hasVad: false });
    rig.says(600, { type: "start-of-speech", startSample: msToSamples(500) });
    rig.text(1_000, "final", TALE, { startMs: 500, endMs: 900 });
    rig.says(1_100, { type: "end-of-speech" });
    rig.says(5_000, { type: "start-of-speech" });
    rig.text(5_200, "interim", "Stop");
    rig.text(5_600, "final", "Stop it", { startMs: 5_000, endMs: 5_500 });
    rig.says(5_700, { type: "end-of-speech" });
    expect(rig.until(6_400)).toEqual([
      "600 person speaking since 500",
      "1100 person listening since 1100",
      "1100 pending until 1400",
      '1400 turn "Tell me a story."',
      "1400 agent thinking",
      "1900 agent speaking",
      "5000 person speaking since 5000",
      "5200 agent listening",
      "5200 pause (transcript)",
      "5600 stop (transcript)",
      "5700 person listening since 5700",
      "5700 pending until 6000",
      '6000 turn "Stop it"',
      "6000 agent thinking",
    ]);
  });
});

/** Where the second burst of scenario 4 begins. */
function canBegin(canPause: boolean): number {
  return canPause ? 3_000 : 3_200;
}

describe("turns", () => {
  test("whoever answers at once is not interrupted by the words that they answer", () => {
    const rig = new Rig({ agent: ANSWER });
    rig.speech(500, 1_000, TALE, 800); // the final comes when the delay has passed, and ends the turn
    expect(only(rig.until(3_000), "turn", "agent", "pause", "stop")).toEqual([
      '1800 turn "Tell me a story."',
      "1800 agent thinking",
      "2300 agent speaking",
    ]);
  });

  test("a detector's question holds the decision open, and its answer moves it", async () => {
    const rig = new Rig({ detector: { says: 0.1, afterMs: 100 } });
    rig.speech(500, 1_000, "and then");
    expect(await rig.slowly(9_000)).toEqual([
      "550 person speaking since 500",
      "1576 person listening since 1000",
      "1576 pending until 1500",
      "1680 pending until 7000 (0.1)",
      '7000 turn "and then"',
    ]);
    expect(rig.clock.pending).toBe(0);
  });

  test("on the way to manual a detector's open question ends no turn", async () => {
    const rig = new Rig({ detector: { says: 0.9, afterMs: 500 } });
    rig.speech(500, 1_000, "and then");
    rig.at(1_700, () => rig.run.update(turnTaking({ ...THEIRS, detection: "manual" }).settings));
    expect(only(await rig.slowly(9_000), "pending", "not", "turn")).toEqual([
      "1576 pending until 1500",
      "1700 not pending",
    ]);
    rig.commit(9_100);
    expect(only(rig.until(12_000), "turn")).toEqual(['11100 turn "and then"']); // two seconds for a final
    expect(rig.clock.pending).toBe(0);
  });

  test("finals that are taken back while their turn is pending leave no empty turn behind", () => {
    const rig = new Rig({ options: { endpointing: { minDelayMs: 2_000 } } });
    rig.speech(500, 1_000, "wrong");
    rig.says(2_000, { type: "transcripts-superseded", segmentId: 1, transcriptIds: [2] });
    rig.text(4_000, "final", "right", { startMs: 500, endMs: 1_000 });
    expect(only(rig.until(9_000), "pending", "not", "turn")).toEqual([
      "1576 pending until 3000",
      "2000 not pending",
      "4000 pending until 3000",
      '4000 turn "right"',
    ]);
  });

  test("a turn that was committed is not told again with the next one, when a lost connection repeats its words", () => {
    const rig = new Rig();
    rig.at(550, () => rig.start(500));
    const first = rig.text(900, "final", "What time", { startMs: 500, endMs: 1_000 });
    rig.at(1_576, () => rig.run.speechEnded(msToSamples(1_000), rig.now));
    rig.at(2_000, () => rig.run.speechStarted(msToSamples(1_900), rig.now)); // the gate is still open
    rig.says(3_000, { type: "transcripts-superseded", segmentId: 1, transcriptIds: [first] });
    rig.text(3_000, "final", "What time? In Rome.", { startMs: 500, endMs: 2_600 });
    rig.at(3_176, () => rig.run.speechEnded(msToSamples(2_600), rig.now));
    expect(only(rig.until(9_000), "turn")).toEqual(['1576 turn "What time"', '3176 turn "In Rome."']);
  });

  test("clear forgets words, what of them is on its way, and what was prepared for them; none of it interrupts or counts", () => {
    const rig = new Rig({
      agent: ANSWER,
      options: { preemptiveGeneration: { enabled: true }, userTurnLimit: { maxWords: 3 } },
    });
    rig.at(550, () => rig.start(500, 1_000));
    rig.text(800, "preflight", "forget", { startMs: 500, endMs: 700 });
    rig.at(1_576, () => rig.run.speechEnded(msToSamples(1_000), rig.now));
    rig.at(1_600, () => rig.run.clear());
    rig.at(1_650, () => rig.answer());
    rig.text(1_700, "final", "forget all of that", { startMs: 500, endMs: 1_550 });
    expect(only(rig.until(3_000), "prepare", "agent", "turn", "exceeded", "stop", "pending")).toEqual([
      '800 prepare "forget"',
      "1650 agent thinking",
      "2150 agent speaking",
    ]);
    expect(signals(rig)).toEqual([true]);
    expect(rig.run.currentTranscript).toBe("");
  });

  test("words that were too few to interrupt are forgotten, and so is what was prepared for them", () => {
    const rig = new Rig({
      options: { preemptiveGeneration: { enabled: true }, interruption: { minWords: 2 }, aecWarmupMs: 0 },
    });
    rig.speech(500, 1_000, "Stop!");
    rig.at(1_300, () => rig.run.agent.started());
    const told = only(rig.until(9_000), "prepare", "pending", "not", "turn");
    expect(told).toEqual(['1200 prepare "Stop!"', "1576 pending until 1500", "1576 not pending"]);
    expect([signals(rig), rig.run.currentTranscript]).toEqual([[true], ""]);
  });

  test("a commit that waits for its final is not overtaken by the delay", () => {
    const rig = new Rig();
    rig.at(550, () => rig.start(500));
    rig.text(700, "final", "note", { startMs: 500, endMs: 650 });
    rig.commit(1_300, { skipReply: true });
    rig.at(1_576, () => rig.run.speechEnded(msToSamples(1_000), rig.now));
    rig.text(1_800, "final", "to self", { startMs: 700, endMs: 1_000 });
    expect(only(rig.until(9_000), "turn")).toEqual(['1800 turn "note to self" (no answer)']);
  });

  test("a turn that wants no answer uses none that was prepared", () => {
    const rig = new Rig({ options: { preemptiveGeneration: { enabled: true } } });
    rig.speech(500, 1_000, TALE);
    rig.commit(1_300, { skipReply: true });
    rig.until(2_000);
    expect(rig.events.at(-2)).not.toHaveProperty("generationId");
    expect([signals(rig), rig.events.at(-2)]).toMatchObject([[true], { type: "turn", skipsReply: true }]);
  });

  test("an answer that was prepared before the conversation changed is of no use", () => {
    const rig = new Rig({ options: { preemptiveGeneration: { enabled: true } } });
    rig.speech(500, 1_000, TALE);
    rig.at(1_300, () => rig.conversation.add({ role: "assistant", text: "By the way" }));
    rig.until(2_000);
    expect(rig.events.find(({ type }) => type === "turn")).not.toHaveProperty("generationId");
    expect(signals(rig)).toEqual([true]);
  });

  test("a limit is told once for each final beyond it, with what a commit took for final", () => {
    const rig = new Rig({ options: { userTurnLimit: { maxWords: 5 }, endpointing: { minDelayMs: 0 } } });
    rig.speech(500, 1_000, "one two three");
    rig.speech(2_000, 2_500, "four five six");
    expect(only(rig.until(4_000), "turn", "exceeded")).toEqual([
      '1576 turn "one two three"',
      '2700 exceeded by 6: "four five six" of "one two three four five six"',
      '3076 turn "four five six"',
    ]);
    rig.at(5_050, () => rig.start(5_000));
    rig.text(5_500, "interim", "seven");
    rig.commit(5_600, { transcriptTimeoutMs: 0 });
    expect(only(rig.until(6_000), "exceeded")).toEqual([
      '5600 exceeded by 7: "seven" of "one two three four five six seven"',
    ]);
  });

  test("learning goes on through a change of delays", () => {
    const rig = new Rig({
      options: { endpointing: { mode: "dynamic", minDelayMs: 300, maxDelayMs: 2_000, alpha: 0.5 } },
    });
    rig.speech(500, 1_000, "one", 100);
    rig.speech(2_000, 2_500, "two", 100);
    rig.until(3_200); // a pause of 1000, which makes it 650; then one of 1500
    rig.run.update(
      turnTaking({ ...THEIRS, endpointing: { mode: "dynamic", minDelayMs: 300, maxDelayMs: 1_500 } }).settings,
    );
    rig.speech(4_000, 4_500, "three", 100);
    expect(only(rig.until(9_000), "pending")).toEqual(["5076 pending until 5235"]);
  });

  test("what can change while it runs, changes", () => {
    const rig = new Rig({ options: { preemptiveGeneration: { enabled: true }, userAwayAfterMs: 0 } });
    rig.run.update(turnTaking({ ...THEIRS, userAwayAfterMs: 5_000 }).settings);
    rig.speech(500, 1_000, TALE);
    const told = rig.until(9_000);
    expect(only(told, "prepare", "person away")).toEqual(["6200 person away since 6200"]);
  });
});

describe("the end of a session", () => {
  test("commits words that have just come, and an interim whose final never will", () => {
    for (const kind of ["final", "interim"] as const) {
      const rig = new Rig();
      rig.at(100, () => rig.start(50));
      rig.text(500, kind, "and good bye");
      rig.until(510);
      rig.run.finish();
      rig.run.close("stopped");
      expect(only(rig.told, "turn")).toEqual(['510 turn "and good bye"']);
      expect(rig.clock.pending).toBe(0);
    }
  });

  test.each(["stopped", "failed"] as const)("is the last thing that happens (%s)", async (why) => {
    const rig = new Rig({ agent: ANSWER, detector: { says: 0.9, afterMs: 500 } });
    rig.speech(500, 1_000, TALE);
    rig.commit(1_100, { transcriptTimeoutMs: 60_000 });
    rig.until(1_150);
    rig.run.agent.thinking();
    rig.told.length = 0;
    rig.run.close(why);
    rig.run.close(why);
    rig.speech(2_000, 2_500, "too late");
    rig.commit(2_700);
    rig.at(2_800, () => rig.run.clear());
    rig.at(2_900, () => rig.run.agent.started());
    rig.at(2_950, () => rig.run.update(turnTaking({ ...THEIRS, detection: "vad" }).settings));
    rig.at(4_000, () => rig.run.agent.ended());
    rig.at(4_100, () => rig.run.finish());
    expect(await rig.slowly(9_000)).toEqual([]);
    expect([rig.commits, rig.conversation.length, rig.clock.pending]).toEqual([["", ""], 0, 0]);
  });

  test("keeps the wish for no answer of a commit that it cut short", async () => {
    const rig = new Rig({ options: { detection: "manual" } });
    rig.at(100, () => rig.start(50));
    rig.text(500, "interim", "note to self");
    rig.commit(600, { skipReply: true });
    rig.until(700);
    rig.run.finish();
    await settled();
    expect([rig.told.at(-1), rig.commits]).toEqual(['700 turn "note to self" (no answer)', ["note to self"]]);
  });
});

describe("a false interruption (H.3)", () => {
  /** Noise of 600 ms over the agent, a text of one word, and the decision on it. */
  function interrupted(text: string, { options, ...more }: Setup = {}): Rig {
    const rig = new Rig({
      agent: { thinkMs: 100, speakMs: 5_000 },
      ...more,
      options: {
        interruption: { falseInterruptionTimeoutMs: 300 },
        endpointing: { minDelayMs: 500, maxDelayMs: 1_000 },
        ...options,
      },
    });
    rig.answer();
    rig.speech(1_000, 1_600, text, 550);
    return rig;
  }

  test("without words: the agent goes on after the timeout", () => {
    const rig = interrupted("");
    expect(only(rig.until(9_000), "pause", "resume", "false", "stop")).toEqual([
      "1500 pause (speech)",
      "2476 resume",
      "2476 false: resumed",
    ]);
  });

  test("with words: it does not", () => {
    const rig = interrupted("hm");
    expect(only(rig.until(2_400), "pause", "resume", "false", "stop", "turn")).toEqual([
      "1500 pause (speech)",
      "2150 stop (transcript)",
      '2176 turn "hm"',
    ]);
  });

  test("after close it does not", () => {
    const rig = interrupted("");
    rig.at(2_300, () => rig.run.close("stopped"));
    expect(only(rig.until(9_000), "resume", "false", "agent speaking").slice(1)).toEqual([]);
  });

  test("waits for a detector's answer: a turn that is dropped lets the agent go on, after the longer delay", async () => {
    const rig = interrupted("hm", {
      agent: { thinkMs: 3_000, speakMs: 5_000 },
      detector: { says: 0.1, afterMs: 20 },
      options: { interruption: { falseInterruptionTimeoutMs: 300, minWords: 2 } },
    });
    const told = only(await rig.slowly(2_700), "pending", "not", "turn", "stop", "pause", "resume");
    expect(told).toEqual([
      "1050 pause (speech)",
      "2176 pending until 2100",
      "2200 pending until 2600 (0.1)",
      "2600 not pending",
      "2600 resume",
    ]);
  });
});

/** Whether what was prepared was called off, in order. */
function signals(rig: Rig): boolean[] {
  return rig.events.flatMap((event) => (event.type === "preemptive-generation" ? [event.signal.aborted] : []));
}
