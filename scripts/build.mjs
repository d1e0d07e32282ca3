// Builds the package into dist/: the library's modules (which may share chunks), each worklet and worker on its own
// (nobody copies a chunk beside them), the gateway, the models, and the type declarations.
import { execFile } from "node:child_process";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { build } from "rolldown";

const MODULES = {
  index: "src/index.ts",
  vad: "src/vad/index.ts",
  stt: "src/stt/index.ts",
  "stt-livekit": "src/stt/livekit/index.ts",
  playback: "src/playback/index.ts",
  agent: "src/agent/index.ts",
  "agent-livekit": "src/agent/livekit/index.ts",
  realtime: "src/agent/openai-realtime/index.ts",
  livekit: "src/agent/livekit-room/index.ts",
  turns: "src/turns/index.ts",
  "text-cues": "src/turns/text-cues.ts",
  "turns-telemetry": "src/turns/open-telemetry.ts",
  testing: "src/testing/index.ts",
  "stt-adapters": "src/stt/adapters/index.ts",
  "stt-create": "src/stt/create/index.ts",
  "stt-custom": "src/stt/custom/index.ts",
};
const ASSETS = {
  "assets/capture.worklet": "worklets/capture.worklet.ts",
  "assets/hearing.worklet": "worklets/hearing.worklet.ts",
  "assets/playback.worklet": "worklets/playback.worklet.ts",
  "assets/vad.worker": "worklets/vad.worker.ts",
  "assets/onnx.worker": "worklets/onnx.worker.ts",
};
const GATEWAY = {
  "gateway/index": "gateway/index.ts",
  "gateway/cli": "gateway/cli.ts",
  "gateway/recognizer": "gateway/recognizer.ts",
  "gateway/speaker": "gateway/speaker.ts",
};
const FILES = {
  "assets/ort-wasm-simd-threaded.wasm": "node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm",
  "assets/silero_vad_v5.onnx": "node_modules/@ricky0123/vad-web/dist/silero_vad_v5.onnx",
  "assets/silero_vad_v6.onnx": "node_modules/@ricky0123/vad-web/dist/silero_vad_v6.onnx",
};

const browser = { platform: "browser", tsconfig: "./tsconfig.browser.json", logLevel: "warn" };
const output = { dir: "dist", format: "esm", entryFileNames: "[name].js", sourcemap: true, minify: true };

await rm("dist", { recursive: true, force: true });
await mkdir("dist/assets", { recursive: true });
// Silero's kernel, which the sources import, and its weights: 24 bits each, or 32 with `--float32` as well.
const precisions = process.argv.includes("--float32") ? ["f24", "f32"] : ["f24"];
await run(process.execPath, ["--import", "tsx", "scripts/silero/build.ts", "dist/assets", ...precisions]);
// Chunks lie beside the modules, so that `new URL("./assets/…", import.meta.url)` means the same in both.
await build({
  ...browser,
  input: MODULES,
  external: ["livekit-client"],
  output: { ...output, chunkFileNames: "chunk-[hash].js" },
});
// onnxruntime's default build holds the glue of its wasm, so that the worker needs no further script.
for (const [name, input] of Object.entries(ASSETS)) {
  await build({ ...browser, input: { [name]: input }, output: { ...output, codeSplitting: false } });
}
for (const [name, input] of Object.entries(GATEWAY)) {
  await build({
    platform: "node",
    logLevel: "warn",
    input: { [name]: input },
    external: ["koffi", "ws", "jose"],
    output: { ...output, minify: false, codeSplitting: false },
  });
}
for (const [name, from] of Object.entries(FILES)) await copyFile(from, `dist/${name}`);
await run("node_modules/.bin/tsc", ["-p", "tsconfig.build.json"]);
// Declarations keep `.ts` in their imports; readers under `nodenext` look for `.js`.
for (const name of await readdir("dist/types", { recursive: true })) {
  if (!name.endsWith(".d.ts")) continue;
  const path = `dist/types/${name}`;
  const text = await readFile(path, "utf8");
  await writeFile(path, text.replaceAll(/((?:from|import\()\s*["']\.{1,2}\/[^"']+)\.ts(?=["'])/g, "$1.js"));
}

/** Runs a command; where it fails, so does the build, with what the command said. */
async function run(command, args) {
  await promisify(execFile)(command, args).catch(({ stdout, stderr }) => {
    process.stderr.write(stdout + stderr);
    process.exit(1);
  });
}
