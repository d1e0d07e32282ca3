import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { fromPcm16, toPcm16 } from "../../../audio/pcm16.ts";
import { settled } from "../../../testing/settled.ts";
import { streamAdapter } from "../../adapters/index.ts";
import type { SpeechStream, Stt } from "../../contract.ts";
import type { SpeechEvent } from "../../speech-event.ts";
import { VoiceError } from "../index.ts";
import { AcmeCodec } from "./acme-codec.ts";
import { acmeStt } from "./acme-stt.ts";
import { configuredStt } from "./configured-stt.ts";
import { dictation } from "./http-default.ts";
import { acmeHttp } from "./http-hooks.ts";
import { AcmeHttpStt } from "./http-subclass.ts";
import { inPageStt } from "./in-page-stt.ts";
import { acmeWebSocket } from "./web-socket-hooks.ts";

const SPEECH = fromPcm16(toPcm16(Float32Array.from({ length: 8_000 }, (_, index) => Math.sin(index / 10) / 2)));

/** The names by which users import what lies beside the examples. */
const PACKAGES = {
  '"../index.ts"': '"vivavoce/stt/custom"',
  '"../../index.ts"': '"vivavoce/stt"',
  '"../../create/index.ts"': '"vivavoce/stt/create"',
};

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  vi.unstubAllGlobals();
});

test("the guide quotes every example, whole and to the letter, and no other code", () => {
  const guide = readFileSync("docs/custom-providers.md", "utf8");
  const quoted = [...guide.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language, code]) => `${language}:${code}`);
  const files = readdirSync(import.meta.dirname).filter((name) => !name.endsWith(".test.ts"));
  const examples = files.map((name) => `ts:${asUsersImport(readFileSync(`${import.meta.dirname}/${name}`, "utf8"))}`);
  expect(examples.length).toBeGreaterThan(5);
  expect(quoted.toSorted()).toEqual(examples.toSorted());
});

function asUsersImport(code: string): string {
  return Object.entries(PACKAGES).reduce((text, [path, name]) => text.replaceAll(path, name), code);
}

interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A real server that hands out a token, and answers anything else with `reply`. */
async function httpServer(reply: object): Promise<{ readonly url: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (request.url === "/token") return response.end("t1");
      asked.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks) });
      return response.end(JSON.stringify(reply));
    });
  });
  return { url: await listening(server, "http"), asked };
}

async function listening(server: Server, scheme: string): Promise<string> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A real server; `onMessage` sees each text, and how many bytes of audio came before it. */
async function socketServer(onMessage: (socket: WebSocket, text: string, audioBytes: number) => void) {
  vi.stubGlobal("WebSocket", WebSocket); // Node 20 has none of its own
  const server = createServer();
  const told: string[] = [];
  new WebSocketServer({ server }).on("connection", (socket, request) => {
    told.push(String(request.headers["sec-websocket-protocol"]));
    let audioBytes = 0;
    socket.on("message", (message: Buffer, isBinary) => {
      if (isBinary) audioBytes += message.length;
      else {
        told.push(message.toString());
        onMessage(socket, message.toString(), audioBytes);
      }
    });
    closing.unshift(() => Promise.resolve(socket.terminate()));
  });
  return { url: await listening(server, "ws"), told };
}

/** Half a second of speech is said to a recogniser; resolves with what it told, when it has told all. */
async function speak(stt: Stt): Promise<SpeechEvent[]> {
  const events: SpeechEvent[] = [];
  const controller = new AbortController();
  const stream: SpeechStream = stt.stream({ onEvent: (event) => events.push(event), signal: controller.signal });
  closing.unshift(() => Promise.resolve(controller.abort()));
  stream.openSegment(1, 1_600);
  stream.push(1_600, SPEECH);
  stream.flush(9_600);
  stream.closeSegment(9_600);
  while (!events.some(({ type }) => type === "segment-settled" || type === "failed")) await settled();
  await stream.finish(1_000);
  return events;
}

function textsOf(events: readonly SpeechEvent[]): string[] {
  return events.flatMap((event) => ("data" in event ? [`${event.type}: ${event.data.text}`] : []));
}

test("a server of the app's own needs an address and a token", async () => {
  const { url, asked } = await httpServer({ text: "go forward" });
  await expect(dictation(url).recognize(SPEECH)).resolves.toMatchObject({ text: "go forward", language: "en-GB" });
  expect(asked).toMatchObject([{ path: "/transcribe", headers: { authorization: "Bearer t1" } }]);
});

test("in a session, wrapped in streamAdapter(), each utterance is one request", async () => {
  const { url, asked } = await httpServer({ text: "go forward" });
  const events = await speak(streamAdapter(dictation(url)));
  expect(textsOf(events)).toEqual(["final-transcript: go forward"]);
  expect(asked).toHaveLength(1);
});

