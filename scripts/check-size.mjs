// Weighs what a page loads: each entry, or several together, with every chunk that they import, bundled anew and
// gzipped; each asset as it is.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "rolldown";

/** Most bytes after gzip. */
const BUDGETS = {
  "index.js": 15_000,
  "vad.js": 6_000,
  "stt.js": 8_000,
  // Nobody loads this alone: it shares the client that retries and replays with every other provider.
  "stt-livekit.js": 12_000,
  // Core and LiveKit, 15 + 6; and the doors of an agent and of its speaker, which a session has.
  "a page that hears": 21_500,
  // Alone it brings along what a session has already: errors, assets, the kernel's design.
  "playback.js": 6_000,
  "index.js + playback.js": 15_000,
  "turns.js": 14_000,
  "index.js + turns.js": 25_000,
  "text-cues.js": 4_000,
  "turns-telemetry.js": 2_000,
  "testing.js": 6_000,
  "stt-adapters.js": 8_000,
  "stt-create.js": 17_500,
  "stt-custom.js": 13_500,
  "agent.js": 14_000,
  "agent-livekit.js": 5_000,
  // The client is 12 kB by itself: see docs/architecture.md.
  "realtime.js": 26_500,
  "index.js + turns.js + agent.js": 34_000,
  // livekit-client, which weighs ten times as much, is the app's own.
  "livekit.js": 18_000,
  "assets/capture.worklet.js": 4_000,
  "assets/hearing.worklet.js": 12_000,
  "assets/playback.worklet.js": 4_000,
  "assets/vad.worker.js": 11_000,
  "assets/onnx.worker.js": 27_000,
  "assets/silero-v5.f24.bin": 550_000,
  "assets/silero-v6.f24.bin": 550_000,
};
/** What pages import by name, where that is less than everything. */
const PAGES = {
  "a page that hears": `
    import { microphone, silero, VoiceSession } from "./dist/index.js";
    import { livekitInference } from "./dist/stt-livekit.js";
    export const page = [microphone, silero, VoiceSession, livekitInference];`,
};
const MARK_OF_LIVEKIT = "livekit-signal"; // the name of one of its loggers, which no minifier takes away
/** What pages install beside this package, and the only entries that may ask for it. */
const PEERS = { "livekit-client": ["livekit.js"] };
/** Vite makes `data:` URLs of assets up to this size, which a strict Content-Security-Policy forbids. */
const VITE_INLINE_LIMIT_BYTES = 4_096;

let isWithin = true;
for (const [name, budget] of Object.entries(BUDGETS)) {
  const code = name.startsWith("assets/")
    ? readFileSync(`dist/${name}`)
    : await bundled(PAGES[name] ?? everythingOf(name), name);
  const size = gzipSync(code, { level: 9 }).length;
  const isTiny = name.startsWith("assets/") && code.length <= VITE_INLINE_LIMIT_BYTES;
  const verdict = size > budget ? "too large" : isTiny ? `${code.length} bytes raw: Vite would inline it` : "";
  if (verdict !== "") isWithin = false;
  console.log(`${name.padEnd(28)}${kilobytes(size)} of ${kilobytes(budget)} kB  ${verdict}`.trimEnd());
}
process.exitCode = isWithin ? 0 : 1;

function everythingOf(name) {
  return name
    .split(" + ")
    .map((entry, index) => `export * as entry${index} from "./dist/${entry}";`)
    .join("");
}

/** @throws Error if an entry asks for, or brings along, a byte of a peer that is not its own. */
async function bundled(all, name) {
  const { output } = await build({
    input: "entries",
    platform: "browser",
    write: false,
    external: Object.keys(PEERS),
    output: { minify: true, codeSplitting: false },
    plugins: [
      {
        name: "entries",
        resolveId: (id) => (id === "entries" ? { id: `${process.cwd()}/entries.js` } : null),
        load: (id) => (id.endsWith("/entries.js") ? all : null),
      },
    ],
  });
  const chunks = output.filter(({ type }) => type === "chunk");
  for (const [peer, entries] of Object.entries(PEERS)) {
    const asks = chunks.some(({ imports, dynamicImports }) => [...imports, ...dynamicImports].includes(peer));
    const brings = chunks.some(({ code, moduleIds }) => {
      return code.includes(MARK_OF_LIVEKIT) || moduleIds.some((id) => id.includes(`node_modules/${peer}/`));
    });
    const mayAsk = name.split(" + ").some((entry) => entries.includes(entry));
    if (brings || asks !== mayAsk)
      throw new Error(`${name} ${asks ? "asks for" : brings ? "contains" : "does without"} ${peer}`);
  }
  return Buffer.concat(chunks.map(({ code }) => Buffer.from(code)));
}

function kilobytes(bytes) {
  return (bytes / 1_000).toFixed(1).padStart(5);
}
