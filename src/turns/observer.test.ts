import { expect, test } from "vitest";
import { TurnObservers, type TurnObserver } from "./observer.ts";
import type { FinishedTurn } from "./recognition-events.ts";

const TURN: FinishedTurn = {
  transcript: "Please leave a message",
  confidence: 1,
  language: "en",
  startSample: 0,
  endSample: 16_000,
  finalAt: 17_000,
  committedAt: 24_000,
  skipsReply: false,
};

function tellAll(observers: TurnObservers): boolean {
  observers.onAudio(512, new Float32Array(512));
  observers.onUserSpeechStarted();
  observers.onUserSpeechEnded(550);
  observers.onTranscript("");
  observers.onTranscript("Please leave a message");
  return observers.onEndOfTurn(TURN);
}

test("an observer hears audio, speech, texts that are not empty, and the end of the turn", () => {
  const heard: unknown[] = [];
  const observers = new TurnObservers((error) => heard.push(error));
  observers.add({
    onAudio: (startSample, samples) => heard.push(["audio", startSample, samples.length]),
    onUserSpeechStarted: () => heard.push("started"),
    onUserSpeechEnded: (silenceMs) => heard.push(["ended", silenceMs]),
    onTranscript: (text) => heard.push(["text", text]),
    onEndOfTurn: ({ transcript }) => void heard.push(["turn", transcript]),
  });
  expect(tellAll(observers)).toBe(false);
  expect(heard).toEqual([
    ["audio", 512, 512],
    "started",
    ["ended", 550],
    ["text", "Please leave a message"],
    ["turn", "Please leave a message"],
  ]);
});

test("any of them can want no answer, and all are asked", () => {
  const asked: string[] = [];
  const observers = new TurnObservers(() => undefined);
  observers.add({ onEndOfTurn: () => asked.push("first") > 0 });
  observers.add({ onEndOfTurn: () => void asked.push("second") });
  expect(observers.onEndOfTurn(TURN)).toBe(true);
  expect(asked).toEqual(["first", "second"]);
});

test("one that throws hurts nobody, and one that was removed hears nothing", () => {
  const errors: unknown[] = [];
  let ends = 0;
  const observers = new TurnObservers((error) => errors.push(error));
  const broken: TurnObserver = {
    onEndOfTurn: () => {
      throw new Error("mine");
    },
  };
  observers.add(broken);
  const remove = observers.add({ onEndOfTurn: () => void (ends += 1) });
  observers.add({});
  expect(tellAll(observers)).toBe(false);
  remove();
  tellAll(observers);
  expect(ends).toBe(1);
  expect(errors).toEqual([new Error("mine"), new Error("mine")]);
});
