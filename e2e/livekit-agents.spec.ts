import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import { createGateway, type Gateway } from "../gateway/index.ts";
import { RECORDINGS_FOLDER } from "../gateway/pocketsphinx/installation.ts";
import { INSTALL_LIMIT_MS, installClient } from "./installed-client.ts";
import { skipAll } from "./skip-all.ts";

/** What the client wrote of one event. */
interface ClientEvent {
  readonly type: string;
  readonly text?: string;
  readonly language?: string;
  readonly words?: readonly { readonly text: string; readonly startTime: number }[];
  readonly audioSeconds?: number;
}

const KEY = { apiKey: "key", apiSecret: "a secret for tests, which nobody needs to guess" };
const MODEL = "deepgram/nova-3";
const SILENCE_MS = 2_000;
const [GO_FORWARD, SOMETHING] = ["goforward.raw", "something.raw"].map((file) => join(RECORDINGS_FOLDER, file));
/** Samples of the first recording. */
const GO_FORWARD_SAMPLES = 44_580;
/** Where each word of it begins, in seconds. */
const GO_FORWARD_WORDS = [0.46, 0.64, 1.17, 1.53];
const UTTERANCE = ["START_OF_SPEECH", "INTERIM_TRANSCRIPT", "RECOGNITION_USAGE", "FINAL_TRANSCRIPT", "END_OF_SPEECH"];

test.describe.configure({ mode: "default", timeout: 90_000 });

let folder: string;
test.beforeAll(async () => {
  test.setTimeout(INSTALL_LIMIT_MS + 60_000);
  try {
    folder = await installClient("livekit-agents");
  } catch (error) {
    skipAll(`LiveKit's client cannot be installed: ${(error as Error).message}`);
  }
});

let gateway: Gateway;
test.beforeEach(async () => {
  gateway = await createGateway({ ...KEY, modelAliases: { [MODEL]: "pocketsphinx/en-us" } });
});
test.afterEach(() => gateway.close());

test("LiveKit's own client hears what is said before the end of its input, and its stream closes cleanly", async () => {
  const events = await runClient({ pcmFiles: [GO_FORWARD] });
  expect(storyOf(events)).toEqual([...UTTERANCE, "CLOSED"]);
  const [final] = ofType(events, "FINAL_TRANSCRIPT");
  expect(final).toMatchObject({ text: "go forward ten meters", language: "en" });
  expect(ofType(events, "INTERIM_TRANSCRIPT").map(({ text }) => text)).toContain("go forward");
  expect(ofType(events, "RECOGNITION_USAGE")[0]!.audioSeconds).toBeCloseTo(GO_FORWARD_SAMPLES / 16_000, 3);
  await expectNobodyConnected();
});

test("LiveKit's own client hears utterance after utterance on one stream, ended by silence, each in its place", async () => {
  const events = await runClient({ pcmFiles: [GO_FORWARD, SOMETHING], silenceMs: SILENCE_MS });
  expect(storyOf(events)).toEqual([...UTTERANCE, ...UTTERANCE, "CLOSED"]);
  const finals = ofType(events, "FINAL_TRANSCRIPT");
  expect(finals.map(({ text }) => text)).toEqual(["go forward ten meters", "go somewhere and do something"]);
  const interims = ofType(events, "INTERIM_TRANSCRIPT").map(({ text }) => text);
  expect(interims).toEqual(expect.arrayContaining(["go forward", "go somewhere"]));
  const [first, second] = finals.map(({ words }) => words!.map(({ startTime }) => startTime));
  for (const [index, saidAt] of GO_FORWARD_WORDS.entries()) expect(Math.abs(first![index]! - saidAt)).toBeLessThan(0.1);
  const secondStartsAt = GO_FORWARD_SAMPLES / 16_000 + SILENCE_MS / 1_000;
  expect(Math.abs(second![0]! - secondStartsAt - 0.44)).toBeLessThan(0.1);
  await expectNobodyConnected();
});

test("LiveKit's own client is told that its key is refused, and gives up", async () => {
  const apiSecret = "another secret, which the gateway does not know";
  const connOptions = { maxRetry: 0, retryIntervalMs: 100, timeoutMs: 5_000 };
  const events = await runClient({ apiSecret, connOptions, pcmFiles: [GO_FORWARD] });
  expect(events.map(({ type }) => type)).toEqual(["ERROR", "CLOSED"]);
  await expectNobodyConnected();
});

/** Runs the client over a job, and gives what it wrote. */
async function runClient(job: Readonly<Record<string, unknown>>): Promise<ClientEvent[]> {
  const options = { ...KEY, baseURL: `${gateway.url}/v1`, model: MODEL, language: "en", ...job };
  const { stdout } = await promisify(execFile)(process.execPath, ["client.js", JSON.stringify(options)], {
    cwd: folder,
    timeout: 80_000,
  });
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as ClientEvent);
}

/** The kinds of events, in order, each run of equal ones told once. */
function storyOf(events: readonly ClientEvent[]): string[] {
  const types = events.map(({ type }) => type);
  return types.filter((type, index) => type !== types[index - 1]);
}

function ofType(events: readonly ClientEvent[], wanted: string): ClientEvent[] {
  return events.filter(({ type }) => type === wanted);
}

async function expectNobodyConnected(): Promise<void> {
  const health = async (): Promise<unknown> => (await fetch(`${gateway.url}/health`)).json();
  await expect.poll(health).toMatchObject({ sockets: 0, streams: 0 });
}
