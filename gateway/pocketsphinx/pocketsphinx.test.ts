import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import { loadRecording, WireClient } from "../testing/wire-client.ts";
import { MODEL_FOLDER, RECORDINGS_FOLDER } from "./installation.ts";
import { RecognizerProcess } from "./recognizer-process.ts";

const isInstalled = existsSync(MODEL_FOLDER) && existsSync(RECORDINGS_FOLDER);
const SECOND = 16_000;
const SECRET = "a secret for tests, which nobody needs to guess";

describe.skipIf(!isInstalled)("the recogniser (needs pocketsphinx, pocketsphinx-en-us, pocketsphinx-testdata)", () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await createGateway({
      maxStreams: 2,
      warm: 2,
      modelAliases: { "deepgram/nova-3": "pocketsphinx/en-us" },
    });
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

  it("ends an utterance by itself when silence follows, and times the next one from the connection's first sample", async () => {
    const client = await WireClient.open(gateway, "deepgram/nova-3");
    client.speak(loadRecording("goforward.raw"));
    client.speak(new Int16Array(2 * SECOND));
    const first = await client.next("final_transcript");
    expect(first.transcript).toBe("go forward ten meters");
    const cutSample = Math.round((first.duration ?? 0) * SECOND);
    expect(cutSample % 160).toBe(0);
    const offset = 44_580 + 2 * SECOND;
    client.speak(loadRecording("goforward.raw"));
    client.send({ type: "session.finalize" });
    await client.next("session.finalized");
    const second = await client.next("final_transcript", 2);
    expect(second.transcript).toBe("go forward ten meters");
    expect(second.start).toBe(cutSample / SECOND);
    expect(Math.abs((second.words?.[0]?.start ?? 0) - (offset / SECOND + 0.46))).toBeLessThan(0.1);
    client.socket.terminate();
    await client.closed;
  });

  it("gives two streams at once what each would get alone, and refuses a third with 4503", async () => {
    const clients = await Promise.all([WireClient.open(gateway), WireClient.open(gateway)]);
    const third = await WireClient.connect(gateway);
    third.create();
    expect(await third.next("error")).toMatchObject({ code: 4503 });
    expect(await third.closed).toBe(4503);
    const files = ["goforward.raw", "cards/001.wav"];
    clients.forEach((client, index) => {
      client.speak(loadRecording(files[index] ?? ""));
      client.send({ type: "session.finalize" });
    });
    await Promise.all(clients.map((client) => client.next("session.finalized")));
    expect(clients.map((client) => client.finals())).toEqual([["go forward ten meters"], ["ten of clubs"]]);
    for (const client of clients) client.socket.terminate();
    await Promise.all(clients.map(({ closed }) => closed));
  });

  it("a recogniser that is killed ends its own session with 4500, and no other", async () => {
    const doomed = await WireClient.open(gateway);
    const [doomedPid] = gateway.recognizerPids;
    const unhurt = await WireClient.open(gateway);
    doomed.speak(loadRecording("goforward.raw"));
    unhurt.speak(loadRecording("something.raw"));
    process.kill(doomedPid ?? 0, "SIGSEGV");
    expect(await doomed.next("error")).toMatchObject({ code: 4500 });
    expect(await doomed.closed).toBe(4500);
    unhurt.send({ type: "session.finalize" });
    await unhurt.next("session.finalized");
    expect(unhurt.finals()).toEqual(["go somewhere and do something"]);
    unhurt.socket.terminate();
    await unhurt.closed;
  });

  it("the secret never reaches a command line, which every user of the machine can read", async () => {
    const client = await WireClient.open(gateway);
    const commandLine = readFileSync(`/proc/${gateway.recognizerPids[0]}/cmdline`, "utf8");
    expect(commandLine).toContain("recognizer");
    expect(commandLine).not.toContain(SECRET);
    client.socket.terminate();
    await client.closed;
  });

  it("close ends every session with 1001 and leaves no process behind", async () => {
    const client = await WireClient.open(gateway);
    const pids = gateway.recognizerPids;
    expect(pids.length).toBeGreaterThanOrEqual(1);
    await gateway.close();
    expect(await client.closed).toBe(1001);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    await expect(fetch(gateway.url)).rejects.toThrow();
  });
});

it("says what to install where the recogniser cannot run", async () => {
  const process = new RecognizerProcess({}, "/nowhere");
  await expect(process.ready).rejects.toMatchObject({
    code: 4501,
    message: expect.stringContaining("apt-get install"),
  });
  await process.exited();
});
