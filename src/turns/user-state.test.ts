import { expect, test } from "vitest";
import { msToSamples, samplesToMs } from "../audio/units.ts";
import { randomNumbers } from "../testing/random.ts";
import { UserState, type UserActivity, type UserStateKind } from "./user-state.ts";

const AWAY_AFTER_MS = 15_000;

type Event =
  | { readonly say: "starts" | "ends"; readonly fromMs?: number }
  | { readonly final: string }
  | { readonly agent: "listening" | "thinking" | "speaking" }
  | { readonly input: "lost" | "restored" }
  | { readonly acts: true }
  | { readonly clock: true };

/** At so many ms this is noticed; then the person is in this state, since so many ms. */
type Step = readonly [atMs: number, event: Event, state: UserStateKind, sinceMs: number];

const CLOCK = { clock: true } as const;
const RECOGNISED = { expectsWords: true };

const SCRIPTS: Readonly<Record<string, readonly Step[]>> = {
  "speech is told with the times at which it was said, not noticed": [
    [0, { agent: "listening" }, "listening", 0],
    [550, { say: "starts", fromMs: 500 }, "speaking", 500],
    [3_050, { say: "ends", fromMs: 2_500 }, "listening", 2_500],
  ],
  "silence of both sides ends in away, once": [
    [0, { agent: "listening" }, "listening", 0],
    [14_999, CLOCK, "listening", 0],
    [15_010, CLOCK, "away", 15_000],
    [40_000, CLOCK, "away", 15_000],
  ],
  "nothing is counted down before the agent listens, nor while it thinks or speaks": [
    [20_000, CLOCK, "listening", 0],
    [21_000, { agent: "listening" }, "listening", 0],
    [30_000, { agent: "thinking" }, "listening", 0],
    [50_000, CLOCK, "listening", 0],
    [51_000, { agent: "speaking" }, "listening", 0],
    [80_000, CLOCK, "listening", 0],
    [81_000, { agent: "listening" }, "listening", 0],
    [95_999, CLOCK, "listening", 0],
    [96_000, CLOCK, "away", 96_000],
  ],
  "a final text restarts the countdown; an empty one does not": [
    [0, { agent: "listening" }, "listening", 0],
    [5_000, { final: "well" }, "listening", 0],
    [8_000, { final: " " }, "listening", 0],
    [19_999, CLOCK, "listening", 0],
    [20_000, CLOCK, "away", 20_000],
  ],
  "words that the detector missed bring the person back": [
    [0, { agent: "listening" }, "listening", 0],
    [15_000, CLOCK, "away", 15_000],
    [16_000, { final: "" }, "away", 15_000],
    [17_000, { final: "hello?" }, "listening", 17_000],
    [31_999, CLOCK, "listening", 17_000],
    [32_000, CLOCK, "away", 32_000],
  ],
  "speech brings the person back, and its words restart the countdown": [
    [0, { agent: "listening" }, "listening", 0],
    [15_000, CLOCK, "away", 15_000],
    [16_050, { say: "starts", fromMs: 16_000 }, "speaking", 16_000],
    [17_550, { say: "ends", fromMs: 17_000 }, "listening", 17_000],
    [17_700, { final: "hello" }, "listening", 17_000],
    [32_699, CLOCK, "listening", 17_000],
    [32_700, CLOCK, "away", 32_700],
  ],
  "words that came while they were still speaking count from the end of speech": [
    [0, { agent: "listening" }, "listening", 0],
    [1_000, { say: "starts" }, "speaking", 1_000],
    [20_000, { final: "a long story" }, "speaking", 1_000],
    [30_550, { say: "ends", fromMs: 30_000 }, "listening", 30_000],
    [44_999, CLOCK, "listening", 30_000],
    [45_000, CLOCK, "away", 45_000],
  ],
  "nobody is away while they speak": [
    [0, { agent: "listening" }, "listening", 0],
    [14_000, { say: "starts" }, "speaking", 14_000],
    [60_000, CLOCK, "speaking", 14_000],
  ],
  "noise in the middle of silence does not put away off": [
    [0, { agent: "listening" }, "listening", 0],
    [5_000, { say: "starts" }, "speaking", 5_000],
    [5_850, { say: "ends", fromMs: 5_300 }, "listening", 5_300],
    [14_999, CLOCK, "listening", 5_300],
    [15_000, CLOCK, "away", 15_000],
  ],
  "speech at the last moment is given time for its words": [
    [0, { agent: "listening" }, "listening", 0],
    [14_000, { say: "starts" }, "speaking", 14_000],
    [16_550, { say: "ends", fromMs: 16_000 }, "listening", 16_000],
    [17_000, CLOCK, "listening", 16_000],
    [17_100, { final: "Sorry, I was thinking." }, "listening", 16_000],
    [32_099, CLOCK, "listening", 16_000],
    [32_100, CLOCK, "away", 32_100],
  ],
  "noise at the last moment puts away off by two seconds, once": [
    [0, { agent: "listening" }, "listening", 0],
    [14_000, { say: "starts" }, "speaking", 14_000],
    [15_000, { say: "ends" }, "listening", 15_000],
    [16_000, { say: "starts" }, "speaking", 16_000],
    [16_500, { say: "ends" }, "listening", 16_500],
    [16_999, CLOCK, "listening", 16_500],
    [17_000, CLOCK, "away", 17_000],
  ],
  "each silence grants that delay anew": [
    [0, { agent: "listening" }, "listening", 0],
    [14_000, { say: "starts" }, "speaking", 14_000],
    [15_000, { say: "ends" }, "listening", 15_000],
    [16_000, { final: "wait" }, "listening", 15_000],
    [30_000, { say: "starts" }, "speaking", 30_000],
    [30_500, { say: "ends" }, "listening", 30_500],
    [32_499, CLOCK, "listening", 30_500],
    [32_500, CLOCK, "away", 32_500],
    [40_000, { say: "starts" }, "speaking", 40_000],
    [41_000, { say: "ends" }, "listening", 41_000],
    [42_999, CLOCK, "listening", 41_000],
    [43_000, CLOCK, "away", 43_000],
  ],
  "what is said twice restarts nothing": [
    [0, { agent: "listening" }, "listening", 0],
    [5_000, { agent: "listening" }, "listening", 0],
    [6_000, { input: "restored" }, "listening", 0],
    [14_999, CLOCK, "listening", 0],
    [15_000, CLOCK, "away", 15_000],
  ],
  "whoever mutes while speaking has ceased to speak, and is away in time": [
    [0, { agent: "listening" }, "listening", 0],
    [1_000, { say: "starts" }, "speaking", 1_000],
    [2_000, { input: "lost" }, "listening", 2_000],
    [2_500, { say: "ends", fromMs: 2_300 }, "listening", 2_000],
    [16_999, CLOCK, "listening", 2_000],
    [17_000, CLOCK, "away", 17_000],
  ],
  "away does not stick: whoever unmutes is there": [
    [0, { agent: "listening" }, "listening", 0],
    [1_000, { input: "lost" }, "listening", 0],
    [15_000, CLOCK, "away", 15_000],
    [20_000, { input: "restored" }, "listening", 20_000],
    [34_999, CLOCK, "listening", 20_000],
    [35_000, CLOCK, "away", 35_000],
  ],
  "what was on its way when the input was lost does not begin speech that nothing would end": [
    [0, { agent: "listening" }, "listening", 0],
    [1_000, { input: "lost" }, "listening", 0],
    [1_010, { say: "starts", fromMs: 960 }, "listening", 0],
    [9_000, { input: "restored" }, "listening", 0],
    [9_500, { say: "starts" }, "speaking", 9_500],
  ],
  "whoever types is there": [
    [0, { agent: "listening" }, "listening", 0],
    [10_000, { acts: true }, "listening", 0],
    [24_999, CLOCK, "listening", 0],
    [25_000, CLOCK, "away", 25_000],
    [26_000, { acts: true }, "listening", 26_000],
  ],
  "times never go back: speech that began before away was told begins with it": [
    [0, { agent: "listening" }, "listening", 0],
    [15_000, CLOCK, "away", 15_000],
    [15_020, { say: "starts", fromMs: 14_960 }, "speaking", 15_000],
  ],
  "speech begins once and ends once": [
    [1_000, { say: "ends" }, "listening", 0],
    [2_000, { say: "starts" }, "speaking", 2_000],
    [3_000, { say: "starts" }, "speaking", 2_000],
    [4_000, { say: "ends" }, "listening", 4_000],
    [5_000, { say: "ends" }, "listening", 4_000],
  ],
};

