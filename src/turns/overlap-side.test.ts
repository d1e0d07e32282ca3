import { expect, test } from "vitest";
import { CAPTURE_RATE } from "../audio/units.ts";
import { VoiceError } from "../errors.ts";
import type { SpeechEvent } from "../stt/speech-event.ts";
import { Interruption } from "./interruption.ts";
import type { OverlapDetector, OverlapStreamOptions } from "./overlap-detector.ts";
import { OverlapSide } from "./overlap-side.ts";
import { turnSettings } from "./turn-settings.ts";

function samples(seconds: number): number {
  return Math.round(seconds * CAPTURE_RATE);
}

function final(words: string, from: number, to: number): SpeechEvent {
  return {
    type: "final-transcript",
    segmentId: 1,
    transcriptId: 1,
    requestId: "r",
    data: { text: words, language: "en", startSample: samples(from), endSample: samples(to), confidence: 1, words: [] },
  };
}

/** A model that does as it is told, joined to an interruption as in a run of turn taking. */
class Scene {
  readonly lines: string[] = [];
  readonly warnings: VoiceError[] = [];
  model!: OverlapStreamOptions;
  readonly side: OverlapSide;
  readonly interruption: Interruption;

  constructor() {
    const note = (line: string): void => void this.lines.push(line);
    const detector: OverlapDetector = {
      model: "m",
      provider: "p",
      stream: (options) => {
        this.model = options;
        return {
          agentHeard: (isHeard) => note(isHeard ? "model: heard" : "model: unheard"),
          userStarted: () => note("model: user started"),
          userEnded: () => note("model: user ended"),
          push: () => undefined,
          close: () => note("model: closed"),
        };
      },
    };
    const { interruption: settings } = turnSettings({ interruption: { backchannelBoundaryMs: 0 } });
    this.interruption = new Interruption({
      ...{ settings, aecWarmupSamples: 0, detection: "vad", hasVad: true, hasStt: true, isAdaptive: true },
      currentWords: () => 5,
      emit: (output) => {
        if (output.type === "agent-heard") this.side.agentHeard(output);
        else note(output.type);
      },
    });
    this.side = new OverlapSide({
      detector,
      boundarySamples: 0,
      interruption: this.interruption,
      now: () => 0,
      emit: (event) => {
        if (!("data" in event)) return;
        note(`text: ${event.data.text}`);
        this.interruption.transcript({ kind: "final", text: event.data.text }, false, samples(9));
      },
      onDropped: (event) => note(`dropped: ${event.data.text}`),
      onWarning: (error) => this.warnings.push(error),
    });
    this.interruption.agentStarted(samples(3), { isInterruptible: true, canPause: true });
  }

  readonly judge = (isInterruption: boolean, start: number, at: number): void => {
    this.model.onVerdict({
      ...{ isInterruption, isInconclusive: false, overlapStartSample: samples(start), atSample: samples(at) },
      ...{ probability: 0.9, roundTripMs: 20, predictionMs: 10, requests: 1 },
    });
  };
}

test("a backchannel does not disturb the agent, and is no turn", () => {
  const { side, interruption, lines, judge } = new Scene();
  side.recognised(final("mhm", 5, 5.4));
  judge(false, 5, 6);
  interruption.agentEnded(samples(10));
  expect(lines).toEqual(["model: heard", "model: unheard", "dropped: mhm"]);
});

test("an interruption pauses at once, lets out what was said since it began, and that confirms it", () => {
  const { side, lines, judge } = new Scene();
  side.recognised(final("mhm", 4, 4.4));
  side.recognised(final("no stop", 5, 5.6));
  judge(true, 5, 5.7);
  expect(lines).toEqual(["model: heard", "pause", "model: unheard", "dropped: mhm", "text: no stop", "interrupt"]);
});

test("a model that fails is told once, as a warning; what was held comes out, and speech counts by its length", () => {
  const { side, interruption, lines, model, warnings } = new Scene();
  side.recognised(final("held transcript", 4, 4.4));
  model.onFailed(new VoiceError("gateway-timeout", "late"));
  expect(lines).toEqual(["model: heard", "text: held transcript", "interrupt"]);
  interruption.agentStarted(samples(11), { isInterruptible: true, canPause: true });
  interruption.userStarted(samples(12), samples(12));
  interruption.userSpeaking(samples(0.5), samples(12.5));
  side.recognised(final("more", 12, 12.4));
  expect(lines.slice(3)).toEqual(["pause", "text: more", "interrupt"]);
  expect([warnings.length, side.isActive]).toEqual([1, false]);
});

test("close ends the model and keeps no text", () => {
  const { side, lines } = new Scene();
  side.recognised(final("late", 4, 4.4));
  side.close();
  side.close();
  side.userStarted(0);
  expect(lines).toEqual(["model: heard", "model: closed", "text: late", "interrupt"]);
});

test("a model that fails while it starts is gone at once", () => {
  const failures: VoiceError[] = [];
  const side = new OverlapSide({
    detector: {
      model: "m",
      provider: "p",
      stream: ({ onFailed }) => {
        onFailed(new VoiceError("token-failed", "no"));
        return {
          agentHeard: () => undefined,
          userStarted: () => undefined,
          userEnded: () => undefined,
          push: () => undefined,
          close: () => undefined,
        };
      },
    },
    boundarySamples: 0,
    interruption: { verdict: () => undefined, adaptiveFailed: () => undefined },
    now: () => 0,
    emit: () => undefined,
    onWarning: (error) => failures.push(error),
  });
  expect([side.isActive, failures.length]).toEqual([false, 1]);
});
