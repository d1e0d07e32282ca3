import { describe, expect, test } from "vitest";
import { createEndpointing, DynamicEndpointing, type Endpointing } from "./endpointing.ts";
import { endpointingSettings } from "./turn-settings.ts";

const SECOND = 16_000;
const samples = (seconds: number): number => Math.round(seconds * SECOND);

/**
 * A conversation as one line: `S` and `E`, the person starts and ends; `A` and `Z`, the agent starts and ends; the number
 * is the time in seconds; `o` after it: over the agent; `i`: found to be no interruption.
 */
function play(endpointing: Endpointing, line: string): void {
  for (const [, who, seconds, flag] of line.matchAll(/([SEAZ])([\d.]+)([oi]?)/g)) {
    const at = samples(Number(seconds));
    if (who === "S") endpointing.userStarted(at, flag === "o");
    if (who === "E") endpointing.userEnded(at, flag === "i");
    if (who === "A") endpointing.agentStarted(at);
    if (who === "Z") endpointing.agentEnded(at);
  }
}

function dynamic(min = 0.3, max = 1, alpha = 0.5): DynamicEndpointing {
  return new DynamicEndpointing({
    mode: "dynamic",
    minDelaySamples: samples(min),
    maxDelaySamples: samples(max),
    alpha,
  });
}

function delaysAfter(line: string, endpointing: Endpointing = dynamic()): readonly [min: number, max: number] {
  play(endpointing, line);
  return delaysOf(endpointing);
}

function delaysOf({ minDelaySamples, maxDelaySamples }: Endpointing): readonly [min: number, max: number] {
  return [minDelaySamples / SECOND, maxDelaySamples / SECOND];
}

/** LiveKit Agents' own table. `seedMax`: what the longer delay was while it was learned too, where that differs. */
const GOLDEN: readonly {
  readonly title: string;
  readonly line: string;
  readonly options?: readonly [min: number, max: number, alpha: number];
  readonly delays: readonly [min: number, max: number];
  readonly seedMax?: number;
}[] = [
  { title: "a pause between utterances is learned", line: "E100 S100.4 E100.5", delays: [0.35, 1] },
  {
    title: "a higher alpha learns more slowly",
    line: "E100 S100.4 E100.5",
    options: [0.3, 1, 0.9],
    delays: [0.31, 1],
  },
  { title: "a long pause counts up to the ceiling", line: "E100 S105 E106", delays: [1, 1] },
  { title: "pauses add up", line: "E100 S100.4 E101 S101.8 E102", delays: [0.575, 1] },
  { title: "an answer that goes on teaches nothing", line: "E100 A100.6 S101.5 E102", delays: [0.3, 1], seedMax: 0.8 },
  {
    title: "an answer that has ended teaches nothing",
    line: "E100 A100.5 Z101 S101.5 E102",
    delays: [0.3, 1],
    seedMax: 0.75,
  },
  {
    title: "an interruption at once is a pause that was cut",
    line: "S99 E100 A100.15 S100.35o E100.85",
    delays: [0.325, 1],
  },
  {
    title: "so is one a little later",
    line: "S99 E100 A100.15 S100.4o E100.9",
    delays: [0.35, 1],
  },
  {
    title: "within 250 ms of the agent, no verdict makes a backchannel of it",
    line: "S99 E100 A100.15 S100.35o E100.85i",
    delays: [0.325, 1],
  },
  { title: "a backchannel teaches nothing", line: "S99 E100 A100.2 S101.5o E102i", delays: [0.3, 1] },
  {
    title: "a late interruption is an answer to the agent",
    line: "E100 A100.9 S101.8 E102",
    delays: [0.3, 1],
    seedMax: 0.95,
  },
  { title: "so is one at once, if the agent took its time", line: "S99 E100 A101.1 S101.3o E102", delays: [0.3, 1] },
  { title: "an agent that goes on is there again", line: "E100 A100.2 Z100.25 A100.3 S100.4 E101", delays: [0.35, 1] },
  { title: "with the defaults, a pause", line: "E100 S101 E102", options: [0.5, 3, 0.9], delays: [0.55, 3] },
  {
    title: "with the defaults, an answer",
    line: "E100 A100.8 Z103 S104 E105",
    options: [0.5, 3, 0.9],
    delays: [0.5, 3],
    seedMax: 2.78,
  },
  { title: "a pause below the floor counts as the floor", line: "E100 A100.2 S100.25o E100.5", delays: [0.3, 1] },
  { title: "a verdict without overlap changes nothing", line: "E100 S100.4 E100.6i", delays: [0.35, 1] },
];