test.each(Object.entries(SCRIPTS))("%s", (_title, steps) => {
  play(new UserState({ awayAfterSamples: msToSamples(AWAY_AFTER_MS), ...RECOGNISED }), steps);
});

test("without a recogniser speech is a sign of the person by itself", () => {
  play(new UserState({ awayAfterSamples: msToSamples(AWAY_AFTER_MS), expectsWords: false }), [
    [0, { agent: "listening" }, "listening", 0],
    [5_000, { say: "starts" }, "speaking", 5_000],
    [5_850, { say: "ends", fromMs: 5_300 }, "listening", 5_300],
    [20_299, CLOCK, "listening", 5_300],
    [20_300, CLOCK, "away", 20_300],
  ]);
});

test("0 means never away", () => {
  const user = new UserState({ awayAfterSamples: 0, ...RECOGNISED });
  user.handle({ type: "agent-state", state: "listening" }, 0);
  expect(user.deadlineSample).toBeUndefined();
  expect(user.advance(Number.MAX_SAFE_INTEGER)).toBeUndefined();
});

test("noise every second does not keep anybody from being away", () => {
  const user = new UserState({ awayAfterSamples: msToSamples(AWAY_AFTER_MS), ...RECOGNISED });
  user.handle({ type: "agent-state", state: "listening" }, 0);
  let awayAtMs: number | undefined;
  for (let ms = 0; awayAtMs === undefined && ms < 60_000; ms += 100) {
    const at = msToSamples(ms);
    if (user.advance(at)) awayAtMs = ms;
    else if (ms % 1_000 === 0) user.handle({ type: "speech-started", startSample: at }, at);
    else if (ms % 1_000 === 600) user.handle({ type: "speech-ended", endSample: at }, at);
  }
  expect(awayAtMs).toBeLessThanOrEqual(AWAY_AFTER_MS + 2_600);
});

