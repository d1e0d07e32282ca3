import { expect, test } from "vitest";
import { markSound } from "../../gateway/engines/marked-sound.ts";
import { pcm16Bytes } from "../../src/audio/pcm16.ts";
import { LivekitCodec } from "../../src/stt/livekit/codec.ts";
import { capturedSamplesIn } from "./audio-message.ts";

const codec = new LivekitCodec({ language: "en", requestId: "", greet: () => raise() });

function raise(): never {
  throw new Error("Nobody greets");
}

test("captured samples are counted in the client's own messages, made-up silence and other messages are not", () => {
  for (const length of [1, 2, 3, 799, 800]) {
    const sound = markSound(16_384, length, () => false);
    expect(capturedSamplesIn(codec.encodeAudio(pcm16Bytes(sound)))).toBe(length);
  }
  expect(capturedSamplesIn(codec.encodeAudio(new Uint8Array(1_600)))).toBe(0);
  expect(capturedSamplesIn(codec.flush())).toBeUndefined();
});
