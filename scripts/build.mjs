// Builds the package into dist/: the library's modules (which may share chunks), each worklet and worker on its own
// (nobody copies a chunk beside them), the gateway, the models, and the type declarations.
import { execFile } from "node:child_process";
import { copyFile, mkdir, rm } from "node:fs/promises";
import { promisify } from "node:util";
import { build } from "rolldown";

const MODULES = {
  index: "src/index.ts",
  vad: "src/vad/index.ts",
  stt: "src/stt/index.ts",
  "stt-livekit": "src/stt/livekit/index.ts",
};
const ASSETS = {
  "assets/capture.worklet": "worklets/capture.worklet.ts",
  "assets/vad.worker": "worklets/vad.worker.ts",
};
const GATEWAY = {
  "gateway/index": "gateway/index.ts",
  "gateway/cli": "gateway/cli.ts",
  "gateway/recognizer": "gateway/recognizer.ts",
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
// Chunks lie beside the modules, so that `new URL("./assets/…", import.meta.url)` means the same in both.
await build({ ...browser, input: MODULES, output: { ...output, chunkFileNames: "chunk-[hash].js" } });
for (const [name, input] of Object.entries(ASSETS)) {
  const conditionNames = ["onnxruntime-web-use-extern-wasm", "import", "module", "browser", "default"];
  await build({ ...browser, input: { [name]: input }, resolve: { conditionNames }, output: { ...output, codeSplitting: false } });
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
await promisify(execFile)("node_modules/.bin/tsc", ["-p", "tsconfig.build.json"]).catch((error) => {
  process.stderr.write(error.stdout);
  process.exit(1);
});
