import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SOURCES = "kernels/silero";
const LAYOUT = "src/vad/silero/layout.ts";
const PACKAGE = "node_modules/assemblyscript/package.json";
const COMPILER = "node_modules/assemblyscript/bin/asc.js";
/** Where the compiled kernel goes, as a module that holds it as base64. Never committed. */
const GENERATED = "src/vad/silero/generated/kernel.ts";

/** WebAssembly pages of 64 KiB; the compiler has no allocator here, and places.ts says what lies where. */
const PAGES = 14;
/** "Exchange of 'v128' values is not supported by all embeddings": also said of what only our own files exchange. */
const V128_EXCHANGE = "112";

/** Compiles the SIMD kernel into its module, unless that is there already and made from the same sources. */
export async function ensureKernel(): Promise<void> {
  const names = (await readdir(join(ROOT, SOURCES))).filter((name) => name.endsWith(".ts")).toSorted();
  const sources = [...names.map((name) => `${SOURCES}/${name}`), LAYOUT, PACKAGE, fileURLToPath(import.meta.url)];
  const hash = createHash("sha256");
  for (const source of sources) hash.update(await readFile(join(source.startsWith("/") ? "" : ROOT, source)));
  const stamp = `// Made by scripts/silero/compile-kernel.ts from sources of hash ${hash.digest("hex")}.`;
  const target = join(ROOT, GENERATED);
  const present = await readFile(target, "utf8").catch(() => "");
  if (present.startsWith(stamp)) return;
  await mkdir(dirname(target), { recursive: true });
  // By way of a second file, so that a process that reads meanwhile finds the old one or the new one.
  await writeFile(`${target}.${process.pid}`, moduleText(stamp, await compileKernel()));
  await rename(`${target}.${process.pid}`, target);
}

/** The kernel as WebAssembly. @throws Error with the compiler's messages. */
export async function compileKernel(): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "vivavoce-kernel-"));
  try {
    // As a command: importing the compiler would bring the global types of its language into this project's.
    const options = [
      ...[join(ROOT, SOURCES, "index.ts"), "--outFile", join(folder, "kernel.wasm")],
      ...["-O3", "--converge", "--noAssert", "--runtime", "stub", "--enable", "simd"],
      ...["--initialMemory", String(PAGES), "--disableWarning", V128_EXCHANGE],
    ];
    const { stderr } = await promisify(execFile)(process.execPath, [join(ROOT, COMPILER), ...options]).catch(
      (cause: { readonly stderr?: string }) => {
        throw new Error(`The kernel does not compile:\n${cause.stderr}`, { cause });
      },
    );
    if (stderr !== "") throw new Error(`The compiler warns of the kernel:\n${stderr}`);
    return await readFile(join(folder, "kernel.wasm"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function moduleText(stamp: string, wasm: Uint8Array): string {
  const base64 = Buffer.from(wasm).toString("base64");
  return `${stamp}\n/** The SIMD kernel as WebAssembly, in base64. */\nexport const KERNEL_BASE64 =\n  "${base64}";\n`;
}
