import { expect, test } from "vitest";
import { livekitInference } from "../stt/livekit/index.ts";
import { livekitAudio, ScriptedServer, settled, speech } from "./index.ts";

test("what is said reaches the gateway, in German, and its text comes back", async () => {
  const server = new ScriptedServer((socket) => {
    socket.accept();
    socket.expect({ type: "session.create", settings: { language: "de" } });
    socket
      .expect("session.finalize")
      .reply({ type: "final_transcript", transcript: "hallo", duration: 1 }, { type: "session.finalized" });
  });
  const stt = livekitInference({
    model: "pocketsphinx/de",
    language: "de",
    url: "ws://gateway.test/v1",
    token: () => Promise.resolve("a token"),
    webSocket: server.openSocket,
  });
  const texts: string[] = [];
  const stream = stt.stream({
    onEvent: (event) => event.type === "final-transcript" && texts.push(event.data.text),
    signal: new AbortController().signal,
  });
  await settled();

  stream.openSegment(1, 0);
  stream.push(0, speech({ durationMs: 1_000 }));
  stream.flush(16_000);
  stream.closeSegment(16_000);
  await stream.finish(1_000);

  expect(texts).toEqual(["hallo"]);
  expect(livekitAudio(server.socket.sent)).toHaveLength(16_000);
  server.verify();
});
