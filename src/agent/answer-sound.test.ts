import { expect, test } from "vitest";
import { VoiceError } from "../errors.ts";
import type { Playback, PlaybackCount, PlaybackItem } from "../playback/playback.ts";
import { settled } from "../testing/settled.ts";
import { AnswerSound } from "./answer-sound.ts";

/** Notes what it is given; plays what a test says it has played. */
class NotedPlayback {
  readonly items: (PlaybackCount & { readonly isEnded: boolean })[] = [];

  begin({ itemId, contentIndex }: { itemId: string; contentIndex: number }, rateHz: number): PlaybackItem {
    const item = { itemId, contentIndex, rateHz, renderedSamples: 0, receivedSamples: 0, isEnded: false };
    this.items.push(item);
    return Object.assign(item, {
      isOver: false,
      write: (samples: Float32Array | Int16Array) => void (item.receivedSamples += samples.length),
      end: () => void (item.isEnded = true),
      heardSamples: () => item.renderedSamples,
    });
  }

  /** What it was given, an item a line. */
  get lines(): string[] {
    return this.items.map(
      ({ itemId, contentIndex, rateHz, receivedSamples, isEnded }) =>
        `${itemId}/${contentIndex} ${receivedSamples} at ${rateHz}${isEnded ? " ended" : ""}`,
    );
  }

  /** So much of an item has left, as its count says. */
  played(index: number, renderedSamples: number): PlaybackCount {
    return { ...this.items[index]!, renderedSamples };
  }
}

function soundOf(): { readonly sound: AnswerSound; readonly speaker: NotedPlayback; readonly playback: Playback } {
  const speaker = new NotedPlayback();
  return { sound: new AnswerSound(), speaker, playback: speaker as unknown as Playback };
}

const ms = (length: number, rateHz = 24_000): Int16Array => new Int16Array((length * rateHz) / 1_000);

test("what is made before there is a speaker waits for it, and is counted", () => {
  const { sound, speaker, playback } = soundOf();
  expect([sound.isEmpty, sound.isPlayed, sound.receivedMs]).toEqual([true, true, 0]);
  sound.write(ms(100), 24_000);
  sound.write(ms(50), 24_000);
  expect([sound.isEmpty, sound.isPlayed, sound.receivedMs]).toEqual([false, false, 150]);
  sound.play(playback, "answer");
  sound.write(ms(10), 24_000);
  expect(speaker.lines).toEqual(["answer/0 3840 at 24000"]);
  expect([sound.receivedMs, sound.renderedMs]).toEqual([160, 0]);
});

test("another rate or another content begins another item, and ends the one before", () => {
  const { sound, speaker, playback } = soundOf();
  sound.play(playback, "answer");
  sound.write(ms(100), 24_000);
  sound.write(ms(100, 16_000), 16_000);
  sound.write(ms(100, 16_000), 16_000, 4);
  sound.write(ms(20, 16_000), 16_000);
  sound.write(ms(20), 24_000);
  sound.end();
  expect(speaker.lines).toEqual([
    "answer/0 2400 at 24000 ended",
    "answer/1 1600 at 16000 ended",
    "answer/4 1920 at 16000 ended",
    "answer/5 480 at 24000 ended",
  ]);
  expect(sound.receivedMs).toBe(340);
});

test("a content that was over can not go on: what was counted of it would be wrong", () => {
  const { sound, speaker, playback } = soundOf();
  sound.play(playback, "answer");
  sound.write(ms(100), 24_000, 0);
  sound.write(ms(100), 24_000, 1);
  expect(() => sound.write(ms(100), 24_000, 0)).toThrow("Content 0 goes on after its end");
  expect(() => sound.write(ms(100, 16_000), 16_000, 1)).toThrow(VoiceError);
  expect(speaker.lines).toEqual(["answer/0 2400 at 24000 ended", "answer/1 2400 at 24000"]);
});

test("milliseconds of items of different rates add up, and it is played when all of them are", () => {
  const { sound, speaker, playback } = soundOf();
  sound.play(playback, "answer");
  sound.write(ms(100), 24_000);
  sound.write(ms(100, 16_000), 16_000);
  sound.count(speaker.played(0, 2_400));
  expect([sound.renderedMs, sound.isPlayed]).toEqual([100, false]);
  sound.count(speaker.played(1, 1_599));
  expect(sound.isPlayed).toBe(false);
  sound.count(speaker.played(1, 1_600));
  expect([sound.renderedMs, sound.isPlayed]).toEqual([200, true]);
  expect(sound.counts.map(({ contentIndex }) => contentIndex)).toEqual([0, 1]);
});

test("who makes more waits until less than the limit waits to be played", async () => {
  const { sound, speaker, playback } = soundOf();
  sound.play(playback, "answer");
  sound.write(ms(1_000), 24_000);
  let isFree = false;
  void sound.whenWaitingLess(500, () => false).then(() => (isFree = true));
  sound.count(speaker.played(0, 11_999));
  await settled();
  expect(isFree).toBe(false);
  sound.count(speaker.played(0, 12_000));
  await settled();
  expect(isFree).toBe(true);
});

test("who waits is let go when it is over, with or without a speaker", async () => {
  const { sound } = soundOf();
  sound.write(ms(1_000), 24_000);
  let isOver = false;
  let isFree = false;
  void sound.whenWaitingLess(500, () => isOver).then(() => (isFree = true));
  sound.release();
  await settled();
  expect(isFree).toBe(false);
  isOver = true;
  sound.release();
  await settled();
  expect(isFree).toBe(true);
});
