import { afterAll, beforeAll, expect, it, test } from "vitest";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import { WireClient } from "../testing/wire-client.ts";
import { SCRIPTS } from "./scripts.ts";

let gateway: Gateway;
beforeAll(async () => {
  gateway = await createGateway({
    warm: 0,
    scripts: { greeting: [{ when: "created", play: [{ send: { type: "start_of_speech" } }] }] },
  });
});
afterAll(() => gateway.close());

/** What a client sees that says a second of audio, asks for the text, and leaves. */
async function visit(model: string): Promise<string[]> {
  const client = await WireClient.open(gateway, model);
  client.speak(new Int16Array(16_000));
  client.send({ type: "session.finalize" });
  client.send({ type: "session.close" });
  const code = await client.closed;
  const short = { interim_transcript: "interim", preflight_transcript: "preflight", final_transcript: "final" };
  const lines = client.received.map((message) => {
    if ("transcript" in message) return `${short[message.type]} ${message.transcript}`.trim();
    return message.type === "error" ? `error ${message.code}` : message.type;
  });
  return [...lines.slice(1), String(code)];
}

const heard = ["interim turn on", "interim turn on the light"];
const text = "turn on the light";

test.each([
  [
    "plain",
    [...heard, `final ${text}`, "session.finalized", `final ${text}`, "session.finalized", "session.closed", "1000"],
  ],
  ["never-finalized", [...heard, `final ${text}`, `final ${text}`, "session.closed", "1000"]],
  ["no-final", [...heard, "session.finalized", "session.finalized", "session.closed", "1000"]],
  ["ignores-finalize", [...heard, "session.closed", "1000"]],
  ["dies-mid-sentence", [...heard, "1006"]],
  ["fails", [...heard, "error 4500", "4500"]],
])("%s plays as written", async (name, lines) => {
  expect(await visit(`script/${name}`)).toEqual(lines);
});

test.each(Object.keys(SCRIPTS))("%s ends when the client says goodbye, whatever it still had to say", async (name) => {
  expect((await visit(`script/${name}`)).at(-1)).toMatch(/^(1000|1006|4500)$/);
});

it("the idle close says 2007 to a client that only waits", async () => {
  const client = await WireClient.open(gateway, "script/idle-close");
  expect(await client.next("error")).toMatchObject({ code: 2007 });
  expect(await client.closed).toBe(1000);
});

it("the late final comes after the wait and before session.finalized", async () => {
  const client = await WireClient.open(gateway, "script/late-final");
  const asked = performance.now();
  client.send({ type: "session.finalize" });
  await client.next("session.finalized");
  expect(performance.now() - asked).toBeGreaterThan(950);
  expect(client.finals()).toEqual([text]);
});

it("plays scripts of the caller's, and refuses a name that nobody wrote", async () => {
  const client = await WireClient.open(gateway, "script/greeting");
  await client.next("start_of_speech");
  const other = await WireClient.connect(gateway, { model: "script/unwritten" });
  other.create();
  expect(await other.closed).toBe(4404);
});