test("hooks make a request of another kind, and read another reply", async () => {
  const { url, asked } = await httpServer({ results: [{ transcript: "go" }, { transcript: "forward" }] });
  await expect(acmeHttp(url).recognize(SPEECH)).resolves.toMatchObject({ text: "go forward" });
  const headers = { "x-acme-token": "t1", "accept-language": "en-US", "content-type": "audio/wav" };
  expect(asked).toMatchObject([{ path: "/v2/recognize", headers }]);
  expect(asked[0]?.body.length).toBe(16_044);
});

test("a subclass adds to the usual form, and tells words", async () => {
  const { url, asked } = await httpServer({
    text: "go forward",
    words: [
      ["go", 0.1, 0.2],
      ["forward", 0.2, 0.45],
    ],
  });
  const { words } = await new AcmeHttpStt({ url }).recognize(SPEECH);
  expect(words.map(({ word, startSample, endSample }) => [word, startSample, endSample])).toEqual([
    ["go", 1_600, 3_200],
    ["forward", 3_200, 7_200],
  ]);
  expect(asked[0]?.body.toString("latin1")).toContain('name="domain"\r\n\r\nships');
  expect(asked[0]?.body.toString("latin1")).toContain('name="audio"; filename="audio.wav"');
});

test("hooks speak another language over a WebSocket", async () => {
  const { url, told } = await socketServer((socket, text, audioBytes) => {
    if (text !== '{"flush":true}') return;
    for (const message of ["P go for", "? what", "F 0.10 0.50 go forward", "."]) socket.send(message);
    expect(audioBytes).toBe(16_000);
  });
  const events = await speak(acmeWebSocket(url, () => Promise.resolve("t1")));
  expect(textsOf(events)).toEqual(["interim-transcript: go for", "final-transcript: go forward"]);
  expect(told).toEqual(["acme,token-t1", '{"start":{"language":"en-US","rate":16000}}', '{"flush":true}']);
});

test("what such a server calls an error is one", async () => {
  const { url } = await socketServer((socket) => socket.send("! 404 no such model"));
  const events = await speak(acmeWebSocket(url, () => Promise.resolve("t1")));
  expect(events.at(-1)).toMatchObject({ type: "failed", error: { code: "gateway-rejected", gatewayCode: 404 } });
});

const PIECES = ["go", " for", "ward"].map((piece) => JSON.stringify({ event: "piece", piece }));

test.each<[string, (url: string) => Stt]>([
  ["by hand", (url) => acmeStt(url, () => Promise.resolve("t1"))],
  ["by configuration", (url) => configuredStt({ provider: "acme", server: url, token: () => Promise.resolve("t1") })],
])("a codec remembers what came in pieces, and a stream made %s does the rest", async (_how, make) => {
  const { url, told } = await socketServer((socket, text) => {
    if (text !== '{"op":"flush"}') return;
    for (const message of [...PIECES, "nonsense", "null", '{"event":"end","end":0.5}', '{"event":"flushed"}'])
      socket.send(message);
  });
  const events = await speak(make(url));
  expect(textsOf(events)).toEqual([
    "interim-transcript: go",
    "interim-transcript: go for",
    "interim-transcript: go forward",
    "final-transcript: go forward",
  ]);
  expect(told.slice(0, 3)).toEqual(["acme,t1", '{"op":"start","language":"en"}', '{"op":"flush"}']);
  await expect(make(url).recognize(SPEECH)).rejects.toMatchObject({ code: "not-supported" });
});

test("the codec tells of failures and of closes, and of nonsense", () => {
  const codec = new AcmeCodec("en");
  expect(codec.decode('{"event":"failed","reason":"full"}')).toMatchObject({ error: { code: "gateway-unavailable" } });
  expect(codec.closed(1006, "")).toMatchObject({ code: "gateway-lost", message: "Acme hung up: 1006" });
  expect(() => codec.decode("{")).toThrow(VoiceError);
  expect([codec.finish(), codec.goodbye()]).toEqual(['{"op":"end"}', '{"op":"bye"}']);
});

test("a model in the page hears each utterance whole", async () => {
  const heard: Float32Array[] = [];
  const stt = inPageStt((samples, language) => Promise.resolve(`${language} ${heard.push(samples)}`));
  expect(textsOf(await speak(stt))).toEqual(["final-transcript: en-US 1"]);
  expect(heard).toEqual([SPEECH]);
  await expect(stt.recognize(SPEECH, { language: "fr" })).resolves.toMatchObject({ text: "fr 2", language: "fr" });
});

test("a configuration may name a provider of the library's as well", () => {
  expect(configuredStt({ provider: "custom-http", url: "/transcribe" }).provider).toBe("custom-http");
});
