import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { WebSocket } from "ws";
import { createGateway, type Gateway } from "../../../gateway/gateway.ts";
import { Conversation } from "../../conversation/conversation.ts";
import type { TokenFunction } from "../../net/token.ts";
import { AgentRig } from "../../testing/agent-rig.ts";
import { FakeClock } from "../../testing/fake-clock.ts";
import { cascadeSettings } from "../cascade/cascade-options.ts";
import { CascadeRun } from "../cascade/cascade-run.ts";
import type { Respond, RespondPiece, SpokenAudio } from "../cascade/respond.ts";
import { livekitLlm } from "./livekit-llm.ts";
import { livekitTts, type LivekitTts, type LivekitTtsOptions } from "./livekit-tts.ts";

const isInstalled = spawnSync("espeak-ng", ["--version"]).status === 0;
const RATE_HZ = 24_000;

let gateway: Gateway;
beforeAll(async () => {
  gateway = await createGateway({ warm: 0 });
});
afterAll(() => gateway.close());

const token: TokenFunction = async () => (await gateway.issueToken()).token;
const badToken: TokenFunction = () => Promise.resolve("forged");
const getWeather = { name: "get_weather", execute: () => "sunny" };

function llm(options: { readonly model?: string; readonly token?: TokenFunction } = {}): Respond {
  return livekitLlm({ model: "rules/answers", token, url: `${gateway.url}/v1`, ...options });
}

async function allOf<T>(pieces: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}

async function answerTo(conversation: Conversation, respond = llm()): Promise<RespondPiece[]> {
  const context = { conversation, tools: [getWeather], signal: new AbortController().signal };
  return allOf(respond({ transcript: "", isPreemptive: false }, context));
}

test("a model answers over HTTP, in pieces, and tells what it cost", async () => {
  const pieces = await answerTo(new Conversation([{ role: "user", text: "Tell me a story." }]));
  const texts = pieces.filter((piece) => typeof piece === "string");
  expect(texts.length).toBeGreaterThan(10);
  expect(texts.join("")).toMatch(/^[A-Z].*\.$/);
  expect(pieces.at(-1)).toMatchObject({ type: "usage", usage: { total_tokens: expect.any(Number) as number } });
});

test("a model asks for a tool, and answers with what it is told of its result", async () => {
  const conversation = new Conversation([{ role: "user", text: "What is the weather in Bonn?" }]);
  const asked = (await answerTo(conversation)).filter((piece) => typeof piece !== "string");
  expect(asked).toMatchObject([
    { type: "usage" },
    { type: "tool-call", name: "get_weather", arguments: '{"location":"Bonn"}' },
  ]);
  const metadata = { name: "get_weather", arguments: '{"location":"Bonn"}' };
  conversation.add({ role: "tool", text: "sunny", metadata });
  const texts = (await answerTo(conversation)).filter((piece) => typeof piece === "string");
  expect(texts.join("")).toBe("The weather in Bonn is sunny.");
});

test("a model that there is not and a forged token are refused, each by its code", async () => {
  const hello = new Conversation([{ role: "user", text: "Hello." }]);
  await expect(answerTo(hello, llm({ model: "acme/none" }))).rejects.toMatchObject({ code: "gateway-rejected" });
  await expect(answerTo(hello, llm({ token: badToken }))).rejects.toMatchObject({ code: "token-rejected" });
});

/** A voice, and its sockets. */
function voiceOf(options: Partial<LivekitTtsOptions> = {}): {
  readonly speak: LivekitTts;
  readonly sockets: WebSocket[];
} {
  const sockets: WebSocket[] = [];
  const speak = livekitTts({
    model: "espeak-ng/en-us",
    token,
    url: `${gateway.url}/v1`,
    webSocket: (url, protocols) => {
      const socket = new WebSocket(url, protocols);
      sockets.push(socket);
      return socket;
    },
    ...options,
  });
  return { speak, sockets };
}

function spoken(speak: LivekitTts, text: string, signal = new AbortController().signal): Promise<SpokenAudio[]> {
  return allOf(speak(text, { signal }));
}

