import { expect, test } from "vitest";
import { encodeBase64 } from "../audio/base64.ts";
import { pcm16Bytes } from "../audio/pcm16.ts";
import { livekitAudio, livekitPackets } from "./livekit-audio.ts";

test("audio is what was sent as such, in order, whatever came between", () => {
  const packet = (...samples: number[]): object => ({
    type: "input_audio",
    audio: encodeBase64(pcm16Bytes(Int16Array.from(samples))),
  });
  const sent = [{ type: "session.create" }, packet(1, -2), "text", new Uint8Array(4), packet(), packet(32_767)];
  expect(livekitPackets(sent as never)).toEqual([Int16Array.of(1, -2), new Int16Array(0), Int16Array.of(32_767)]);
  expect(livekitAudio(sent as never)).toEqual(Int16Array.of(1, -2, 32_767));
  expect(livekitAudio([])).toEqual(new Int16Array(0));
});