test("the machine names the deadline that fires it", () => {
  const user = new UserState({ awayAfterSamples: 240_000, ...RECOGNISED }, 1_000);
  user.handle({ type: "agent-state", state: "listening" }, 5_000);
  expect(user.deadlineSample).toBe(245_000);
  expect(user.advance(244_999)).toBeUndefined();
  expect(user.advance(245_000)).toEqual({ oldState: "listening", newState: "away", sinceSample: 245_000 });
  expect(user.deadlineSample).toBeUndefined();
});

test("whatever comes, changes join up, times never go back, and the deadline is armed only while both listen (10,000 steps)", () => {
  const random = randomNumbers(51);
  const user = new UserState({ awayAfterSamples: 2_000, ...RECOGNISED });
  let last = user.state;
  let agent = "initializing";
  let now = 0;
  const seen = new Set<string>();
  for (let step = 0; step < 10_000; step++) {
    now += Math.floor(random() * 800);
    const past = now - Math.floor(random() * 300);
    const state = (["listening", "thinking", "speaking", "idle"] as const)[Math.floor(random() * 4)]!;
    const activities: readonly (UserActivity | undefined)[] = [
      { type: "speech-started", startSample: past },
      { type: "speech-ended", endSample: past },
      { type: "final-transcript", text: random() < 0.5 ? "" : "word" },
      random() < 0.2 ? { type: "input-lost" } : { type: "input-restored" },
      { type: "agent-state", state: random() < 0.6 ? "listening" : state },
      undefined,
      undefined,
    ];
    const activity = activities[Math.floor(random() * activities.length)];
    if (activity?.type === "agent-state") agent = activity.state;
    const change = activity ? user.handle(activity, now) : user.advance(now);
    if (change) {
      expect(change.oldState).toBe(last.kind);
      expect(change.newState).toBe(user.state.kind);
      expect(change.newState).not.toBe(change.oldState);
      expect(change.sinceSample).toBeGreaterThanOrEqual(last.sinceSample);
      expect(change.sinceSample).toBeLessThanOrEqual(now);
      if (change.newState === "away") expect([change.oldState, agent]).toEqual(["listening", "listening"]);
      seen.add(`${change.oldState} to ${change.newState}`);
    } else expect(user.state).toEqual(last);
    expect(user.deadlineSample !== undefined).toBe(user.state.kind === "listening" && agent === "listening");
    last = user.state;
  }
  expect(seen.size).toBe(5);
});

function play(user: UserState, steps: readonly Step[]): void {
  for (const [atMs, event, expected, sinceMs] of steps) {
    const before = user.state;
    const at = msToSamples(atMs);
    const activity = activityOf(event, at);
    const change = activity ? user.handle(activity, at) : user.advance(at);
    const { kind, sinceSample } = user.state;
    expect([atMs, event, kind, samplesToMs(sinceSample)]).toEqual([atMs, event, expected, sinceMs]);
    const told = { oldState: before.kind, newState: kind, sinceSample };
    expect(change).toEqual(kind === before.kind ? undefined : told);
  }
}

function activityOf(event: Event, at: number): UserActivity | undefined {
  if ("clock" in event) return undefined;
  if ("final" in event) return { type: "final-transcript", text: event.final };
  if ("agent" in event) return { type: "agent-state", state: event.agent };
  if ("input" in event) return { type: event.input === "lost" ? "input-lost" : "input-restored" };
  if ("acts" in event) return { type: "acted" };
  const saidAt = event.fromMs === undefined ? at : msToSamples(event.fromMs);
  return event.say === "starts"
    ? { type: "speech-started", startSample: saidAt }
    : { type: "speech-ended", endSample: saidAt };
}
