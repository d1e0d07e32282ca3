import { expect, test } from "vitest";
import type { SpeechEvent } from "../stt/speech-event.ts";
import { createEndpointing, type Endpointing } from "./endpointing.ts";
import type { RecognitionEvent } from "./recognition-events.ts";
import { Recognition, type RecognitionParts } from "./recognition.ts";
import { endpointingSettings } from "./turn-settings.ts";

/** Samples of `ms`. */
const at = (ms: number): number => ms * 16;

class Rig {
  readonly told: string[] = [];
  readonly events: RecognitionEvent[] = [];
  readonly endpointing: Endpointing;
  readonly recognition: Recognition;
  accepts = true;
  #transcriptId = 0;
  #segmentId = 0;

  constructor(parts: Partial<RecognitionParts> = {}, minDelayMs = 500, maxDelayMs = 3_000) {
    this.endpointing = createEndpointing(endpointingSettings({ minDelayMs, maxDelayMs }));
    this.recognition = new Recognition({
      detection: "vad",
      endpointing: this.endpointing,
      hasVad: true,
      hasStt: true,
      accepts: () => this.accepts,
      emit: (event) => {
        this.events.push(event);
        if (event.type !== "text") this.told.push(describe(event));
      },
      ...parts,
    });
  }

  /** Speech as the detector tells it: its end is known 576 ms after it. */
  speech(fromMs: number, toMs: number): void {
    this.start(fromMs);
    this.end(toMs);
  }

