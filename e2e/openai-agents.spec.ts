import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import { createGateway, type Gateway } from "../gateway/index.ts";
import { Polyphase } from "../gateway/speech/polyphase.ts";
import { loadRecording } from "../gateway/testing/wire-client.ts";
import { INSTALL_LIMIT_MS, installClient } from "./installed-client.ts";
import { skipAll } from "./skip-all.ts";

/** What the client wrote of one event. */
interface ClientEvent {
  readonly type: string;
  readonly name?: string;
  readonly kind?: string;
  readonly role?: string;
  readonly text?: string;
  readonly output?: string;
  readonly message?: string;
  readonly milliseconds?: number;
}

/** As the client calls the model that it asks for. */
const MODEL = "gpt-realtime";

test.describe.configure({ mode: "default", timeout: 180_000 });

let folder: string;
let gateway: Gateway;
let scratch: string;
test.beforeAll(async () => {
  test.setTimeout(INSTALL_LIMIT_MS + 60_000);
  try {
    folder = await installClient("openai-agents");
  } catch (error) {
    skipAll(`OpenAI's client cannot be installed: ${(error as Error).message}`);
  }
  gateway = await createGateway();
  scratch = mkdtempSync(join(tmpdir(), "vivavoce-openai-agents-"));
});
test.afterAll(async () => {
  await gateway?.close();
  if (scratch !== undefined) rmSync(scratch, { recursive: true });
});

test("OpenAI's own client is heard, answered aloud, and runs its tool when it is asked to", async () => {
  const { value } = await clientSecret();
  const events = await runClient({ apiKey: value, pcmFile: goForward(), text: "What time is it?" });
  expect(ofType(events, "ERROR")).toEqual([]);
  expect(ofType(events, "TOOL")).toHaveLength(1);
  const sounds = ofType(events, "AUDIO").map(({ milliseconds = 0 }) => milliseconds);
  expect(sounds).toHaveLength(2);
  for (const milliseconds of sounds) expect(milliseconds).toBeGreaterThan(500);
  const history = ofType(events, "HISTORY");
  const said = history.filter(({ kind }) => kind === "message").map(({ role, text }) => [role, text]);
  expect(said).toEqual([
    ["user", "go forward ten meters"],
    ["assistant", "Going forward ten meters."],
    ["user", "What time is it?"],
    ["assistant", "It is fourteen thirty."],
  ]);
  const [call] = history.filter(({ kind }) => kind === "function_call");
  expect(call).toMatchObject({ name: "get_time", output: '{"time":"14:30"}' });
  const names = ofType(events, "EVENT").map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(["session.created", "session.updated", "input_audio_buffer.speech_started"]),
  );
});

test("OpenAI's own client is told that its key is refused", async () => {
  const events = await runClient({ apiKey: "ek_nonsense", pcmFile: goForward(), text: "What time is it?" });
  expect(events.map(({ type }) => type)).toContain("REFUSED");
});

async function clientSecret(): Promise<{ readonly value: string }> {
  const answer = await fetch(`${gateway.url}/v1/realtime/client_secrets`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Origin: gateway.url },
    body: JSON.stringify({ session: { type: "realtime", model: MODEL } }),
  });
  return (await answer.json()) as { value: string };
}

/** A command, at the client's rate. */
function goForward(): string {
  const resampler = new Polyphase(16_000, 24_000);
  const pcm = Buffer.concat(
    [resampler.push(loadRecording("goforward.raw")), resampler.flush()].map((part) => Buffer.from(part.buffer)),
  );
  const file = join(scratch, "go-forward.raw");
  writeFileSync(file, pcm);
  return file;
}

/** Runs the client over a job, and gives what it wrote. */
async function runClient(job: Readonly<Record<string, unknown>>): Promise<ClientEvent[]> {
  const options = { url: `${gateway.webSocketUrl}/realtime?model=${MODEL}`, model: MODEL, ...job };
  const { stdout } = await promisify(execFile)(process.execPath, ["client.js", JSON.stringify(options)], {
    cwd: folder,
    timeout: 150_000,
  });
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as ClientEvent);
}

function ofType(events: readonly ClientEvent[], wanted: string): ClientEvent[] {
  return events.filter(({ type }) => type === wanted);
}
