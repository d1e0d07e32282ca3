import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { arrowsOf, offenceOf, withoutComments } from "./architecture.ts";

const LONGEST_FILE_LINES = 250;

const files = ["src", "worklets", "gateway", "demo", "hear"].filter(existsSync).flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => ({ path: `${folder}/${name}`, text: readFileSync(`${folder}/${name}`, "utf8") })),
);
const housed = files.filter(({ path }) => !path.startsWith("hear/") && !path.endsWith(".test.ts"));

test("every import goes downstairs", () => {
  const arrows = housed.flatMap(({ path, text }) => arrowsOf(path, text));
  expect(arrows.length).toBeGreaterThan(100);
  expect(arrows.map(offenceOf).filter((offence) => offence !== undefined)).toEqual([]);
});

test("the library says nothing on the console and knows no process", () => {
  const offenders = housed.filter(
    ({ path, text }) => path.startsWith("src/") && /\b(?:console|process)\s*\./.test(withoutComments(text)),
  );
  expect(offenders.map(({ path }) => path)).toEqual([]);
});

test("an index re-exports, and does nothing else: so nothing hides there from the pure project", () => {
  const reExports = /^(?:\s*export (?:type )?\{[^}]*\} from "[^"]+";)*\s*$/;
  const indexes = housed.filter(({ path }) => /^src\/(?:.*\/)?index\.ts$/.test(path));
  expect(indexes.filter(({ text }) => !reExports.test(withoutComments(text))).map(({ path }) => path)).toEqual([]);
});

test("the pure project leaves out only shells that exist", () => {
  const json = readFileSync("tsconfig.pure.json", "utf8").replaceAll(/^\/\/.*$/gm, "");
  const { exclude } = JSON.parse(json) as { exclude: string[] };
  expect(exclude.filter((path) => !path.startsWith("**/") && !existsSync(path))).toEqual([]);
});

test(`no file but a table of tests is longer than ${LONGEST_FILE_LINES} lines`, () => {
  const code = files.filter(({ path }) => !path.endsWith(".test.ts"));
  const long = code.map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }));
  expect(long.filter(({ lines }) => lines > LONGEST_FILE_LINES)).toEqual([]);
});

test.each([
  ["src/audio/framer.ts", 'import { VoiceError } from "../errors.ts";'],
  ["src/net/socket.ts", 'import { assetUrl } from "../assets.ts";'],
  ["src/vad/silero.ts", 'import type { Stt } from "../stt/contract.ts";'],
  ["src/stt/livekit/codec.ts", 'export { Capture } from "../../microphone/capture.ts";'],
  ["src/realtime/openai.ts", 'import { joinRoom } from "../room/join.ts";'],
  ["src/gate/hearing.ts", 'import type {\n  VoiceEvent,\n} from "../session/events.ts";'],
  ["src/gate/hearing.ts", 'const { endpointing } = await import("../turns/endpointing.ts");'],
  ["src/session/session-run.ts", 'import "../../worklets/capture.worklet.ts";'],
  ["src/index.ts", 'export { createGateway } from "../gateway/index.ts";'],
  ["src/index.ts", 'export { OnnxEngine } from "./vad/onnx-engine.ts";'],
  ["src/vad/index.ts", 'export { OnnxEngine } from "./onnx-engine.ts";'],
  ["src/session/session-run.ts", 'import { setTimeout } from "node:timers/promises";'],
  ["src/net/socket.ts", 'const glob = "assets/*";\nimport { WebSocket } from "ws"; /* for Node */'],
  ["src/vad/silero.ts", 'import { env } from "onnxruntime-web/wasm";'],
  ["src/agent/livekit-room/room-run.ts", 'import { Room } from "livekit-client";'],
  ["src/agent/cascade/cascade.ts", 'import { LivekitPort } from "../../room/livekit-port.ts";'],
  ["src/agent/index.ts", 'export { livekitRoom } from "./livekit-room/livekit-room.ts";'],
  ["src/attic/box.ts", 'import { VoiceError } from "../errors.ts";'],
  ["worklets/capture.worklet.ts", 'import { VoiceSession } from "../src/session/voice-session.ts";'],
  ["gateway/gateway.ts", 'import { encodeBase64 } from "../src/audio/base64.ts";'],
  ["gateway/gateway.ts", 'import { anything } from "../src/stt/livekit/wire.ts";'],
  ["demo/page.ts", 'import { VoiceSession } from "../src/index.ts";'],
  ["demo/page.ts", 'import { marked } from "marked";'],
])("an arrow against the picture is found in %s: %s", (from, line) => {
  expect(arrowsOf(from, line).map(offenceOf)).toEqual([expect.stringContaining(`${from} imports `)]);
});

test.each([
  ["src/room/join.ts", 'import { realtime } from "../realtime/realtime.ts";'],
  [
    "src/stt/codec.ts",
    '/** import { x } from "ws" */\n// import "ws";\nimport type { VoiceError } from "../errors.ts";',
  ],
  ["src/room/livekit-port.ts", 'import { Room } from "livekit-client";'],
  ["src/agent/livekit-room/livekit-room.ts", 'import { LivekitPort } from "../../room/livekit-port.ts";'],
  ["worklets/onnx.worker.ts", 'import { OnnxEngine } from "../src/vad/onnx-engine.ts";'],
  ["gateway/peers.ts", 'import type { SessionCreate } from "../src/stt/livekit/wire.ts";'],
  ["gateway/peers.ts", 'const jose = await import("jose");'],
  ["demo/page.ts", 'import { livekitInference } from "vivavoce/stt/livekit";'],
  ["demo/page.ts", 'import { draw } from "./meter.ts";'],
])("an arrow of the picture is let pass in %s: %s", (from, line) => {
  expect(arrowsOf(from, line).map(offenceOf)).toEqual([undefined]);
});