  start(ms: number): void {
    this.recognition.openSegment(++this.#segmentId);
    this.recognition.userStarted(at(ms));
  }

  end(ms: number): void {
    this.recognition.userEnded(at(ms), at(ms + 576));
  }

  update(detection: RecognitionParts["detection"], ms: number): void {
    this.recognition.update({ detection, endpointing: this.endpointing }, false, at(ms));
  }

  text(
    type: "interim-transcript" | "preflight-transcript" | "final-transcript",
    text: string,
    ms: number,
    { startMs = ms - 1_000, endMs = ms - 200, confidence = 0.5, language = "en", segmentId = this.#segmentId } = {},
  ): number {
    const transcriptId = ++this.#transcriptId;
    const data = { text, language, startSample: at(startMs), endSample: at(endMs), confidence, words: [] };
    this.recognition.recognised({ type, segmentId, transcriptId, data, requestId: "" }, at(ms));
    return transcriptId;
  }

  final(text: string, ms: number, more: Parameters<Rig["text"]>[3] = {}): number {
    return this.text("final-transcript", text, ms, more);
  }

  hear(event: SpeechEvent, ms: number): void {
    this.recognition.recognised(event, at(ms));
  }

  /** What was said since the last look, after the clock has gone on to `ms`. */
  until(ms: number): string[] {
    this.recognition.advance(at(ms));
    return this.told.splice(0);
  }
}

function describe(event: Exclude<RecognitionEvent, { type: "text" }>): string {
  if (event.type === "turn") return `turn "${event.turn.transcript}" at ${event.turn.committedAt / 16}`;
  if (event.type === "pending") return `pending until ${event.deadline / 16}`;
  if ("transcript" in event) return `${event.type} "${event.transcript}"`;
  return "text" in event ? `${event.type} "${event.text}"` : event.type;
}

test("a text that came before the end of speech ends the turn when both silence and delay have passed", () => {
  const rig = new Rig();
  rig.start(500);
  rig.final("Hello, how are you?", 2_400);
  expect(rig.until(2_500)).toEqual(['likely "Hello, how are you?"']);
  rig.end(2_500);
  expect(rig.until(3_076)).toEqual(["pending until 3000", 'turn "Hello, how are you?" at 3076']);
});

test("a text that comes after it ends the turn at once, if the delay has passed", () => {
  const rig = new Rig();
  rig.speech(500, 2_500);
  expect(rig.until(3_100)).toEqual([]);
  rig.final("Hello", 3_200);
  expect(rig.until(3_200)).toEqual(['likely "Hello"', "pending until 3000", 'turn "Hello" at 3200']);
});

test("a longer delay is counted from the end of speech, not from its discovery", () => {
  const rig = new Rig({}, 1_000);
  rig.speech(500, 2_500);
  rig.final("Hello", 3_200);
  expect(rig.until(3_499)).toEqual(['likely "Hello"', "pending until 3500"]);
  expect(rig.until(3_500)).toEqual(['turn "Hello" at 3500']);
});

test("speech that goes on calls the decision off, and its words join those before", () => {
  const rig = new Rig({}, 1_000);
  rig.speech(500, 2_500);
  rig.final("my number is", 3_100);
  rig.start(3_300);
  rig.final("five five", 4_000);
  rig.end(4_000);
  expect(rig.until(10_000)).toEqual([
    'likely "my number is"',
    "pending until 3500",
    "resumed",
    'likely "my number is five five"',
    "pending until 5000",
    'turn "my number is five five" at 10000',
  ]);
});

test("a turn tells where it began, where its speech ended, when its text came, and how sure it is", () => {
  const rig = new Rig();
  rig.speech(500, 1_000);
  rig.final("one", 1_200, { confidence: 0.2 });
  rig.start(1_300);
  rig.final("two", 2_000, { confidence: 0.6, language: "fr" });
  rig.end(2_000);
  expect(rig.events.at(-1)).toEqual({
    type: "turn",
    turn: {
      transcript: "one two",
      confidence: 0.4,
      language: "en",
      startSample: at(500),
      endSample: at(2_000),
      finalAt: at(2_000),
      committedAt: at(2_576),
      skipsReply: false,
    },
  });
});

test("speech without words ends no turn; without a recogniser it does", () => {
  const rig = new Rig();
  rig.speech(500, 1_000);
  rig.final("", 1_500);
  expect(rig.until(60_000)).toEqual([]);
  const deaf = new Rig({ hasStt: false });
  deaf.speech(500, 1_000);
  expect(deaf.until(1_576)).toEqual(["pending until 1500", 'turn "" at 1576']);
});

test("a turn that is not accepted keeps its words for the next one", () => {
  const rig = new Rig();
  rig.accepts = false;
  rig.speech(500, 1_000);
  rig.final("Stop!", 1_600);
  expect(rig.until(2_000)).toContain('dropped "Stop!"');
  rig.accepts = true;
  rig.start(2_000);
  rig.final("ok, stop!", 2_500);
  rig.end(2_500);
  expect(rig.until(3_100).at(-1)).toBe('turn "Stop! ok, stop!" at 3076');
});

test("finals that are taken back are not in the turn", () => {
  const rig = new Rig();
  rig.start(500);
  const id = rig.final("wrong", 1_000);
  rig.hear({ type: "transcripts-superseded", segmentId: 1, transcriptIds: [id] }, 1_100);
  rig.final("right", 1_100);
  rig.end(1_100);
  expect(rig.until(5_000).at(-1)).toBe('turn "right" at 1676');
});

test("a preflight text prepares an answer once, and a final that says the same prepares none", () => {
  const rig = new Rig();
  rig.start(500);
  rig.text("preflight-transcript", "go on", 1_000);
  rig.final("go on", 1_100);
  rig.text("preflight-transcript", "", 1_200);
  expect(rig.until(1_200)).toEqual(['likely "go on"']);
  expect(rig.recognition.currentTranscript).toBe("go on");
});

test("a detector is asked with the text; its answer chooses the delay, and nothing ends before it", () => {
  for (const [isLikelyOver, deadlineMs] of [
    [true, 1_500],
    [false, 4_000],
  ] as const) {
    const rig = new Rig({ detection: "detector" });
    rig.speech(500, 1_000);
    rig.final("and then", 1_600);
    expect(rig.until(9_000).slice(-2)).toEqual(["pending until 1500", 'ask "and then"']);
    rig.recognition.judged(isLikelyOver, at(1_700));
    const ended = isLikelyOver ? ['turn "and then" at 1700'] : [];
    expect(rig.told.splice(0)).toEqual([`pending until ${deadlineMs}`, ...ended]);
    rig.recognition.judged(isLikelyOver, at(1_800)); // too late, or twice
    expect(rig.until(deadlineMs)).toEqual(isLikelyOver ? [] : ['turn "and then" at 4000']);
  }
});

test("a detector's answer that comes after the person went on counts for nothing", () => {
  const rig = new Rig({ detection: "detector" });
  rig.speech(500, 1_000);
  rig.final("and then", 1_600);
  rig.start(1_650);
  rig.told.length = 0;
  rig.recognition.judged(true, at(1_700));
  expect(rig.until(9_000)).toEqual([]);
});

test("in mode stt the recogniser's end of speech ends the turn, after the delay", () => {
  const rig = new Rig({ detection: "stt", hasVad: false });
  rig.hear({ type: "start-of-speech" }, 500);
  rig.final("Hello", 2_000, { endMs: 1_900 });
  expect(rig.until(5_000)).toEqual([]);
  rig.hear({ type: "end-of-speech" }, 5_000);
  expect(rig.until(5_000)).toEqual(["pending until 2400", 'turn "Hello" at 5000']);
});

test("in other modes the recogniser's starts and ends do nothing", () => {
  const rig = new Rig();
  rig.hear({ type: "start-of-speech" }, 500);
  rig.hear({ type: "end-of-speech" }, 600);
  expect(rig.until(5_000)).toEqual([]);
});

test("where no VAD tells when speech ended the text does, and never later than now", () => {
  const rig = new Rig({ hasVad: false });
  rig.final("from the future", 1_000, { endMs: 120_000 });
  expect(rig.until(1_500)).toEqual([
    'likely "from the future"',
    "pending until 1500",
    'turn "from the future" at 1500',
  ]);
});

test("manual: nothing ends by itself; a commit waits for the final, and takes the interim at its limit", () => {
  const rig = new Rig({ detection: "manual" });
  rig.speech(500, 1_000);
  rig.final("one", 1_200);
  expect(rig.until(60_000)).toEqual([]);
  rig.recognition.commit(at(60_000), at(62_000), false);
  rig.text("interim-transcript", "tw", 60_100);
  expect(rig.until(60_200)).toEqual([]);
  rig.final("two", 60_300);
  expect(rig.told.splice(0)).toEqual(['turn "one two" at 60300', 'committed "one two"']);

  rig.start(70_000);
  rig.text("interim-transcript", "thr", 70_100);
  rig.recognition.commit(at(70_200), at(72_200), true);
  expect(rig.until(72_199)).toEqual([]);
  expect(rig.until(72_200)).toEqual(['interim-settled "thr"', 'turn "thr" at 72200', 'committed "thr"']);
  expect(rig.events.at(-2)).toMatchObject({ turn: { skipsReply: true } });
  rig.final("three", 72_300, { startMs: 69_000 }); // the final of what was taken early does not say it again
  rig.recognition.commit(at(72_400), at(72_400), false);
  expect(rig.told.splice(0)).toEqual(['committed ""']);
});

test("a commit right after a final waits for nothing; an empty final answers one that waits", () => {
  const rig = new Rig({ detection: "manual" });
  rig.start(0);
  rig.final("one", 1_000);
  rig.recognition.commit(at(1_500), at(3_500), false);
  expect(rig.told.splice(0)).toEqual(['turn "one" at 1500', 'committed "one"']);
  rig.recognition.commit(at(2_500), at(4_500), false);
  rig.final("", 2_600);
  expect(rig.told.splice(0)).toEqual(['committed ""']);
});

test("without a recogniser a commit ends a turn of whatever was said; where nobody tells speech, of what may have been", () => {
  const deaf = new Rig({ detection: "manual", hasStt: false });
  deaf.recognition.commit(at(1), at(2_000), false);
  expect(deaf.told.splice(0)).toEqual(['committed ""']);
  deaf.speech(500, 1_000);
  deaf.recognition.commit(at(1_600), at(3_600), false);
  expect(deaf.told.splice(0)).toEqual(['turn "" at 1600', 'committed ""']);
  deaf.recognition.commit(at(1_700), at(3_700), false);
  expect(deaf.told).toEqual(['committed ""']);
  const blind = new Rig({ detection: "manual", hasStt: false, hasVad: false });
  blind.recognition.commit(at(1), at(2_000), false);
  expect(blind.told).toEqual(['turn "" at 1', 'committed ""']);
});

test("a commit works in every mode, and what was pending does not end a second, empty turn", () => {
  for (const detection of ["vad", "stt", "detector"] as const) {
    const rig = new Rig({ detection }, 2_000);
    rig.speech(500, 1_000);
    rig.final("okay", 1_600);
    rig.told.length = 0;
    rig.recognition.commit(at(1_700), at(3_700), false);
    expect(rig.until(60_000).filter((told) => told.startsWith("turn"))).toEqual(['turn "okay" at 1700']);
  }
});

test("what was cleared, and what of it is still on its way, is in no turn; what is said afterwards is", () => {
  const rig = new Rig();
  rig.start(500);
  rig.text("interim-transcript", "forget", 900);
  rig.end(1_000);
  rig.recognition.clear(at(1_600));
  expect(rig.recognition.currentTranscript).toBe("");
  rig.final("forget that", 1_700);
  rig.speech(2_000, 2_500);
  rig.final("keep this", 3_100);
  expect(rig.until(3_100).at(-1)).toBe('turn "keep this" at 3100');
});

test("on the way to and from manual a decision under way is called off; between others it stays", () => {
  const pending = (): Rig => {
    const rig = new Rig({}, 2_000);
    rig.speech(500, 1_000);
    rig.final("okay", 1_600);
    rig.told.length = 0;
    return rig;
  };
  const toManual = pending();
  toManual.update("manual", 1_700);
  expect(toManual.until(60_000)).toEqual(["resumed"]);
  const toStt = pending();
  toStt.update("stt", 1_700);
  expect(toStt.until(60_000)).toEqual(['turn "okay" at 60000']);
});

test("a new burst of speech keeps the beginning of the turn; the next turn has its own", () => {
  const rig = new Rig();
  rig.speech(500, 1_000);
  rig.start(1_400);
  expect(rig.recognition.turnStart).toBe(at(500));
  rig.final("one", 2_000);
  rig.end(2_000);
  rig.until(2_576);
  rig.start(5_000);
  expect(rig.recognition.turnStart).toBe(at(5_000));
});

test("an end of speech without a beginning is none", () => {
  const rig = new Rig({ hasStt: false });
  rig.end(1_000);
  expect(rig.until(60_000)).toEqual([]);
});

test("mode stt: where the detector knows when speech ended the recogniser does not; else it ends when that says so", () => {
  const rig = new Rig({ detection: "stt" });
  rig.start(500);
  rig.hear({ type: "start-of-speech" }, 700);
  rig.final("Hello", 2_800);
  rig.end(2_500);
  expect(rig.until(2_900)).toEqual(["pending until 5500"]);
  rig.hear({ type: "end-of-speech" }, 3_300);
  expect(rig.until(3_300)).toEqual(["pending until 3000", 'turn "Hello" at 3300']);
  const early = new Rig({ detection: "stt" });
  early.start(500);
  early.final("Hello", 2_800);
  early.hear({ type: "end-of-speech" }, 2_900); // the detector still hears speech
  expect(early.until(2_900)).toEqual(["pending until 3400"]);
  early.end(2_500);
  expect(early.until(3_076)).toEqual(["pending until 3000", 'turn "Hello" at 3076']);
});

test("mode stt: a recogniser that never tells the end of speech hangs no turn", () => {
  const rig = new Rig({ detection: "stt" });
  rig.start(500);
  rig.hear({ type: "start-of-speech" }, 600);
  rig.final("Hello", 900);
  rig.end(1_000);
  expect(rig.until(60_000)).toEqual(["pending until 4000", 'turn "Hello" at 60000']);
});

test("whoever takes over deciding decides on what stands; open speech of a recogniser that is not heeded counts no more", () => {
  for (const [from, to] of [
    ["manual", "vad"],
    ["realtime", "detector"],
    ["stt", "vad"],
  ] as const) {
    const rig = new Rig({ detection: from });
    rig.hear({ type: "start-of-speech" }, 500);
    rig.final("Hello", 1_000, { endMs: 900 });
    rig.told.length = 0;
    rig.update(to, 2_000);
    if (to === "detector") rig.recognition.judged(true, at(2_000));
    expect(rig.until(9_000).at(-1)).toBe('turn "Hello" at 2000');
  }
});

test("where nothing tells when speech begins, a clear loses nothing of what is said afterwards", () => {
  const rig = new Rig({ detection: "manual", hasVad: false });
  rig.final("forget this", 1_000, { startMs: 0, endMs: 1_000 });
  rig.recognition.clear(at(1_100));
  rig.final("keep this", 2_000, { startMs: 0, endMs: 1_900 }); // all one opening of the gate
  rig.recognition.commit(at(2_100), at(2_100), false);
  expect(rig.told).toEqual(['turn "keep this" at 2100', 'committed "keep this"']);
});

test("words that are said while a commit takes the interim are in the next turn, and in no other", () => {
  const rig = new Rig({ detection: "manual" });
  rig.start(0);
  rig.text("interim-transcript", "one two", 1_000, { startMs: 0, endMs: 900 });
  rig.recognition.commit(at(1_100), at(1_100), false);
  rig.end(2_000);
  rig.final("one two three", 2_600, { startMs: 0, endMs: 2_000 });
  rig.recognition.commit(at(2_700), at(4_700), false);
  expect(rig.told.filter((told) => told.startsWith("turn"))).toEqual([
    'turn "one two" at 1100',
    'turn "three" at 2700',
  ]);
});

test("a late text of an opening that was cleared stays away when speech begins anew", () => {
  const rig = new Rig();
  rig.speech(500, 1_000);
  rig.recognition.clear(at(1_600));
  rig.recognition.userStarted(at(2_000)); // told before its gate opens
  rig.recognition.openSegment(2);
  rig.final("forget that", 2_200, { startMs: 0, endMs: 2_100, segmentId: 1 });
  expect(rig.recognition.currentTranscript).toBe("");
});
