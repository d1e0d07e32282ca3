import { expect, test } from "@playwright/test";
import { toPcm16 } from "../src/audio/pcm16.ts";
import { AppPage, textOf, wordsOf } from "./app-page.ts";
import { joined, loadSpeech, silence } from "./speech.ts";

const goForward = await loadSpeech("goforward.raw");
const something = await loadSpeech("something.raw");
/** Three seconds of silence before each of two commands. */
const twoCommands = joined(silence(3), goForward, silence(3), something);
const SECOND_STARTS_MS = 3_000 + goForward.length / 16 + 3_000;
const ALL_MS = 500 + twoCommands.length / 16 + 1_800;

for (const rate of [44_100, 48_000]) {
  test(`real speech becomes the right words in a context of ${rate} Hz, and silence is not sent`, async () => {
    await using app = await AppPage.open({ speech: twoCommands });
    const requests: string[] = [];
    app.page.on("request", (request) => requests.push(request.url()));
    await app.session({ rate });
    expect(await app.start()).toBeUndefined();
    await app.hear(ALL_MS);
    await app.stop();
    const events = await app.ended();
    expect(textOf(events)).toBe("go forward ten meters go somewhere and do something");
    expect(events.filter(({ type }) => type === "warning")).toEqual([]);

    // The silence between was never sent, and yet each word stands where it was said.
    const words = wordsOf(events);
    const go = words.filter(({ word }) => word === "go");
    const betweenMs = go[1]!.startMs - go[0]!.startMs;
    const inTheFileMs = SECOND_STARTS_MS - 3_000 + (startOf(something) - startOf(goForward));
    expect(Math.abs(betweenMs - inTheFileMs)).toBeLessThan(100);
    for (let index = 1; index < words.length; index++) {
      expect(words[index]!.startMs).toBeGreaterThanOrEqual(words[index - 1]!.startMs);
    }
    const sentMs = events.reduce(
      (sum, event) => sum + (event.type === "segment-closed" ? event.endMs - event.startMs : 0),
      0,
    );
    expect(sentMs).toBeLessThan(0.75 * ALL_MS);
    expect(events.filter(({ type }) => type === "segment-opened")).toHaveLength(2);
    expect(await app.tracks()).toEqual(["ended"]);
    expect(requests.filter((url) => /onnx|ort-/.test(url))).toEqual([]);
    expect(requests.filter((url) => url.includes("silero-v6"))).toHaveLength(1);
  });
}

for (const vad of [{ thread: "worker" }, { engine: "onnxruntime" }, { model: "v5" }]) {
  test(`so it does with silero(${JSON.stringify(vad)})`, async () => {
    await using app = await AppPage.open({ speech: joined(silence(1.5), goForward) });
    await app.session({ vad });
    await app.start();
    await app.hear(6_500);
    await app.stop();
    const events = await app.ended();
    expect(events.filter(({ type }) => type === "warning")).toEqual([]);
    expect(textOf(events)).toBe("go forward ten meters");
    expect(events.filter(({ type }) => type === "speech-started")).toHaveLength(1);
  });
}

/** Where the recogniser, given the recording alone, hears "go": 460 ms and 440 ms, by its own alignment. */
function startOf(recording: Float32Array): number {
  return recording === goForward ? 460 : 440;
}

test("what the page sent is what the gateway received, to the bit, though the page was blocked for two seconds", async () => {
  await using app = await AppPage.open({ speech: joined(silence(1), goForward), gateway: { warm: 0 } });
  await app.session({ model: "ledger", rate: 48_000 });
  await app.start();
  await app.hear(2_000);
  await app.page.evaluate(() => {
    for (const end = performance.now() + 2_000; performance.now() < end;);
  });
  await app.hear(6_500);
  await app.stop();
  const sent = await app.page.evaluate(() => window.app.sent.map((samples) => Array.from(samples)));
  const expected = toPcm16(Float32Array.from(sent.flat()));
  const ledger = app.gateway.ledgers.at(-1)!;
  await expect.poll(() => ledger.receivedSamples).toBe(expected.length); // the last messages are still on their way
  const received = ledger.pcm();
  expect(received).toEqual(expected);
  const events = await app.events();
  const closed = events.flatMap((event) => (event.type === "segment-closed" ? [event.endMs - event.startMs] : []));
  expect(received.length / 16).toBeCloseTo(
    closed.reduce((sum, ms) => sum + ms, 0),
    6,
  );
  expect(received.length / 16).toBeGreaterThan(2_500);
});

test("a recording is heard through the same worklet, and the session ends with it", async () => {
  await using app = await AppPage.open();
  const recording = { samples: Array.from(joined(goForward, silence(1.5))), sampleRate: 16_000 };
  await app.session({ recording });
  await app.start();
  const events = await app.ended();
  expect(textOf(events)).toBe("go forward ten meters");
  expect(events.at(-1)).toMatchObject({ type: "ended", reason: "finished" });
  expect(await app.tracks()).toEqual([]);
});

test("speech is found in a recording without a session, and the same in a stream of its chunks", async () => {
  await using app = await AppPage.open({ gateway: { warm: 0 } });
  const found = await app.page.evaluate(() => window.app.segments("/recordings/go-forward.wav", 48_000));
  expect(found.stream).toEqual(found.recording);
  expect(found.recording).toHaveLength(1);
  expect(found.recording[0]!.startMs).toBeGreaterThan(300);
  expect(found.recording[0]!.startMs).toBeLessThan(600);
  expect(found.recording[0]!.endMs).toBeGreaterThan(1_900);
});

test("a model that takes no flush gives the same words, by silence at the end", async () => {
  await using app = await AppPage.open({ speech: joined(silence(1), goForward) });
  await app.session({ model: "somebody/unknown" });
  await app.start();
  await app.hear(7_500);
  await app.stop();
  expect(textOf(await app.ended())).toBe("go forward ten meters");
});

test("nothing captured before unmute is ever sent", async () => {
  await using app = await AppPage.open({ speech: joined(goForward, something), gateway: { warm: 0 } });
  await app.session({ model: "ledger", gate: { policy: "always" } });
  await app.page.evaluate(() => window.app.session.mute());
  await app.start();
  await app.hear(3_300);
  await app.page.evaluate(() => window.app.session.unmute());
  await app.hear(4_500);
  await app.stop();
  const events = await app.ended();
  const unmuted = events.find((event) => event.type === "mute" && !event.isMuted)!;
  const opened = events.find((event) => event.type === "segment-opened")!;
  expect(opened.type === "segment-opened" && opened.startMs).toBeGreaterThanOrEqual(3_300 - 100);
  expect(opened.type === "segment-opened" && opened.startMs).toBeGreaterThanOrEqual(unmuted.atMs - 200);
  expect(app.gateway.ledgers.at(-1)!.receivedSamples / 16).toBeLessThan(1_500);
});
