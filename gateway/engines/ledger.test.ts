import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import { noise } from "../testing/signals.ts";
import { WireClient } from "../testing/wire-client.ts";

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
