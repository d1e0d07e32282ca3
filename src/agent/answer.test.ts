import { expect, test } from "vitest";
import { Conversation } from "../conversation/conversation.ts";
import type { Playback, PlaybackItem } from "../playback/playback.ts";
import type { AgentEvent } from "./agent-event.ts";
import { Answer } from "./answer.ts";

/** Takes what is written, and plays nothing by itself. */
function silentPlayback(): Playback {
  return {
    isPaused: false,
    begin: (name, rateHz) => {
      let receivedSamples = 0;
      return {
        ...name,
        rateHz,
        renderedSamples: 0,
        isOver: false,
        get receivedSamples() {
          return receivedSamples;
        },
        write: (samples) => void (receivedSamples += samples.length),
        end: () => undefined,
        heardSamples: () => 0,
      } satisfies PlaybackItem;
    },
    pause: () => undefined,
    resume: () => undefined,
    clear: () => Promise.resolve({ items: [], silentAtContextSec: 0, fadeMs: 0 }),
  };
}

test.each([1, 7, 37, 1_001, 4_800])("all that was played was heard, in chunks of %i samples too", (chunkSamples) => {
  const told: AgentEvent[] = [];
  const text = "Going forward ten meters.";
  const answer = new Answer({
    conversation: new Conversation(),
    isInterruptible: true,
    nowMs: () => 0,
    emit: (event) => told.push(event),
  });
  answer.play(silentPlayback());
  answer.addText(text, true);
  answer.beginPart(text);
  const rateHz = 22_050;
  const samples = new Float32Array(chunkSamples);
  for (let chunk = 0; chunk < 101; chunk++) answer.addAudio({ samples, rateHz });
  answer.endPart();
  answer.end();
  const all = 101 * chunkSamples;
  const itemId = answer.itemId ?? "";
  answer.progressed({ itemId, contentIndex: 0, rateHz, renderedSamples: all, receivedSamples: all });
  answer.settle();
  expect(told.at(-1)).toMatchObject({ type: "agent-speech-ended", heardText: text, isInterrupted: false });
});
