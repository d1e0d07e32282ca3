import { describe, expect, test } from "vitest";
import { CAPTURE_RATE, FRAME_SAMPLES } from "../audio/units.ts";
import { randomNumbers } from "../testing/random.ts";
import { Interruption } from "./interruption.ts";
import type { InterruptionOutput } from "./interruption-output.ts";
import type { AgentSpeech, InterruptionRules } from "./interruption-rules.ts";
import type { InterruptionOptions } from "./turn-options.ts";
import { turnSettings } from "./turn-settings.ts";
import { countWords } from "./word-count.ts";

const PAUSABLE: AgentSpeech = { isInterruptible: true, canPause: true };
const UNPAUSABLE: AgentSpeech = { isInterruptible: true, canPause: false };
const PROTECTED: AgentSpeech = { isInterruptible: false, canPause: true };

function samples(seconds: number): number {
  return Math.round(seconds * CAPTURE_RATE);
}

type Setup = Partial<Omit<InterruptionRules, "settings">> & { readonly options?: InterruptionOptions };

/** A conversation in seconds: what is done to the machine, and a line for each thing that it says. */
class Scene {
  readonly lines: string[] = [];
  readonly outputs: InterruptionOutput[] = [];
  readonly machine: Interruption;
  transcript = "";
  #now = 0;

  constructor({ options = {}, ...rules }: Setup = {}) {
    this.machine = new Interruption({
      settings: turnSettings({ interruption: options }).interruption,
      aecWarmupSamples: 0,
      detection: "vad",
      hasVad: true,
      hasStt: true,
      isAdaptive: false,
      ...rules,
      currentWords: () => countWords(this.transcript),
      emit: (output) => {
        this.outputs.push(output);
        this.lines.push(describeOutput(output));
      },
    });
  }