describe("dynamic endpointing, LiveKit Agents' table", () => {
  test.each(GOLDEN)("$title: $line", ({ line, options, delays }) => {
    expect(delaysAfter(line, dynamic(...(options ?? [])))).toEqual(delays);
  });

  test("where the longer delay was learned once, it is a ceiling now", () => {
    const changed = GOLDEN.filter(({ seedMax }) => seedMax !== undefined);
    expect(changed).toHaveLength(4);
    for (const { delays, seedMax } of changed) expect(delays[1]).toBeGreaterThan(seedMax ?? 0);
  });
});

describe("dynamic endpointing, each pair of circumstances", () => {
  const none = "S99 E100";
  const ended = "S99 E100 A100.15 Z100.2";
  const active = "S99 E100 A100.15";
  test.each([
    ["no agent", none, "S100.35", "E100.85", true],
    ["no agent, ignored", none, "S100.35", "E100.85i", true],
    ["no agent, though over one", none, "S100.35o", "E100.85", false],
    ["no agent, though over one, ignored", none, "S100.35o", "E100.85i", false],
    ["agent ended", ended, "S100.35", "E100.85", false],
    ["agent ended, ignored", ended, "S100.35", "E100.85i", false],
    ["agent ended, though over it", ended, "S100.35o", "E100.85", true],
    ["agent ended, though over it, ignored within the grace", ended, "S100.35o", "E100.85i", true],
    ["agent speaks", active, "S100.9", "E101.4", false],
    ["agent speaks, ignored", active, "S100.9", "E101.4i", false],
    ["agent speaks, over it", active, "S100.44o", "E100.9", true],
    ["agent speaks, over it, ignored outside the grace", active, "S100.44o", "E100.9i", false],
    ["agent speaks, over it, ignored within the grace", active, "S100.35o", "E100.85i", true],
  ])("%s", (_, before, start, end, isLearned) => {
    const endpointing = dynamic();
    play(endpointing, `${before} ${start} ${end}`);
    expect(endpointing.minDelaySamples > samples(0.3)).toBe(isLearned);
    expect(endpointing.maxDelaySamples).toBe(SECOND);
    expect(endpointing.isOverlapping).toBe(false);
  });
});

describe("dynamic endpointing", () => {
  test("has its options as delays before anything was heard", () => {
    const endpointing = createEndpointing(endpointingSettings({ mode: "dynamic", minDelayMs: 300, maxDelayMs: 1_000 }));
    expect(endpointing).toBeInstanceOf(DynamicEndpointing);
    expect(delaysOf(endpointing)).toEqual([0.3, 1]);
    expect(delaysAfter("S1", dynamic())).toEqual([0.3, 1]); // a first start follows no end
    expect(delaysAfter("S1 E2", dynamic())).toEqual([0.3, 1]);
  });

  test("forgets where a backchannel began and ended: the pause before it is no pause", () => {
    // With 100 as the end before it, 100.49 would be an interruption at once.
    expect(delaysAfter("S99 E100 A100.2 S100.47o E100.48i S100.49o E101")).toEqual([0.3, 1]);
  });

  test("heeds an overlap once, however often it is told", () => {
    const endpointing = dynamic();
    play(endpointing, "S99 E100 A100.15 S100.35o S100.4");
    expect(endpointing.isOverlapping).toBe(true);
    expect(delaysAfter("E100.85", endpointing)).toEqual([0.325, 1]); // 100.4 would have made it .35
  });

  test("an overlap ends with the person's speech, and so does the agent's turn", () => {
    const endpointing = dynamic();
    play(endpointing, "E100 A100.2 S100.25o E100.5");
    expect(endpointing.isOverlapping).toBe(false);
    expect(delaysAfter("S100.9 E101", endpointing)).toEqual([0.35, 1]); // as if no agent had spoken
  });

  test("an overlap ends when the agent does, and the pause stays the agent's", () => {
    const endpointing = dynamic();
    play(endpointing, "E99.9 A100 S100.1o Z101");
    expect(endpointing.isOverlapping).toBe(false);
    expect(delaysAfter("E101.2", endpointing)).toEqual([0.3, 1]);
  });

  test("speech that was there before the agent ended 1 ms before it began", () => {
    const endpointing = dynamic(0.06);
    play(endpointing, "E99 S100 A100.2 S100.26o E101"); // 61 ms against 60: half a millisecond more
    expect(endpointing.minDelaySamples).toBe(samples(0.06) + 8);
  });

  test("a whole conversation with a backchannel leaves the delays alone", () => {
    const endpointing = dynamic();
    play(endpointing, "S100 E101 A101.5 S102.5o E102.8i");
    expect(delaysOf(endpointing)).toEqual([0.3, 1]);
    play(endpointing, "Z103 S103.5 E104");
    expect(delaysOf(endpointing)).toEqual([0.3, 1]);
    expect(endpointing.isOverlapping).toBe(false);
    expect(delaysAfter("S104.4 E105", endpointing)).toEqual([0.35, 1]); // the agent is no longer in it
  });

  test("an agent that goes on while the person speaks is overlapped again, so a backchannel stays one", () => {
    const endpointing = dynamic();
    play(endpointing, "E100 A100.2 S100.4o Z100.6 A100.7");
    expect(endpointing.isOverlapping).toBe(true);
    expect(delaysAfter("E101i", endpointing)).toEqual([0.3, 1]);
  });

  test("the average keeps what it was and takes a share of what is new", () => {
    const endpointing = dynamic(0.01, 1);
    expect(delaysAfter("E1 S1.02 E2", endpointing)).toEqual([0.015, 1]);
    expect(delaysAfter("S2.02 E3", endpointing)).toEqual([0.0175, 1]);
  });
});