function lengthMs(pieces: readonly SpokenAudio[]): number {
  return pieces.reduce((sum, { samples, rateHz }) => sum + (samples.length / rateHz) * 1_000, 0);
}

describe.skipIf(!isInstalled)("a voice (needs espeak-ng)", () => {
  it("speaks sentence after sentence over one socket, and dates its words", async () => {
    const { speak, sockets } = voiceOf();
    for (const text of ["Going forward ten meters.", "And back again."]) {
      const pieces = await spoken(speak, text);
      const words = pieces.flatMap((piece) => piece.words ?? []);
      expect(words.map(({ word }) => word).join(" ")).toBe(text);
      expect(words.map(({ startMs }) => startMs)).toEqual(
        words.map(({ startMs }) => startMs).toSorted((a, b) => a - b),
      );
      expect(words.at(-1)?.endMs).toBeLessThanOrEqual(lengthMs(pieces));
      expect(lengthMs(pieces)).toBeGreaterThan(500);
      expect(pieces.every(({ rateHz }) => rateHz === RATE_HZ)).toBe(true);
    }
    expect(sockets).toHaveLength(1);
    speak.close();
  });

  it("speaks as long at another rate, with that many samples", async () => {
    const text = "Going forward ten meters.";
    const [low, high] = [voiceOf({ sampleRateHz: 8_000 }).speak, voiceOf({ sampleRateHz: 48_000 }).speak];
    const [slow, fast] = [lengthMs(await spoken(low, text)), lengthMs(await spoken(high, text))];
    expect(Math.abs(slow - fast)).toBeLessThan(100); // espeak-ng never takes quite the same time
    low.close();
    high.close();
  });

  it("falls silent when it is aborted in mid-sentence, and its socket closes", async () => {
    const { speak, sockets } = voiceOf();
    const abort = new AbortController();
    const closed = (async () => {
      for await (const { samples } of speak("This is a rather long sentence.", { signal: abort.signal })) {
        if (samples.length > 0) abort.abort("interrupted");
      }
    })();
    await expect(closed).rejects.toBe("interrupted");
    const [socket] = sockets;
    if (socket?.readyState !== WebSocket.CLOSED) await new Promise((resolve) => socket?.once("close", resolve));
    expect(await spoken(speak, "Next.")).not.toEqual([]);
    expect(sockets).toHaveLength(2);
    speak.close();
  });

  it("refuses a forged token and a voice that it has not, each by its code", async () => {
    await expect(spoken(voiceOf({ token: badToken }).speak, "Hello.")).rejects.toMatchObject({
      code: "token-rejected",
    });
    const unknown = voiceOf({ model: "acme/none" }).speak;
    await expect(spoken(unknown, "Hello.")).rejects.toMatchObject({ code: "gateway-rejected" });
  });

  it("answers a turn in a cascade, with a tool, and all of it is heard", async () => {
    const { speak } = voiceOf();
    let tell: () => void = () => undefined;
    const isSpoken = new Promise<void>((resolve) => (tell = resolve));
    const rig = new AgentRig(
      (host, open) =>
        new CascadeRun(
          cascadeSettings(
            {
              respond: llm(),
              async *speak(text, context) {
                yield* speak(text, context);
                tell();
              },
              tools: [getWeather],
            },
            new FakeClock(),
          ),
          host,
          open,
        ),
      { preemptiveGeneration: { enabled: false } },
    );
    await rig.turn("what is the weather in Bonn");
    await isSpoken; // time stands still until then
    await rig.pass(6_000);
    expect(rig.lines).toEqual([
      "user | what is the weather in Bonn",
      "tool | sunny",
      "assistant | The weather in Bonn is sunny.",
    ]);
    expect(rig.told("agent-speech-ended")).toMatchObject([
      { heardText: "The weather in Bonn is sunny.", isInterrupted: false },
    ]);
    const captions = rig.told("agent-caption").map(({ text }) => text);
    expect(captions.slice(-2)).toEqual(["The weather in Bonn is", "The weather in Bonn is sunny."]);
    expect(rig.warnings).toEqual([]);
    speak.close();
  });
});
