// Looks at the package as its users get it: publint; what `npm pack` takes along; what must never be in it; and whether
// its types resolve, without skipping any, in the ways that compilers look for them.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const REQUIRED = ["README.md", "CHANGELOG.md", "NOTICES.md", "LICENSE", "dist/index.js", "dist/types/src/index.d.ts"];
const BROWSER_ENTRIES = [
  "vivavoce",
  "vivavoce/vad",
  "vivavoce/stt",
  "vivavoce/stt/livekit",
  "vivavoce/playback",
  "vivavoce/agent",
  "vivavoce/agent/livekit",
  "vivavoce/realtime",
  "vivavoce/testing",
  "vivavoce/stt/create",
  "vivavoce/stt/custom",
];
/** Its types name those of its peer, `livekit-client`, which is installed with it. */
const LIVEKIT_ENTRIES = ["vivavoce/livekit"];
const PEER_TYPES = { specifier: "livekit-client", only: "room/livekit-port.d.ts" };
/** In scripts: inlined files, which a strict policy forbids, and paths of the machine that built it. */
const FORBIDDEN = [/data:text\/javascript/, /data:application\/(?:javascript|wasm)/, /data:video\/mp2t/, /file:\/\/\//];
/** onnxruntime holds code, which is not reached, for workers of its own. */
const MAKES_BLOBS = { pattern: /createObjectURL/, except: "dist/assets/onnx.worker.js" };

const problems = [...publint(), ...contents(), ...scripts(), ...declarations(), ...types()];
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

function publint() {
  const { status, stdout, stderr } = run("publint", ["run", ".", "--strict"]);
  return status === 0 ? [] : [`publint: ${stdout}${stderr}`];
}

function contents() {
  const { stdout } = run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"]);
  const [{ files, size, unpackedSize }] = JSON.parse(stdout);
  console.log(`${files.length} files, ${megabytes(size)} packed, ${megabytes(unpackedSize)} unpacked`);
  const paths = new Set(files.map(({ path }) => path));
  return REQUIRED.filter((path) => !paths.has(path)).map((path) => `${path} is not in the package`);
}

function scripts() {
  return readdirSync("dist", { recursive: true, encoding: "utf8" })
    .map((name) => `dist/${name}`)
    .filter((path) => path.endsWith(".js"))
    .flatMap((path) => {
      const text = readFileSync(path, "utf8");
      const forbidden = path === MAKES_BLOBS.except ? FORBIDDEN : [...FORBIDDEN, MAKES_BLOBS.pattern];
      const found = forbidden.filter((pattern) => pattern.test(text)).map((pattern) => `${path} contains ${pattern}`);
      return text.includes(process.cwd()) ? [...found, `${path} names a folder of this machine`] : found;
    });
}

/** What a browser entry's types import is in the package: no user has to install somebody's types. */
function declarations() {
  return readdirSync("dist/types/src", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".d.ts"))
    .flatMap((name) => {
      const text = readFileSync(`dist/types/src/${name}`, "utf8");
      const specifiers = [...text.matchAll(/(?:from\s*|import\(|import\s+)["']([^"']+)["']/g)].map(
        ([, found]) => found,
      );
      const own = name === PEER_TYPES.only ? [PEER_TYPES.specifier] : [];
      const foreign = specifiers.filter((found) => !/^\.{1,2}\/.*\.js$/.test(found) && !own.includes(found));
      return foreign.map((specifier) => `dist/types/src/${name} imports ${specifier}`);
    });
}

/** Compiles a user's file against the package: for browsers without Node's types, and for the gateway with them. */
function types() {
  // Inside the package, its own name resolves by its `exports`.
  const folder = mkdtempSync("dist/consumer-");
  try {
    const page = consumer(folder, "page.ts", BROWSER_ENTRIES);
    const room = consumer(folder, "room.ts", LIVEKIT_ENTRIES);
    const server = consumer(folder, "server.ts", ["vivavoce/gateway"]);
    return [
      ["esnext", "bundler"],
      ["nodenext", "nodenext"],
    ].flatMap((how) => [
      ...compile(page, how, ["--lib", "es2022,dom,dom.iterable", "--types", "", "--skipLibCheck", "false"]),
      ...compile(room, how, ["--lib", "es2022,dom,dom.iterable", "--types", "", "--skipLibCheck"]),
      ...compile(server, how, ["--lib", "es2022,dom,dom.iterable", "--types", "node", "--skipLibCheck"]),
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function consumer(folder, name, entries) {
  const path = join(folder, name);
  writeFileSync(path, entries.map((entry, index) => `export * as entry${index} from "${entry}";\n`).join(""));
  return path;
}

function compile(path, [module, moduleResolution], options) {
  const resolution = ["--module", module, "--moduleResolution", moduleResolution];
  const strictness = ["--strict", "--target", "es2022", "--noEmit", "--ignoreConfig"];
  const { status, stdout } = run("tsc", [...resolution, ...strictness, ...options, path]);
  return status === 0 ? [] : [`types under ${moduleResolution}:\n${stdout}`];
}

function run(command, args) {
  const env = { ...process.env, PATH: `node_modules/.bin:${process.env.PATH}` };
  return spawnSync(command, args, { encoding: "utf8", env });
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