describe("new delays while it runs", () => {
  test("take effect at once", () => {
    const endpointing = dynamic();
    endpointing.update({ minDelaySamples: samples(0.5) });
    expect(delaysOf(endpointing)).toEqual([0.5, 1]);
    endpointing.update({ maxDelaySamples: samples(2) });
    expect(delaysOf(endpointing)).toEqual([0.5, 2]);
  });

  test("a new floor forgets what was learned; the same floor again, a ceiling or an alpha does not", () => {
    const endpointing = dynamic();
    expect(delaysAfter("E100 S101 E101.5", endpointing)).toEqual([0.65, 1]);
    endpointing.update({ minDelaySamples: samples(0.3), maxDelaySamples: samples(2), alpha: 0.9 });
    expect(delaysOf(endpointing)).toEqual([0.65, 2]);
    endpointing.update({ minDelaySamples: samples(0.4) });
    expect(delaysOf(endpointing)).toEqual([0.4, 2]);
  });

  test("an alpha outlives new delays, and weighs what comes next", () => {
    const endpointing = dynamic();
    play(endpointing, "E100 S101 E101.5");
    endpointing.update({ alpha: 0.2 });
    endpointing.update({ maxDelaySamples: samples(1) });
    expect(delaysAfter("S102.5 E103", endpointing)).toEqual([0.93, 1]);
  });

  test("the ceiling wins over what was learned, and over a higher floor", () => {
    const endpointing = dynamic();
    expect(delaysAfter("E100 S101 E101.5", endpointing)).toEqual([0.65, 1]);
    endpointing.update({ maxDelaySamples: samples(0.5) });
    expect(delaysOf(endpointing)).toEqual([0.5, 0.5]);

    const other = dynamic();
    other.update({ minDelaySamples: samples(1.5) });
    expect(delaysOf(other)).toEqual([1, 1]);
  });
});

describe("fixed endpointing", () => {
  test("learns nothing, whatever its alpha", () => {
    const endpointing = createEndpointing(endpointingSettings({ alpha: 0.5 }));
    expect(delaysAfter("E100 S101 E102 S103 E104", endpointing)).toEqual([0.5, 3]);
  });

  test("is overlapped from a start over the agent to the end of speech", () => {
    const endpointing = createEndpointing(endpointingSettings());
    play(endpointing, "S100o");
    expect(endpointing.isOverlapping).toBe(true);
    play(endpointing, "E101");
    expect(endpointing.isOverlapping).toBe(false);
    play(endpointing, "S102");
    expect(endpointing.isOverlapping).toBe(false);
  });

  test("takes new delays at once", () => {
    const endpointing = createEndpointing(endpointingSettings());
    endpointing.update({ minDelaySamples: samples(1) });
    expect(delaysOf(endpointing)).toEqual([1, 3]);
    endpointing.update({ maxDelaySamples: samples(0.5) });
    expect(delaysOf(endpointing)).toEqual([0.5, 0.5]);
  });
});