  /** Lets time pass, a frame at a time. */
  until(seconds: number): this {
    for (; this.#now < samples(seconds); this.#now += FRAME_SAMPLES / 32) this.machine.advance(this.#now);
    this.machine.advance(samples(seconds));
    this.#now = samples(seconds);
    return this;
  }

  /** Does something at a time. */
  at(seconds: number, act: (machine: Interruption, at: number) => void): this {
    this.until(seconds);
    act(this.machine, samples(seconds));
    return this;
  }

  /** The person speaks, and the detector knows it 50 ms later and ends it after `silence`. */
  speech(from: number, to: number, silence = 0.5): this {
    this.at(from + 0.05, (machine, at) => machine.userStarted(samples(from), at));
    for (let now = from + 0.1; now < to + silence; now += 0.05) {
      this.at(now, (machine, at) => machine.userSpeaking(samples(Math.min(now, to) - from), at));
    }
    return this.at(to + silence, (machine, at) => machine.userEnded(at));
  }

  /** A text comes. */
  text(seconds: number, text: string, kind: "interim" | "preflight" | "final" = "final", isSpeaking = false): this {
    return this.at(seconds, (machine, at) => {
      this.transcript = `${this.transcript} ${text}`.trim();
      machine.transcript({ kind, text }, isSpeaking, at);
    });
  }

  /** What was said since the last look, the facts about audibility aside. */
  said(): string[] {
    return this.lines.splice(0).filter((line) => !line.includes("heard"));
  }
}

function describeOutput(output: InterruptionOutput): string {
  const seconds = Math.round((output.atSample / CAPTURE_RATE) * 100) / 100;
  switch (output.type) {
    case "agent-heard":
      return output.isHeard
        ? `${seconds} heard`
        : `${seconds} unheard, ignoring until ${Math.round((output.ignoreUntilSample / CAPTURE_RATE) * 100) / 100}`;
    case "false-interruption":
      return `${seconds} false-interruption, ${output.isResumed ? "resumed" : "not resumed"}`;
    case "words-expired":
      return `${seconds} words-expired`;
    default:
      return `${seconds} ${output.type} (${output.cause})`;
  }
}

function speaking(setup: Setup = {}, speech: AgentSpeech = PAUSABLE, from = 3.5): Scene {
  return new Scene(setup).at(from, (machine, at) => machine.agentStarted(at, speech));
}

function thinking(setup: Setup = {}, speech: AgentSpeech = PAUSABLE): Scene {
  return new Scene(setup).at(2.9, (machine, at) => machine.agentThinking(at, speech));
}

describe("speech over an agent that speaks", () => {
  test("of minDurationMs pauses it, and a final with words interrupts: the pause becomes an end (H.2.2)", () => {
    const scene = speaking().speech(5, 6).text(6.2, "Stop!");
    expect(scene.said()).toEqual(["5.5 pause (speech)", "6.2 interrupt (transcript)"]);
    expect(scene.outputs.at(-1)).toMatchObject({ wasPaused: true, speechStartSample: samples(5) });
    expect(scene.until(20).said()).toEqual([]);
  });

  test("of minDurationMs interrupts one that cannot pause, at once (H.2.2)", () => {
    const scene = speaking({}, UNPAUSABLE).speech(5, 6).text(6.2, "Stop!").until(20);
    expect(scene.lines).toEqual(["3.5 heard", "5.5 interrupt (speech)", "5.5 unheard, ignoring until 5.5"]);
  });

  test("interrupts at once where the agent shall not go on after a false interruption", () => {
    expect(
      speaking({ options: { resumeFalseInterruption: false } })
        .speech(5, 6)
        .said(),
    ).toEqual(["5.5 interrupt (speech)"]);
  });

  test("shorter than minDurationMs does nothing by itself", () => {
    expect(speaking().speech(5, 5.45).until(20).said()).toEqual([]);
  });

  test("a final with words interrupts, whatever the VAD missed", () => {
    expect(speaking().text(6, "Stop!").said()).toEqual(["6 interrupt (transcript)"]);
  });

  test("a final without words is no word", () => {
    expect(speaking().speech(5, 6).text(6.2, " ").until(9).said()).toEqual([
      "5.5 pause (speech)",
      "8.5 resume (silence)",
      "8.5 false-interruption, resumed",
    ]);
  });

  test.each(["interim", "preflight"] as const)("a text of kind %s interrupts only where there is no VAD", (kind) => {
    expect(speaking().text(6, "Stop!", kind).until(20).said()).toEqual([]);
    const deaf = speaking({ hasVad: false }).text(6, "Stop", kind).text(6.5, "it", kind);
    expect(deaf.said()).toEqual(["6 pause (transcript)"]);
    expect(deaf.until(8.49).said()).toEqual([]); // counts anew from the last text
    expect(deaf.until(9).said()).toEqual(["8.5 resume (silence)", "8.5 false-interruption, resumed"]);
  });

  test("a committed turn interrupts, paused or not", () => {
    const commit = (machine: Interruption, at: number): void => machine.turnDecided("committed", at);
    expect(speaking().at(5, commit).said()).toEqual(["5 interrupt (turn)"]);
    expect(speaking().speech(5, 6).at(7, commit).until(20).said()).toEqual([
      "5.5 pause (speech)",
      "7 interrupt (turn)",
    ]);
  });

  test("says once when the agent can be heard and when not, and what not to heed of it", () => {
    const scene = speaking().speech(5, 5.6).until(9);
    scene.at(10, (machine, at) => machine.agentEnded(at)).at(11, (machine, at) => machine.agentEnded(at));
    expect(scene.lines.filter((line) => line.includes("heard"))).toEqual([
      "3.5 heard",
      "5.5 unheard, ignoring until 5.5",
      "8.1 heard",
      "10 unheard, ignoring until 10",
    ]);
  });
});

describe("an agent that still thinks", () => {
  test("is held back by any speech, and stopped by minDurationMs of it where it cannot pause (H.2.4)", () => {
    expect(thinking({}, UNPAUSABLE).speech(3, 4).said()).toEqual(["3.5 interrupt (speech)"]);
    const scene = thinking().speech(3, 4).text(4.2, "Stop!");
    expect(scene.lines).toEqual(["3.05 pause (speech)", "4.2 interrupt (transcript)"]); // never heard
  });

  test("goes on right after a noise (H.2.5)", () => {
    const scene = thinking().speech(3, 3.3).until(10);
    expect(scene.lines).toEqual(["3.05 pause (speech)", "3.8 resume (silence)", "3.8 false-interruption, resumed"]);
    scene.at(10.1, (machine, at) => machine.agentStarted(at, PAUSABLE));
    expect(scene.lines.at(-1)).toBe("10.1 heard");
  });

  test("waits for words after speech of minDurationMs", () => {
    expect(thinking().speech(3, 4).until(10).said()).toEqual([
      "3.05 pause (speech)",
      "6.5 resume (silence)",
      "6.5 false-interruption, resumed",
    ]);
  });

  test("that is ready while it is paused stays paused, and is heard when it goes on", () => {
    const scene = thinking().at(3.05, (machine, at) => machine.userStarted(samples(3), at));
    scene.at(3.2, (machine, at) => machine.agentStarted(at, PAUSABLE));
    expect([scene.machine.isPaused, scene.machine.isAgentHeard]).toEqual([true, false]);
    scene.at(4, (machine, at) => machine.userEnded(at)).until(5);
    expect(scene.lines).toEqual([
      "3.05 pause (speech)",
      "4 resume (silence)",
      "4 heard",
      "4 false-interruption, resumed",
    ]);
  });

  test.each(["agentThinking", "agentStarted"] as const)(
    "is held back if the person was speaking before %s",
    (begin) => {
      const scene = new Scene().at(3, (machine, at) => machine.userStarted(samples(2.9), at));
      scene.at(3.1, (machine, at) => machine[begin](at, PAUSABLE));
      expect(scene.lines.splice(0)).toEqual(["3.1 pause (speech)"]);
      expect(
        scene
          .at(4, (machine, at) => machine.userEnded(at))
          .until(4.1)
          .said(),
      ).toEqual(["4 resume (silence)", "4 false-interruption, resumed"]);
    },
  );

  test("is not held back by silence, nor where it cannot pause, nor where it must not be interrupted", () => {
    expect(thinking().at(3.5, (machine, at) => machine.agentStarted(at, PAUSABLE)).lines).toEqual(["3.5 heard"]);
    expect(thinking({}, UNPAUSABLE).speech(3, 3.3).said()).toEqual([]);
    expect(thinking({}, PROTECTED).speech(3, 3.3).said()).toEqual([]);
    expect(
      thinking({ options: { enabled: false } })
        .speech(3, 3.3)
        .said(),
    ).toEqual([]);
  });
});

describe("a false interruption", () => {
  const falseAlarm = ["8.5 resume (silence)", "8.5 false-interruption, resumed"];

  test("resumes falseInterruptionTimeoutMs after the speech, if no decision is open", () => {
    expect(speaking().speech(5, 6).until(20).said()).toEqual(["5.5 pause (speech)", ...falseAlarm]);
  });

  test("resumes not before an open decision fell, and then at once", () => {
    const scene = speaking().speech(5, 6);
    scene.at(6.5, (machine) => machine.turnPending(true)).until(9);
    expect(scene.said()).toEqual(["5.5 pause (speech)"]);
    scene.at(9, (machine, at) => machine.turnDecided("dropped", at));
    expect(scene.said()).toEqual(["9 resume (silence)", "9 false-interruption, resumed"]);
  });

  test("does not resume if the turn is committed", () => {
    const scene = speaking()
      .speech(5, 6)
      .at(6.5, (machine) => machine.turnPending(true));
    scene.at(9, (machine, at) => machine.turnDecided("committed", at)).until(20);
    expect(scene.said()).toEqual(["5.5 pause (speech)", "9 interrupt (turn)"]);
  });

  test("resumes after a turn that wants no answer", () => {
    const scene = speaking()
      .speech(5, 6)
      .at(6.5, (machine) => machine.turnPending(true));
    scene.at(7, (machine, at) => machine.turnDecided("skipped", at)).until(20);
    expect(scene.said()).toEqual(["5.5 pause (speech)", ...falseAlarm]);
  });

  test("resumes after a decision that was called off, unless speech called it off", () => {
    const pend = (isPending: boolean) => (machine: Interruption) => machine.turnPending(isPending);
    const cleared = speaking().speech(5, 6).at(6.5, pend(true)).at(9, pend(false));
    expect(cleared.until(9.1).said()).toEqual([
      "5.5 pause (speech)",
      "9 resume (silence)",
      "9 false-interruption, resumed",
    ]);
    const goesOn = speaking().speech(5, 6).at(6.5, pend(true)).at(9, pend(false));
    goesOn.machine.userStarted(samples(8.9), samples(9));
    expect(goesOn.until(20).said()).toEqual(["5.5 pause (speech)"]);
  });

  test("counts silence anew after more speech, however short", () => {
    const scene = speaking().speech(5, 6).speech(7, 7.2).until(20);
    expect(scene.said()).toEqual(["5.5 pause (speech)", "9.7 resume (silence)", "9.7 false-interruption, resumed"]);
  });

  test("of an agent that could not pause is told, and cannot be mended", () => {
    expect(speaking({}, UNPAUSABLE).speech(5, 6).until(20).said()).toEqual([
      "5.5 interrupt (speech)",
      "8.5 false-interruption, not resumed",
    ]);
  });

  test("is not told once the agent says something else", () => {
    const scene = speaking({}, UNPAUSABLE)
      .speech(5, 6)
      .at(7, (machine, at) => machine.agentThinking(at, UNPAUSABLE));
    expect(scene.until(20).said()).toEqual(["5.5 interrupt (speech)"]);
  });

  test("ends with the speech that was paused", () => {
    const scene = speaking()
      .speech(5, 6)
      .at(7, (machine, at) => machine.agentEnded(at))
      .until(20);
    expect(scene.said()).toEqual(["5.5 pause (speech)"]);
    expect(scene.machine.isPaused).toBe(false);
  });

  test.each<InterruptionOptions>([{ enabled: false }, { resumeFalseInterruption: false }])(
    "a pause that the settings allow no more ends at once: %j",
    (options) => {
      const scene = speaking().speech(5, 6);
      const { interruption } = turnSettings({ interruption: options });
      scene.at(7, (machine, at) => machine.update({ settings: interruption }, at)).until(20);
      expect(scene.said()).toEqual(["5.5 pause (speech)", "7 resume (settings)"]);
    },
  );

  test("nothing is resumed after close", () => {
    expect(
      speaking()
        .speech(5, 6)
        .at(7, (machine) => machine.close())
        .until(20)
        .said(),
    ).toEqual(["5.5 pause (speech)"]);
  });
});

describe("minimum words", () => {
  const options = { minWords: 3 };

  test("fewer do not interrupt; later ones join them, and then they do (H.2.3)", () => {
    const scene = speaking({ options }).speech(5, 6).text(6.4, "Stop!");
    expect(scene.machine.acceptsTurn("Stop!")).toBe(false);
    scene.at(6.5, (machine, at) => machine.turnDecided("dropped", at));
    scene.at(6.55, (machine, at) => machine.userStarted(samples(6.5), at)).text(7.5, "ok, stop!");
    expect(scene.said()).toEqual(["7.5 interrupt (transcript)"]);
  });

  test("what waits for more is forgotten after falseInterruptionTimeoutMs of silence", () => {
    const drop = (machine: Interruption, at: number): void => machine.turnDecided("dropped", at);
    expect(speaking({ options }).text(6.4, "Stop!").at(6.5, drop).until(20).said()).toEqual(["8.5 words-expired"]);
    const late = speaking({ options }).text(6.4, "Stop!").at(6.5, drop).speech(8, 8.2, 0.3);
    expect(late.until(20).said()).toEqual(["10.5 words-expired"]);
  });

  test("what waits for more is not forgotten while a decision is open, nor after a turn", () => {
    const scene = speaking({ options })
      .text(6.4, "Stop!")
      .at(6.5, (machine, at) => machine.turnDecided("dropped", at));
    scene
      .text(7, "please")
      .at(7, (machine) => machine.turnPending(true))
      .until(9.5);
    scene.at(10, (machine, at) => machine.turnDecided("committed", at)).until(20);
    expect(scene.said()).toEqual(["10 interrupt (turn)"]);
  });

  test("a thinking agent that was held back is not stopped by fewer, either", () => {
    const scene = thinking({ options }).speech(3, 3.4).text(3.9, "Stop!").until(4);
    expect(scene.said()).toEqual(["3.05 pause (speech)", "3.9 resume (silence)", "3.9 false-interruption, resumed"]);
  });

  test.each<[string, Setup, AgentSpeech | undefined]>([
    ["nobody is speaking", { options }, undefined],
    ["the agent must not be interrupted", { options }, PROTECTED],
    ["there is no recogniser", { options, hasStt: false }, PAUSABLE],
    ["the app ends turns", { options, detection: "manual" }, PAUSABLE],
    ["none are asked for", {}, PAUSABLE],
  ])("a turn may have fewer where %s", (_where, setup, speech) => {
    const scene = speech ? speaking(setup, speech) : new Scene(setup);
    expect(scene.machine.acceptsTurn("Stop!")).toBe(true);
  });

  test("characters of scripts without spaces are words", () => {
    const { machine } = speaking({ options });
    expect([machine.acceptsTurn("停止"), machine.acceptsTurn("停止吧"), machine.acceptsTurn("a-b c")]).toEqual([
      false,
      true,
      false,
    ]);
  });
});

describe("echo cancellation that warms up", () => {
  const setup = { aecWarmupSamples: samples(3) };

  test("lets speech and words pass, but not a finished turn (H.2.6)", () => {
    const scene = speaking(setup).speech(4, 5).text(5.2, "Stop!");
    expect(scene.said()).toEqual([]);
    expect(scene.at(5.5, (machine, at) => machine.turnDecided("committed", at)).said()).toEqual([
      "5.5 interrupt (turn)",
    ]);
    expect(speaking().speech(4, 5).said()).toEqual(["4.5 pause (speech)"]);
  });

  test("happens once: it ends by the clock, and never comes back", () => {
    const scene = speaking(setup).at(4, (machine, at) => machine.agentEnded(at));
    scene.at(6.4, (machine, at) => machine.agentStarted(at, PAUSABLE)).speech(6.5, 7.5);
    expect(scene.said()).toEqual(["7 pause (speech)"]);
  });

  test("keeps the agent's echo from the recogniser, while it speaks", () => {
    const scene = new Scene(setup);
    const heard = (seconds: number): boolean => scene.until(seconds).machine.isHeardByStt;
    expect(heard(1)).toBe(true);
    scene.at(2, (machine, at) => machine.agentThinking(at, PAUSABLE));
    expect(heard(2.5)).toBe(true);
    scene.at(3, (machine, at) => machine.agentStarted(at, PAUSABLE));
    expect([heard(3), heard(5.99), heard(6)]).toEqual([false, false, true]);
  });
});

describe("an agent that must not be interrupted", () => {
  const everything = (scene: Scene): string[] =>
    scene
      .speech(5, 7)
      .text(7.6, "Stop, please, stop!")
      .at(8, (machine, at) => machine.turnDecided("committed", at))
      .until(20)
      .said();

  test("goes on, whatever the person says (H.2.3)", () => {
    expect(everything(speaking({}, PROTECTED))).toEqual([]);
    expect(everything(speaking({ options: { enabled: false } }))).toEqual([]);
  });

  test("gives way to the app", () => {
    expect(
      speaking({}, PROTECTED)
        .at(5, (machine, at) => machine.interrupt(at))
        .said(),
    ).toEqual(["5 interrupt (app)"]);
    expect(new Scene().at(5, (machine, at) => machine.interrupt(at)).said()).toEqual([]);
  });

  test("is alone with the recogniser's silence, thinking or speaking, unless told otherwise", () => {
    const heard = (options: InterruptionOptions): boolean[] => [
      thinking({ options }, PROTECTED).machine.isHeardByStt,
      speaking({ options }, PROTECTED).machine.isHeardByStt,
      speaking({ options }, PROTECTED).at(9, (machine, at) => machine.agentEnded(at)).machine.isHeardByStt,
    ];
    expect(heard({})).toEqual([false, false, true]);
    expect(heard({ discardAudioIfUninterruptible: false })).toEqual([true, true, true]);
  });
});

test.each(["manual", "realtime"] as const)("where turns are ended elsewhere (%s), sound does nothing", (detection) => {
  expect(speaking({ detection }).speech(5, 7).text(7.6, "Stop!").until(20).said()).toEqual([]);
  expect(thinking({ detection }).speech(3, 4).text(7.6, "Stop!").until(20).said()).toEqual([]);
  const committed = speaking({ detection }).at(5, (machine, at) => machine.turnDecided("committed", at));
  expect(committed.said()).toEqual(["5 interrupt (turn)"]);
});

describe("adaptive interruption", () => {
  const setup: Setup = { isAdaptive: true, options: { backchannelBoundaryMs: [250, 0] } };
  const judge = (isInterruption: boolean, overlapStart: number) => (machine: Interruption, at: number) =>
    machine.verdict({ isInterruption, overlapStartedAt: samples(overlapStart), at });

  test("speech alone does nothing, however long: the model decides", () => {
    const scene = speaking(setup).speech(5, 9).at(9.6, judge(false, 5)).until(20);
    expect([scene.said(), scene.machine.isBackchannel]).toEqual([[], true]);
  });

  test("its verdict pauses; what was said before the overlap is not heeded", () => {
    const scene = speaking(setup).at(5, (machine, at) => machine.userStarted(samples(4.9), at));
    scene.at(5.3, judge(true, 4.9)).at(5.4, judge(true, 4.9));
    expect(scene.lines.slice(1)).toEqual(["5.3 pause (model)", "5.3 unheard, ignoring until 4.9"]);
    expect(scene.machine.isBackchannel).toBe(false);
    expect(scene.text(6, "Stop!").said().at(-1)).toBe("6 interrupt (transcript)");
  });

  test("its verdict interrupts an agent that cannot pause", () => {
    expect(speaking(setup, UNPAUSABLE).at(5.3, judge(true, 4.9)).lines.slice(1)).toEqual([
      "5.3 interrupt (model)",
      "5.3 unheard, ignoring until 4.9",
    ]);
  });

  test("inside the boundary speech counts by its length, and an interruption all the same (H.2.7)", () => {
    const wide: Setup = { isAdaptive: true, options: { backchannelBoundaryMs: [1_000, 0] } };
    expect(speaking(wide).speech(3.6, 4.2).said()).toEqual(["4.1 pause (speech)"]);
    expect(speaking(wide).at(3.8, judge(true, 3.6)).said()).toEqual(["3.8 pause (model)"]);
    expect(speaking(wide).at(3.8, judge(false, 3.6)).said()).toEqual([]);
  });

  test("the boundary ends exactly where it should, and begins anew when the agent goes on", () => {
    const speak = (machine: Interruption, at: number): void => machine.userSpeaking(samples(0.5), at);
    expect(speaking(setup).at(3.7499, speak).said()).toEqual(["3.75 pause (speech)"]);
    expect(speaking(setup).at(3.75, speak).said()).toEqual([]);
    const resumed = speaking(setup)
      .at(3.6, speak)
      .at(5.65, () => undefined);
    expect(resumed.said()).toEqual(["3.6 pause (speech)", "5.6 resume (silence)", "5.6 false-interruption, resumed"]);
    expect(resumed.at(5.8, speak).said()).toEqual(["5.8 pause (speech)"]);
  });

  test("no boundary: the model decides from the first sound on", () => {
    const none: Setup = { isAdaptive: true, options: { backchannelBoundaryMs: [0, 500] } };
    expect(
      speaking(none)
        .at(3.5, (machine, at) => machine.userSpeaking(samples(0.5), at))
        .said(),
    ).toEqual([]);
  });

  test("after a verdict that comes before enough words, the words decide", () => {
    const few: Setup = { isAdaptive: true, options: { ...setup.options, minWords: 2 } };
    const scene = speaking(few).at(5.3, judge(true, 4.9)).text(5.6, "Stop");
    expect(scene.lines.slice(1)).toEqual(["5.3 unheard, ignoring until 4.9"]);
    expect(scene.text(5.9, "it").said()).toEqual(["5.9 interrupt (transcript)"]);
  });

  test("once the model has failed, .49 s of speech do nothing and .5 s pause (H.2.9)", () => {
    const scene = speaking(setup).at(5, (machine) => machine.adaptiveFailed());
    scene.at(5.5, (machine, at) => machine.userSpeaking(samples(0.49), at));
    expect(scene.said()).toEqual([]);
    expect(scene.at(5.6, (machine, at) => machine.userSpeaking(samples(0.5), at)).said()).toEqual([
      "5.6 pause (speech)",
    ]);
    expect(
      speaking(setup)
        .at(5, (machine) => machine.adaptiveFailed())
        .at(6, judge(true, 5))
        .said(),
    ).toEqual([]);
  });
});

test("whatever happens, a pause ends once, nothing is resumed that was interrupted, and nothing hangs", () => {
  for (let seed = 0; seed < 1_000; seed++) walk(seed);
});

function walk(seed: number): void {
  const random = randomNumbers(seed);
  const pick = <T>(...values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const scene = new Scene({
    options: { minWords: pick(0, 0, 2), resumeFalseInterruption: pick(true, true, false) },
    isAdaptive: pick(true, false),
    hasVad: pick(true, true, false),
    aecWarmupSamples: pick(0, samples(1)),
  });
  const { machine } = scene;
  let now = 0;
  let isSpeaking = false;
  const steps: (() => void)[] = [
    () => machine.agentThinking(now, pick(PAUSABLE, UNPAUSABLE, PROTECTED)),
    () => machine.agentStarted(now, pick(PAUSABLE, UNPAUSABLE, PROTECTED)),
    () => machine.agentEnded(now),
    () => ((isSpeaking = true), machine.userStarted(now, now)),
    () => isSpeaking && machine.userSpeaking(samples(random()), now),
    () => ((isSpeaking = false), machine.userEnded(now)),
    () => {
      const text = pick("", "stop", "stop it");
      scene.transcript = `${scene.transcript} ${text}`;
      machine.transcript({ kind: pick("interim", "final"), text }, isSpeaking, now);
    },
    () => machine.turnPending(pick(true, false)),
    () => ((scene.transcript = ""), machine.turnDecided(pick("committed", "dropped", "skipped"), now)),
    () => machine.verdict({ isInterruption: pick(true, false), overlapStartedAt: now - 100, at: now }),
    () => random() < 0.05 && machine.adaptiveFailed(),
    () => machine.interrupt(now),
  ];
  for (let step = 0; step < 60; step++) {
    now += Math.floor(random() * samples(0.7));
    machine.advance(now);
    pick(...steps)();
  }
  machine.userEnded(now);
  machine.turnPending(false);
  machine.advance(now + samples(60));
  expect(machine.isPaused).toBe(false); // nobody waits for ever
  hold(scene.outputs);
}

function hold(outputs: readonly InterruptionOutput[]): void {
  let isPaused = false;
  let isHeard = false;
  let last = 0;
  for (const output of outputs) {
    if (output.type === "pause") isPaused = true;
    if (output.type === "resume") {
      expect(isPaused).toBe(true);
      isPaused = false;
    }
    if (output.type === "interrupt") {
      if (output.wasPaused) expect(isPaused).toBe(true);
      isPaused = false;
    }
    if (output.type === "agent-heard") {
      expect(output.isHeard).toBe(!isHeard);
      if (output.isHeard) isPaused = false; // a paused speech ended by itself, and another one began
      isHeard = output.isHeard;
    }
    expect(output.atSample).toBeGreaterThanOrEqual(last);
    last = output.atSample;
  }
}
