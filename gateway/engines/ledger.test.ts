import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import { joined, noise } from "../testing/signals.ts";
import { WireClient } from "../testing/wire-client.ts";
import { markSound } from "./marked-sound.ts";

let gateway: Gateway;
beforeAll(async () => {
  gateway = await createGateway({ warm: 0, exposeLedger: true, modelAliases: { "speechmatics/standard": "ledger" } });
});
afterAll(() => gateway.close());

it("keeps exactly what was sent, and says so in the final", async () => {
  const sent = noise(12_345, 20_000);
  const client = await WireClient.open(gateway, "speechmatics/standard:en");
  client.speak(sent.subarray(0, 8_000));
  client.send({ type: "session.finalize" });
  client.speak(sent.subarray(8_000), 4_000);
  client.send({ type: "session.finalize" });
  client.send({ type: "session.finalize" });
  await client.next("session.finalized", 3);
  const [first, second, ...more] = client.all("final_transcript");
  expect(more).toEqual([]);
  expect(first).toMatchObject({ transcript: "received 8000 samples", start: 0, duration: 0.5 });
  const sha256 = createHash("sha256").update(new Uint8Array(sent.buffer)).digest("hex");
  const chunkSamples = [...Array.from({ length: 10 }, () => 800), 4_000, 345];
  expect(second).toMatchObject({ start: 0.5, extra: { receivedSamples: 12_345, sha256, chunkSamples } });
  const ledger = gateway.ledgers.at(-1);
  expect(ledger?.pcm()).toEqual(sent);
  expect(ledger?.finalizedAtSamples).toEqual([8_000, 12_345, 12_345]);
  const response = await fetch(`${gateway.url}/ledger/last`);
  expect(new Int16Array(await response.arrayBuffer())).toEqual(sent);
  client.socket.terminate();
});

const SECOND = 16_000;

/** Sound that was captured from `start` to `end`, all speech. */
function speech(start: number, end: number): Int16Array {
  return markSound(start, end - start, () => true);
}

/** Sound in which nobody speaks. */
function calm(start: number, end: number): Int16Array {
  return markSound(start, end - start, () => false);
}

it("ledger/indexed tells the captured intervals since the last final, made-up silence left out", async () => {
  const client = await WireClient.open(gateway, "ledger/indexed");
  client.speak(joined(speech(1_000, 9_000), speech(20_000, 24_000)));
  client.send({ type: "session.finalize" });
  client.speak(joined(new Int16Array(800), calm(24_000, 25_000), speech(25_000, 25_600)));
  client.send({ type: "session.finalize" });
  client.send({ type: "session.finalize" });
  await client.next("session.finalized", 3);
  expect(client.finals()).toEqual(["1000-9000 20000-24000", "24000-25600"]);
  expect(client.all("final_transcript")[1]).toMatchObject({
    start: 12_800 / SECOND,
    duration: 1_600 / SECOND,
    words: [],
  });
  client.socket.terminate();
});

it("ledger/words tells each 50 ms of speech as a word, with its time on the connection", async () => {
  const client = await WireClient.open(gateway, "ledger/words");
  client.speak(joined(calm(1_000, 1_600), speech(1_600, 3_400), calm(3_400, 9_000)));
  client.send({ type: "session.finalize" });
  await client.next("session.finalized");
  const [final] = client.all("final_transcript");
  expect(final?.transcript).toBe("1600-2400 2400-3200 3200-3400");
  expect(final?.words?.map(({ start, end }) => [start * SECOND, end * SECOND])).toEqual([
    [600, 1_400],
    [1_400, 2_200],
    [2_200, 2_400],
  ]);
  client.socket.terminate();
});

it("ledger/words tells long speech in parts of whole words, with interims before", async () => {
  const client = await WireClient.open(gateway, "ledger/words");
  client.speak(speech(400, 400 + 4 * SECOND));
  client.send({ type: "session.finalize" });
  await client.next("session.finalized");
  const [part, rest, ...more] = client.finals();
  expect(more).toEqual([]);
  expect(part?.split(" ").at(0)).toBe("400-800");
  expect(part?.split(" ").at(-1)).toBe("47200-48000");
  expect(rest?.split(" ").at(0)).toBe("48000-48800");
  expect(rest?.split(" ").at(-1)).toBe("64000-64400");
  const interims = client.all("interim_transcript").map(({ transcript }) => transcript);
  expect(interims.length).toBe(7);
  expect(interims[0]).toMatch(/^400-800 800-1600 .* 8000-8400$/);
  client.socket.terminate();
});

it.each([
  ["made-up silence", new Int16Array(SECOND)],
  ["sound without speech", calm(2 * SECOND, 3 * SECOND)],
])("ledger/indexed-silence is deaf to finalize, and tells after half a second of %s", async (_, silence) => {
  const client = await WireClient.open(gateway, "ledger/indexed-silence");
  client.speak(speech(SECOND, 2 * SECOND));
  client.send({ type: "session.finalize" });
  client.speak(silence.subarray(0, SECOND / 2 - 800));
  client.speak(silence.subarray(SECOND / 2 - 800));
  await client.next("final_transcript");
  client.send({ type: "session.close" });
  await client.next("session.closed");
  expect(client.finals()).toEqual([expect.stringMatching(/^16000-(32000|40000)$/)]);
  expect(client.all("session.finalized")).toEqual([]);
});

it.each([
  ["ledger/indexed-untimed", [0, 0]],
  ["ledger/indexed-billed", [0, 2_400]],
])("%s tells no times of use", async (model, [start = 0, duration = 0]) => {
  const client = await WireClient.open(gateway, model);
  client.speak(joined(new Int16Array(800), speech(1_000, 2_600)));
  client.send({ type: "session.finalize" });
  await client.next("session.finalized");
  const times = { start: start / SECOND, duration: duration / SECOND };
  expect(client.all("final_transcript")).toMatchObject([{ transcript: "1000-2600", ...times }]);
  client.socket.terminate();
});

it("refuses a ledger that nobody knows", async () => {
  const client = await WireClient.connect(gateway, { model: "ledger/rumours" });
  client.create();
  expect(await client.next("error")).toMatchObject({ code: 4404 });
});
