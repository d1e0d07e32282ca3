// Weighs what a page loads: each entry with every chunk that it imports, bundled anew and gzipped; each asset as it is.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "rolldown";

/** Most bytes after gzip. */
const BUDGETS = {
  "index.js": 15_000,
  "vad.js": 6_000,
  "stt.js": 6_000,
  "stt-livekit.js": 6_000,
  "testing.js": 6_000,
  "stt-adapters.js": 8_000,
  "stt-create.js": 17_500,
  "stt-custom.js": 13_500,
  "assets/capture.worklet.js": 4_000,
  "assets/hearing.worklet.js": 12_000,
  "assets/vad.worker.js": 11_000,
  "assets/onnx.worker.js": 27_000,
  "assets/silero-v5.f24.bin": 550_000,
  "assets/silero-v6.f24.bin": 550_000,
};
/** Vite makes `data:` URLs of assets up to this size, which a strict Content-Security-Policy forbids. */
const VITE_INLINE_LIMIT_BYTES = 4_096;

let isWithin = true;
for (const [name, budget] of Object.entries(BUDGETS)) {
  const code = name.startsWith("assets/") ? readFileSync(`dist/${name}`) : await bundled(`dist/${name}`);
  const size = gzipSync(code, { level: 9 }).length;
  const isTiny = name.startsWith("assets/") && code.length <= VITE_INLINE_LIMIT_BYTES;
  const verdict = size > budget ? "too large" : isTiny ? `${code.length} bytes raw: Vite would inline it` : "";
  if (verdict !== "") isWithin = false;
  console.log(`${name.padEnd(28)}${kilobytes(size)} of ${kilobytes(budget)} kB  ${verdict}`.trimEnd());
}
process.exitCode = isWithin ? 0 : 1;

async function bundled(input) {
  const { output } = await build({
    input,
    platform: "browser",
    write: false,
    output: { minify: true, codeSplitting: false },
  });
  return Buffer.concat(output.filter(({ type }) => type === "chunk").map(({ code }) => Buffer.from(code)));
}

function kilobytes(bytes) {
  return (bytes / 1_000).toFixed(1).padStart(5);
}
