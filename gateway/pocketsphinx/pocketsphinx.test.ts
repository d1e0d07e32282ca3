import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import { loadRecording, WireClient } from "../testing/wire-client.ts";
import { MODEL_FOLDER, RECORDINGS_FOLDER } from "./installation.ts";

const isInstalled = existsSync(MODEL_FOLDER) && existsSync(RECORDINGS_FOLDER);
const SECOND = 16_000;

describe.skipIf(!isInstalled)("the recogniser (needs pocketsphinx, pocketsphinx-en-us, pocketsphinx-testdata)", () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await createGateway({ maxStreams: 2, modelAliases: { "deepgram/nova-3": "pocketsphinx/en-us" } });
  });
  afterAll(() => gateway.close());

  it("hears a command, with interims on the way and words at the times when they were said", async () => {
    const client = await WireClient.open(gateway);
    client.speak(loadRecording("goforward.raw"));
    client.send({ type: "session.finalize" });
    await client.next("session.finalized");
    const types = client.received.map(({ type }) => type);
    expect(types.slice(-2)).toEqual(["final_transcript", "session.finalized"]);
    expect(client.all("interim_transcript").length).toBeGreaterThanOrEqual(2);
    const final = await client.next("final_transcript");
    expect(final).toMatchObject({
      transcript: "go forward ten meters",
      language: "en",
      start: 0,
      duration: 44_580 / SECOND,
    });
    expect(final.confidence).toBeGreaterThan(0);
    expect(final.confidence).toBeLessThanOrEqual(1);
    const saidAt = [0.46, 0.64, 1.17, 1.53];
    expect(final.words?.map(({ word }) => word)).toEqual(["go", "forward", "ten", "meters"]);
    final.words?.forEach(({ start }, index) => expect(Math.abs(start - (saidAt[index] ?? 0))).toBeLessThan(0.1));
    client.send({ type: "session.close" });
    expect(await client.closed).toBe(1000);
  });
});
