import fc from "fast-check";
import { expect, test } from "vitest";
import { VoiceError } from "../../errors.ts";
import { ttsEvent } from "./tts-messages.ts";

const read = (message: unknown): unknown => ttsEvent(JSON.stringify(message));

test("sound is little-endian 16-bit PCM in base64", () => {
  expect(read({ type: "output_audio", audio: "AQD//w==", session_id: "s" })).toEqual({
    type: "audio",
    samples: Int16Array.of(1, -1),
  });
  expect(read({ type: "output_audio", audio: "" })).toEqual({ type: "audio", samples: new Int16Array(0) });
});

test("words come with their times in ms, and none ends before it starts", () => {
  const words = [
    { word: "Going", start: 0, end: 0.25 },
    { word: "forward", start: 0.25, end: 0.2 },
  ];
  expect(read({ type: "output_alignment", words })).toEqual({
    type: "words",
    words: [
      { word: "Going", startMs: 0, endMs: 250 },
      { word: "forward", startMs: 250, endMs: 250 },
    ],
  });
});

test.each([
  [{ type: "done", session_id: "s" }, { type: "done" }],
  [{ type: "session.closed" }, { type: "closed" }],
  [{ type: "session.created", session_id: "s" }, undefined],
  [{ type: "output_alignment", chars: [{ char: "G", start: 0, end: 1 }] }, undefined],
  [{ type: "output_alignment", words: null }, undefined],
  [{ type: "something_new" }, undefined],
  [{}, undefined],
])("%j says %j", (message, event) => {
  expect(read(message)).toEqual(event);
});

test.each<[unknown, string]>([
  ["hello", "The voice sent a message that is not JSON"],
  [new ArrayBuffer(4), "The voice sent a message that is not JSON"],
  [undefined, "The voice sent a message that is not JSON"],
  ["[]", "The voice sent nonsense: a message that is no object"],
  ["null", "The voice sent nonsense: a message that is no object"],
  ['{"type":"output_audio"}', "The voice sent nonsense: audio that is no string"],
  ['{"type":"output_audio","audio":"%%%%"}', "The voice sent nonsense: audio that is no PCM in base64"],
  ['{"type":"output_audio","audio":"AQD/"}', "The voice sent nonsense: audio that is no PCM in base64"],
  ['{"type":"output_audio","audio":"AQ"}', "The voice sent nonsense: audio that is no PCM in base64"],
  ['{"type":"output_alignment","words":[7]}', "The voice sent nonsense: a word that is no object"],
  ['{"type":"output_alignment","words":[{"word":"a"}]}', "The voice sent nonsense: a word without text or times"],
  [
    '{"type":"output_alignment","words":[{"word":"a","start":-1,"end":0}]}',
    "The voice sent nonsense: a word without text or times",
  ],
])("%s is against the protocol", (data, message) => {
  expect(() => ttsEvent(data)).toThrow(expect.objectContaining({ code: "protocol-violated", message }));
});

test.each([
  [{ code: 4401, message: "expired" }, "token-rejected", 4401, "expired"],
  [{ code: 4503, message: "no voice" }, "gateway-unavailable", 4503, "no voice"],
  [{ code: 4429 }, "gateway-unavailable", 4429, "no reason given"],
  [{ code: 4400, message: "no such model" }, "gateway-rejected", 4400, "no such model"],
  [{ code: "bad_voice", message: "no such voice" }, "gateway-rejected", "bad_voice", "no such voice"],
  [{ message: "upstream" }, "gateway-unavailable", undefined, "upstream"],
])("an error is one by its code: %j", (told, code, gatewayCode, why) => {
  expect(() => read({ type: "error", ...told })).toThrow(
    expect.objectContaining({ code, gatewayCode, message: `The voice failed: ${why}` }),
  );
});

test("every beginning of a message is against the protocol, and nothing that is JSON throws anything else", () => {
  const whole = '{"type":"output_audio","audio":"AQD//w==","session_id":"s"}';
  for (let length = 0; length < whole.length; length++) {
    expect(() => ttsEvent(whole.slice(0, length))).toThrow(VoiceError);
  }
  const types = fc.constantFrom("output_audio", "output_alignment", "error", "done");
  fc.assert(
    fc.property(
      types,
      fc.dictionary(fc.constantFrom("audio", "words", "code", "message"), fc.jsonValue()),
      (type, more) => {
        try {
          read({ type, ...more });
        } catch (error) {
          expect(error).toBeInstanceOf(VoiceError);
        }
      },
    ),
  );
});
